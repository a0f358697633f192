# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""cluster_info and seed_info against a real API, which plays both the seed and the cluster's own API."""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.status import CONTROL_PLANE
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.info_resource import SeedInfoResource
from api.bare_api import BareApi, encoded, free_port
from api.conftest import STORAGE_CLASS
from api.resources import Caller


def workload(kind: str, name: str, namespace: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": name}
    spec: dict[str, Any] = {"replicas": 1, "selector": {"matchLabels": labels}, "template": {
        "metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": "example.org/none"}]}}}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def access(bare_api: BareApi, namespace: str, port: int) -> list[dict[str, Any]]:
    def of(kind: str, name: str, data: dict[str, str]) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "data": data}
    return [of("Secret", "cluster-ca", {"tls.crt": encoded(bare_api.ca_pem), "tls.key": encoded(bare_api.ca_key_pem)}),
            of("ConfigMap", "ca-bundle", {"ca.crt": bare_api.ca_pem}),
            of("ConfigMap", "endpoint", {"address": "127.0.0.1", "port": str(port), "konnectivity_port": "1"})]


def set_status(bare_api: BareApi, path: str, status: dict[str, Any]) -> None:
    bare_api.api("system:setup").request("PATCH", f"{path}/status", body={"status": status}, content_type="application/merge-patch+json")


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    """A cluster with a record and a control plane whose scheduler is not ready yet."""
    one, api = Caller(bare_api.kubeconfig(), f"info-{cluster}"), bare_api.api("system:setup")
    place = f"cluster-{one.cluster}"
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Running", spec={"kubernetes_version": "1.36.3"})
    for name in CONTROL_PLANE:
        kind = "StatefulSet" if name == "etcd" else "Deployment"
        api.create(workload(kind, name, place))
        if name != "kube-scheduler":
            set_status(bare_api, f"/apis/apps/v1/namespaces/{place}/{kind.lower()}s/{name}", {"replicas": 1, "readyReplicas": 1})
    return one


def test_a_cluster_with_its_nodes(bare_api: BareApi, caller: Caller):
    api = bare_api.api("system:setup")
    for manifest in access(bare_api, f"cluster-{caller.cluster}", bare_api.port):
        api.create(manifest)
    api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "web-1"}})
    set_status(bare_api, "/api/v1/nodes/web-1", {"conditions": [{"type": "Ready", "status": "True"}]})
    api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "web-2"}})
    with bare_api.watched() as seen:
        result = caller.call(ClusterInfoResource)
    api.delete("v1", "Node", "web-1")
    api.delete("v1", "Node", "web-2")
    assert seen.writes == [] and not result["changed"]
    found, = result["clusters"]
    assert (found["nodes"], found["problems"], found["control_plane_ready"]) == ({"ready": 1, "total": 2}, [], False)
    header, row, *notes = result["table"].splitlines()
    # the same API plays the seed
    assert result["seed_problems"] == ["web-2 is not ready"] and notes[-1] == "The seed: web-2 is not ready"
    assert (found["phase"], found["health"]) == ("Running", "Degraded")
    assert re.fullmatch(rf"{caller.cluster} +Degraded +\d+s +1.36.3 +beta +kube-scheduler 0/1 +unknown +1/2 ready +\d+d +-", row)
    assert header.index("NODES") == row.index("1/2 ready") and header.index("ETCD") == row.index("unknown")
    assert f"{caller.cluster}: etcd-0 has no pod, or one that just ends" in notes
    assert found["certificates"]["first"]["name"] == "cluster-ca" and found["certificates"]["nodes_ending"] == ["web-1", "web-2"]


def test_all_clusters_and_one_whose_api_is_away(bare_api: BareApi, caller: Caller):
    api = bare_api.api("system:setup")
    for manifest in access(bare_api, f"cluster-{caller.cluster}", free_port()):
        api.create(manifest)
    caller.call(ClusterRecordResource, last_error="etcd has no volume")
    result = Caller(caller.seed_kubeconfig, None).call(ClusterInfoResource)
    found = next(one for one in result["clusters"] if one["name"] == caller.cluster)
    assert found["nodes"] is None and "nothing listens there" in found["problems"][0].lower()
    assert re.search(rf"{caller.cluster} .* unknown +\d+d +etcd has no volume\n", result["table"])
    assert [one["name"] for one in result["clusters"]] == sorted(one["name"] for one in result["clusters"])


def test_nodes_that_no_host_of_the_inventory_is(bare_api: BareApi, caller: Caller):
    api = bare_api.api("system:setup")
    for manifest in access(bare_api, f"cluster-{caller.cluster}", bare_api.port):
        api.create(manifest)
    for name in ("web-1", "web-9"):
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    found, = caller.call(ClusterInfoResource, inventory_nodes=["web-1"])["clusters"]
    unasked, = caller.call(ClusterInfoResource)["clusters"]
    for name in ("web-1", "web-9"):
        api.delete("v1", "Node", name)
    assert (found["unlisted_nodes"], unasked["unlisted_nodes"]) == (["web-9"], [])


