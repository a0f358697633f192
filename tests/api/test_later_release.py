# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every version that was ever offered can be looked after by a release that doesn't offer it any more; as the seed's API tells what runs."""
from __future__ import annotations

import json
from typing import Any

import pytest
import released_rows

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue, features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as records
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig_resource import KubeconfigResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import has_api, read_cluster
from api.bare_api import BareApi
from api.clusters import describe_cluster
from api.resources import Caller

LATER = tuple(Components(version, LaunchStage.PUBLIC, etcd="3.9.9-0", containerd="9.9.9", pause="9.9", of_providers={"aws_cloud_controller_manager": "v9.9.9"})
              for version in ("1.38.1", "1.37.9", "1.36.8"))
WANTED: dict[str, Any] = {"seed_address": "198.51.100.10", "allowed_stages": ["beta", "public"]}


@pytest.mark.parametrize("old_record", [False, True], ids=["", "of the first release"])
@pytest.mark.parametrize("version", released_rows.ROWS)
def test_a_cluster_of_an_earlier_catalogue(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, version: str, old_record: bool):
    one = Caller(bare_api.kubeconfig(), f"aged-{cluster}")
    one.call(NamespaceResource)
    before = one.call(ClusterSpecResource, **{**WANTED, "allowed_stages": ["beta", "public", "deprecated"]}, kubernetes_version=version)["cluster"]
    one.call(ClusterRecordResource, phase="Running", spec=before)
    if old_record:
        resource = one.resource(ClusterRecordResource)
        found = resource.seed.get("v1", "ConfigMap", records.NAME, resource.namespace)
        said = json.loads(found["data"][records.KEY])
        del said["node_error"]
        resource.seed.replace({**found, "data": {records.KEY: json.dumps({**said, "versions": {"kubernetes": version}})}})
    one.call(ClusterLockResource, state="free")
    describe_cluster(bare_api, str(one.cluster))
    monkeypatch.setattr(catalogue, "ROWS", LATER)
    monkeypatch.setattr(features, "VERSIONS", ())

    minor = version.rpartition(".")[0]
    for asked in (version, minor):
        spec = one.call(ClusterSpecResource, **WANTED, kubernetes_version=asked, control_plane_replicas=2)["cluster"]
        assert (spec["kubernetes_version"], spec["images"]) == (version, before["images"])
    for other in ("1.38.1", "1.37.9" if minor == "1.37" else "1.99.0"):
        with pytest.raises(InvalidInput, match=f"runs Kubernetes {version}, and {other} is wanted"):
            one.call(ClusterSpecResource, **WANTED, kubernetes_version=other)
    with pytest.raises(InvalidInput, match=f"'{version}' is not known"):
        Caller(bare_api.kubeconfig(), "fresh").call(ClusterSpecResource, **WANTED, kubernetes_version=version)

    seed, namespace = bare_api.api(), f"cluster-{one.cluster}"
    access = read_cluster(seed, namespace, "registry.k8s.io")
    assert (access.kubernetes_version, access.components.containerd, access.pause_image) == (version, "2.2.0", "registry.k8s.io/pause:3.10.1")
    assert has_api(seed, namespace)
    one.call(KubeconfigResource, path=str(tmp_path / "kubeconfig"))

    told, = one.call(ClusterInfoResource)["clusters"]
    offered = minor in ("1.37", "1.36")
    assert told["kubernetes_version"] == version and told["features"][f"kubernetes_version: {version}"]["stage"] == ("public" if offered else "deprecated")
    assert [line.partition(". ")[0] for line in told["leaving"]] == ([] if offered else [
        f"kubernetes_version: {version} is deprecated and this release no longer offers it"])

    # a run writes down what an earlier release left out, once
    assert one.call(ClusterRecordResource, phase="Running", spec=spec)["changed"] is True
    assert records.read(seed, namespace).versions == {name: text for name, text in before["components"].items() if name != "stage"}
    assert one.call(ClusterRecordResource, phase="Running", spec=spec)["changed"] is False
    one.call(ClusterLockResource, state="free")


def test_the_registry_of_a_record_reaches_no_node(bare_api: BareApi, cluster: str):
    """Whoever may write one namespace does not choose what is pulled on the customer's hosts by the run of somebody else."""
    api, namespace = bare_api.api("system:setup"), f"cluster-{cluster}"
    spec = {"kubernetes_version": "1.36.3", "pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/16", "dns_domain": "cluster.local",
            "kubernetes_registry": "evil.example"}
    record = {"format": 1, "cluster": cluster, "phase": "Running", "since": "2026-03-01T14:03:10Z", "spec": spec, "versions": {"kubernetes": "1.36.3"}}
    for name, data in (("cluster-record", {"record.json": json.dumps(record)}), ("endpoint", {"address": "198.51.100.10", "port": "31000"}),
                       ("ca-bundle", {"ca.crt": "PEM"})):
        api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data})
    found = read_cluster(api, namespace, "mirror.example/k8s")
    assert found is not None and found.pause_image.startswith("mirror.example/k8s/pause:") and "evil" not in str(found)
