# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way from the seed into a customer's cluster. One API server plays both: a cluster is what its authority and address say."""
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster, server_url
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from api.bare_api import BareApi, free_port
from api.clusters import describe_cluster
from api.resources import Caller

ROLE = json.dumps({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "viewer"}, "rules": []})


def call(bare: BareApi, cluster: str, **options: Any) -> dict[str, Any]:
    return Caller(bare.kubeconfig(), cluster).call(ManifestsResource, **{"target": "cluster", "set": f"rights-{cluster}", "manifests": [ROLE], **options})


def test_the_clusters_authority_lets_us_in_for_a_short_time(bare_api: BareApi, cluster: str):
    describe_cluster(bare_api, cluster)
    api = open_cluster(bare_api.api(), f"cluster-{cluster}", minutes=5)
    who = api.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                      body={"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})["status"]["userInfo"]
    assert who["username"] == "kubermatic-caas" and "system:masters" in who["groups"]


def test_a_cluster_of_another_authority_is_not_spoken_to(bare_api: BareApi, cluster: str):
    describe_cluster(bare_api, cluster, ca=x509.self_signed_ca("other"))
    with pytest.raises(Unreachable, match="not trusted"):
        open_cluster(bare_api.api(), f"cluster-{cluster}").server_version()


def test_what_is_missing_is_named(bare_api: BareApi, cluster: str):
    with pytest.raises(NotReady, match=rf"Secret cluster-{cluster}/cluster-ca is missing"):
        open_cluster(bare_api.api(), f"cluster-{cluster}")


def test_a_set_inside_the_cluster(bare_api: BareApi, cluster: str):
    describe_cluster(bare_api, cluster)
    assert call(bare_api, cluster)["steps"] == ["Create ClusterRole viewer"]
    with bare_api.watched() as seen:
        assert not call(bare_api, cluster)["changed"]
    assert seen.writes == []
    assert call(bare_api, cluster, manifests=[])["steps"] == ["Delete ClusterRole viewer"]


def test_check_mode_before_the_cluster_exists_shows_all_that_will_be_created(bare_api: BareApi, cluster: str):
    assert call(bare_api, cluster, check_mode=True)["steps"] == ["Create ClusterRole viewer"]
    describe_cluster(bare_api, cluster, port=free_port())
    with bare_api.watched() as seen:
        assert call(bare_api, cluster, check_mode=True)["steps"] == ["Create ClusterRole viewer"]
    assert seen.writes == [] and seen.dry_runs == []


def test_a_cluster_that_does_not_answer_is_waited_for_and_then_named(bare_api: BareApi, cluster: str):
    port = free_port()
    describe_cluster(bare_api, cluster, port=port)
    with pytest.raises(NotReady, match=rf"The API of cluster {cluster} is not ready after .*https://127\.0\.0\.1:{port}.*nothing listens there"):
        call(bare_api, cluster, wait_timeout=1)


def test_addresses():
    assert server_url("192.0.2.1", "31000") == "https://192.0.2.1:31000"
    assert server_url("2001:db8::1", 31000) == "https://[2001:db8::1]:31000"
    assert server_url("seed.example.org", 31000) == "https://seed.example.org:31000"


def test_a_server_of_another_cluster_at_this_address_is_named_as_such(bare_api: BareApi, cluster: str):
    describe_cluster(bare_api, cluster, ca=x509.self_signed_ca("other"))
    with pytest.raises(NotReady, match="a certificate that is not trusted"):
        call(bare_api, cluster, wait_timeout=1)
