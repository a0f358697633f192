# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook renew, with clusters whose certificates end, a cluster that is not there, and hosts that are away: all that can be done is done, and told."""
from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi, free_port
from api.playbook import Ended, Playbooks
from api.resources import Caller
from api.test_pki import overwrite, secrets

VERSION = "1.36.3"


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def clusters(bare_api: BareApi) -> list[Caller]:
    """old ends in 20 days, new in a year."""
    found = []
    for name in ("old", "new"):
        one = Caller(bare_api.kubeconfig(), f"renew-{name}")
        one.call(NamespaceResource)
        wanted = one.call(ClusterSpecResource, seed_address="198.51.100.10", kubernetes_version=VERSION)["cluster"]
        one.call(ClusterRecordResource, phase="Running", spec=wanted)
        one.call(EndpointResource, address="127.0.0.1")
        one.call(PkiResource, address="127.0.0.1", service_address="10.96.0.1")
        one.call(ClusterLockResource, state="free")
        found.append(one)
    there = secrets(bare_api, found[0])
    certificate, key = x509.issue(there["cluster-ca"]["tls.crt"], there["cluster-ca"]["tls.key"], cn="kube-apiserver", dns=["kubernetes"],
                                  usages=["server"], days=20)
    overwrite(bare_api, found[0], "kube-apiserver", certificate, key)
    return found


def inventory(playbooks: Playbooks, bare_api: BareApi, names: list[str], **hosts: dict[str, Any]) -> Any:
    local = {"ansible_connection": "local"}
    return playbooks.inventory("renew", {
        "seeds": {"fra1": {**local, "seed_kubeconfig": bare_api.kubeconfig(), "seed_address": "127.0.0.1"}},
        "clusters": {name: {**local, "seed": "fra1", "cluster": name, "kubernetes_version": VERSION} for name in names},
        "cluster_renew_old": {"renew-old": {}, **hosts}, "nodes": hosts})


def summary(ended: Ended, what: str) -> str:
    return next(text for text in re.findall(r'^(?: +"msg": ")?(.+?)"?$', ended.output, re.MULTILINE) if text.startswith(what))


def failed(ended: Ended) -> set[str]:
    """Hosts with an error that was not rescued."""
    return {host for host, count in ended.failures().items() if count}


AWAY = {"ansible_host": "127.0.0.1", "ansible_port": free_port(), "cluster": "renew-old", "ansible_ssh_common_args": "-o ConnectTimeout=2"}


def test_what_ends_is_renewed_and_the_second_run_does_nothing(bare_api: BareApi, playbooks: Playbooks, clusters: list[Caller]):
    there = inventory(playbooks, bare_api, ["renew-old", "renew-new"])
    with bare_api.watched() as seen:
        checked = playbooks.run("renew", there, "--check")
    assert checked.code == 0 and seen.writes == [], checked.output
    assert summary(checked, "Cluster renew-old: would renew 1 certificates of the control plane, nodes: none.")
    done = playbooks.run("renew", there)
    assert done.code == 0, done.output
    assert done.changed() == {"renew-old"}
    assert re.match(r"Cluster renew-old: renewed 1 certificates of the control plane, nodes: none\. The first one expires on 20\d\d-\d\d-\d\d, in 36[34] days",
                    summary(done, "Cluster renew-old: "))
    assert summary(done, "Cluster renew-new: renewed 0 certificates of the control plane")
    with bare_api.watched() as seen:
        again = playbooks.run("renew", there)
    assert again.code == 0 and again.changed() == set() and seen.writes == [], again.output
    lock = bare_api.api().get("coordination.k8s.io/v1", "Lease", "cluster-lock", "cluster-renew-old")
    assert not lock or not lock["spec"].get("holderIdentity")


def test_a_host_that_is_away_and_a_cluster_that_is_not_there_keep_nobody_from_upkeep(bare_api: BareApi, playbooks: Playbooks, clusters: list[Caller]):
    there = inventory(playbooks, bare_api, ["renew-old", "renew-new", "renew-nowhere"], **{"web-1": AWAY})
    done = playbooks.run("renew", there)
    assert done.code != 0
    assert failed(done) == {"renew-nowhere"}, done.output
    assert "Not done: Cluster renew-nowhere is not there" in summary(done, "Cluster renew-nowhere: ")
    told = summary(done, "Cluster renew-old: renewed 1 certificates of the control plane, nodes: none.")
    assert "Not done: " in told and "host web-1" in told


def test_a_machine_of_a_seed_that_is_away_is_told_and_clusters_are_looked_after(bare_api: BareApi, playbooks: Playbooks, clusters: list[Caller]):
    there = inventory(playbooks, bare_api, ["renew-old"])
    content = json.loads(there.read_text())
    content["all"]["children"]["seed_nodes"] = {"hosts": {"fra1-a": {**AWAY, "seed": "fra1"}}}
    there.write_text(json.dumps(content))
    done = playbooks.run("renew", there)
    assert done.code != 0
    assert summary(done, "Cluster renew-old: renewed 1 certificates of the control plane")
    assert "can't be reached over SSH" in summary(done, "Seed fra1: renewed certificates of: none.")
    assert failed(done) == {"fra1"}
    # of one cluster alone
    only = playbooks.run("renew", there, "-e", "cluster=renew-old")
    assert "fra1-a" in only.output
