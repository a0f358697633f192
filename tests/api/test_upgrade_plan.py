# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of an upgrade against a real API, which plays both the seed and the cluster's own API."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.status import CONTROL_PLANE
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, LockHeld
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.plan_resource import UpgradePlanResource
from api import clusters
from api.bare_api import BareApi
from api.resources import Caller
from api.test_info import set_status, workload

OLD, NEW = "1.36.3", "1.37.2"
SPEC = {"seed_address": "198.51.100.10", "kubernetes_version": OLD}


class Planned:
    """A cluster that runs OLD, with a node of the same version."""

    def __init__(self, bare: BareApi, name: str) -> None:
        self.bare, self.api, self.place, self.node = bare, bare.api("system:setup"), f"cluster-{name}", f"{name}-web-1"
        self.caller = Caller(bare.kubeconfig(), name)
        spec = self.caller.call(ClusterSpecResource, **SPEC)["cluster"]
        clusters.running(bare, name, free=True, spec=spec)
        clusters.describe_cluster(bare, name)
        for component in CONTROL_PLANE:
            kind = "StatefulSet" if component == "etcd" else "Deployment"
            self.api.create(workload(kind, component, self.place))
            set_status(bare, f"/apis/apps/v1/namespaces/{self.place}/{kind.lower()}s/{component}", {"replicas": 1, "readyReplicas": 1})
        self.serves("a", OLD)
        self.api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.node}})
        self.node_says(kubelet=OLD)

    def serves(self, name: str, version: str, **state: Any) -> None:
        """A kube-apiserver. state: of its container, which runs by default."""
        container = {"name": "kube-apiserver", "image": f"r.example.org/kube-apiserver:v{version}",
                     "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
        self.api.create({"apiVersion": "v1", "kind": "Pod", "metadata": {
            "name": f"kube-apiserver-{name}", "namespace": self.place, "labels": {"app.kubernetes.io/name": "kube-apiserver"}}, "spec": {
                "automountServiceAccountToken": False, "containers": [container],
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}})
        set_status(self.bare, f"/api/v1/namespaces/{self.place}/pods/kube-apiserver-{name}", {"containerStatuses": [{
            "name": "kube-apiserver", "image": "x", "imageID": "x", "ready": False, "restartCount": 0, "state": state or {"running": {}}}]})

    def node_says(self, *, kubelet: str, ready: str = "True") -> None:
        set_status(self.bare, f"/api/v1/nodes/{self.node}", {
            "nodeInfo": {"kubeletVersion": f"v{kubelet}", "containerRuntimeVersion": f"containerd://{lookup(OLD).containerd}"},
            "conditions": [{"type": "Ready", "status": ready}]})

    def plan(self, version: str = NEW, **more: Any) -> dict[str, Any]:
        with self.bare.watched() as seen:
            try:
                return self.caller.call(UpgradePlanResource, **{"kubernetes_version": version, "inventory_nodes": [self.node], **more})
            finally:
                assert seen.writes == []

    def refused(self, line: str, **more: Any) -> None:
        with pytest.raises(InvalidInput, match=line):
            self.plan(**more)


@pytest.fixture
def planned(bare_api: BareApi, cluster: str) -> Iterator[Planned]:
    there = Planned(bare_api, f"plan-{cluster}")
    yield there
    there.api.delete("v1", "Node", there.node)


def test_the_way_to_the_next_minor_release(planned: Planned):
    found = planned.plan("1.37")
    assert found["stages"] == [{"control_plane": [NEW], "nodes": NEW, "nodes_now": {planned.node: NEW}}]
    assert (found["runs"], found["nodes"], found["drains"], found["accepted"]) == (OLD, [planned.node], True, [])
    assert found["lines"] == planned.caller.lines and any(OLD in line and NEW in line for line in found["lines"])


def test_nothing_is_to_be_done(planned: Planned):
    for version in (OLD, "1.36"):
        found = planned.plan(version)
        assert (found["stages"], found["nodes"], found["lines"]) == ([], [], [])


def test_a_run_that_was_killed_is_carried_to_its_end(planned: Planned):
    spec = planned.caller.call(ClusterSpecResource, upgrade=True, **{**SPEC, "kubernetes_version": NEW})["cluster"]
    planned.caller.call(ClusterRecordResource, phase="Updating", spec=spec, free_lock=True)
    # one replica of two is new
    planned.serves("b", NEW)
    assert planned.plan()["stages"][0]["control_plane"] == [NEW]
    # all of them are, and nothing says whether the controllers are
    planned.api.delete("v1", "Pod", "kube-apiserver-a", planned.place, grace_period=0)
    assert planned.plan()["stages"] == [{"control_plane": [NEW], "nodes": NEW, "nodes_now": {planned.node: NEW}}]
    # until then no other playbook takes the cluster for what it was, or for what it will be
    for version in (OLD, NEW):
        with pytest.raises(InvalidInput, match=f"from Kubernetes {OLD} to {NEW} has begun and has not ended .*kubermatic.caas.upgrade -e cluster="):
            planned.caller.call(ClusterSpecResource, **{**SPEC, "kubernetes_version": version})
    planned.caller.call(ClusterRecordResource, phase="Running", spec=spec, free_lock=True)
    assert planned.caller.call(ClusterSpecResource, **{**SPEC, "kubernetes_version": NEW})["cluster"]["kubernetes_version"] == NEW
    # nodes are left
    assert planned.plan()["stages"] == [{"control_plane": [], "nodes": NEW, "nodes_now": {planned.node: NEW}}]
    planned.node_says(kubelet=NEW)
    assert planned.plan()["stages"] == []


def test_a_version_whose_image_could_not_be_pulled_has_changed_nothing(planned: Planned):
    """So the user may also write the former one again."""
    spec = planned.caller.call(ClusterSpecResource, upgrade=True, **{**SPEC, "kubernetes_version": NEW})["cluster"]
    planned.caller.call(ClusterRecordResource, phase="Updating", spec=spec, free_lock=True)
    planned.serves("b", NEW, waiting={"reason": "ImagePullBackOff"})
    for version in (OLD, NEW):
        assert planned.plan(version)["stages"][0]["control_plane"] == [version]


def test_a_node_with_which_a_killed_run_has_begun_is_gone_over_again(planned: Planned):
    planned.api.patch("v1", "Node", planned.node, None, {"metadata": {"annotations": {"kubermatic.caas/upgrading": "true"}}})
    assert planned.plan(OLD)["nodes"] == [planned.node]


def test_a_closed_gate_stops_it_until_it_is_accepted(planned: Planned):
    planned.node_says(kubelet=OLD, ready="Unknown")
    planned.refused(rf"Cluster {planned.caller.cluster} is not ready for an upgrade\. Nodes_ready: not Ready: {planned.node}")
    found = planned.plan(accept_gates=["nodes_ready"])
    assert found["stages"] and [one["name"] for one in found["accepted"]] == ["nodes_ready"]


def test_what_can_not_be_done_is_refused(planned: Planned):
    planned.refused(r"The control plane runs Kubernetes 1\.36\.3, and 1\.35\.4 is older", version="1.35.4")
    planned.refused(f"nodes that the inventory does not know: {planned.node}", inventory_nodes=[])
    planned.refused(r"Kubernetes version '1\.99' is not known", version="1.99")
    planned.caller.call(ClusterRecordResource, phase="Deleting", free_lock=True)
    planned.refused("is being deleted")


def test_a_version_at_a_stage_that_is_not_allowed_is_not_on_the_way(planned: Planned):
    planned.refused(r"uses features that are not allowed: kubernetes_version: 1\.37\.2 is public", allowed_stages=["beta"])
    assert planned.plan(allowed_stages=["public"])["stages"]


def test_a_cluster_that_never_ran(bare_api: BareApi):
    with pytest.raises(InvalidInput, match=r"Cluster nowhere does not run yet .*create_cluster -e cluster=nowhere"):
        Caller(bare_api.kubeconfig(), "nowhere").call(UpgradePlanResource, kubernetes_version=NEW)


def test_another_run_works_on_the_cluster(planned: Planned):
    other = Caller(planned.caller.seed_kubeconfig, planned.caller.cluster, holder="bob@ops2 pid 22 2/bbbbbbbb")
    other.call(ClusterRecordResource, last_error="no")
    with pytest.raises(LockHeld, match="bob@ops2"):
        planned.plan()