def test_a_script_learns_which_clusters_are_bad(bare_api: BareApi, caller: Caller):
    """Its API answers nobody, and a component is not ready."""
    for manifest in access(bare_api, f"cluster-{caller.cluster}", free_port()):
        bare_api.api("system:setup").create(manifest)
    bad = {fail_if: caller.call(ClusterInfoResource, fail_if=fail_if)["bad"] for fail_if in ("never", "degraded", "down")}
    assert bad == {"never": [], "degraded": [caller.cluster], "down": []}
    set_status(bare_api, f"/apis/apps/v1/namespaces/cluster-{caller.cluster}/statefulsets/etcd", {"replicas": 1, "readyReplicas": 0})
    assert caller.call(ClusterInfoResource, fail_if="down")["bad"] == [caller.cluster]


@pytest.mark.parametrize("change", [
    {"versions": {"kubernetes": {"a": 1}}}, {"spec": {"add_ons": {"coredns": {}}}}, {"pools": {"web": {"provider": {}}}}, {"since": "x" * 5000}, {"phase": 7},
    {"last_error": "fine\nforged  Running  1d"}, {"cluster": "another"}], ids=str)
def test_a_broken_record_takes_nobody_elses_row_away(bare_api: BareApi, caller: Caller, change: dict[str, Any]):
    other = Caller(caller.seed_kubeconfig, f"{caller.cluster}b")
    other.call(NamespaceResource)
    other.call(ClusterRecordResource, phase="Running")
    api = bare_api.api("system:setup")
    found = api.get("v1", "ConfigMap", "cluster-record", f"cluster-{caller.cluster}")
    api.replace({**found, "data": {"record.json": json.dumps({**json.loads(found["data"]["record.json"]), **change})}})
    result = Caller(caller.seed_kubeconfig, None).call(ClusterInfoResource)
    rows = {one["name"]: one for one in result["clusters"]}
    assert rows[other.cluster]["phase"] == "Running"
    assert rows[caller.cluster]["phase"] == "unknown" and "can't be read" in rows[caller.cluster]["problems"][0]
    assert not any("forged" in line for line in result["table"].splitlines())


def test_clusters_that_are_none(bare_api: BareApi, cluster: str):
    """A name that nobody has, and a namespace of somebody else with the name of ours."""
    for name in ("nowhere", cluster):
        result = Caller(bare_api.kubeconfig(), name).call(ClusterInfoResource)
        assert result["clusters"] == [] and result["table"] == f"No cluster {name} in this seed."


def test_with_rights_in_one_namespace_it_must_be_named(bare_api: BareApi, caller: Caller):
    nobody = bare_api.kubeconfig("nobody", ())
    with pytest.raises(Refused, match="Name one with the option cluster"):
        Caller(nobody, None).call(ClusterInfoResource)
    found, = Caller(nobody, caller.cluster).call(ClusterInfoResource)["clusters"]
    assert found["phase"] == "unknown" and len(found["problems"]) == 4


def test_a_seed_and_what_it_lacks(bare_api: BareApi):
    caller = Caller(bare_api.kubeconfig(), None)
    bare_api.api("system:setup").delete("storage.k8s.io/v1", "StorageClass", "fast")
    try:
        lacking(bare_api, caller)
    finally:
        bare_api.api("system:setup").create(STORAGE_CLASS)


def lacking(bare_api: BareApi, caller: Caller) -> None:
    with bare_api.watched() as seen:
        result = caller.call(SeedInfoResource)
    assert seen.writes == []
    assert result["reachable"] and re.fullmatch(r"1\.\d+\.\d+", result["version"]) and result["nodes"] == {"ready": 0, "total": 0}
    assert [line.split(" - ")[0] for line in result["missing"]] == ["a default storage class", "a node that is ready"]
    assert [line.split(",")[0] for line in result["notes"]] == [
        "Whether Secrets are encrypted in its etcd can't be seen from here: the keys of all customers are Secrets. Ask its provider",
        "It accepts Services with externalIPs", "It offers no PriorityClass for control planes"]
    with pytest.raises(InvalidInput, match="The seed lacks: a default storage class"):
        caller.call(SeedInfoResource, require=True)


def test_rights_that_lack(bare_api: BareApi, cluster: str):
    result = Caller(bare_api.kubeconfig("nobody", ()), cluster).call(SeedInfoResource)
    assert result["nodes"] is None
    assert [line.split(" - ")[0] for line in result["missing"]] == [
        "the right to create secrets, services, deployments, statefulsets, leases, networkpolicies, poddisruptionbudgets "
        f"in namespace cluster-{cluster}"]


def test_a_seed_that_is_away(bare_api: BareApi, tmp_path: Path):
    config = tmp_path / "kubeconfig"
    config.write_text(re.sub(r"https://127.0.0.1:\d+", f"https://127.0.0.1:{free_port()}", Path(bare_api.kubeconfig()).read_text()))
    caller = Caller(str(config), None)
    result = caller.call(SeedInfoResource)
    assert not result["reachable"] and str(config) in result["missing"][0]
    with pytest.raises(Unreachable):
        caller.call(SeedInfoResource, require=True)
