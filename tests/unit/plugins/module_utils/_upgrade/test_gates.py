# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stops an upgrade before anything moves."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.gates import GATES, Deprecated, Passed, Webhook, World, closed

STATUS: dict[str, Any] = {
    "name": "demo", "phase": "Running", "namespace": "cluster-demo",
    "control_plane": {"etcd": {"ready": 1, "wanted": 1}, "kube-apiserver": {"ready": 2, "wanted": 2}},
    "rollouts": {}, "etcd": {"alarms": []}, "certificates": {"first": {"name": "kube-scheduler", "ends": "2027-03-01T00:00:00Z", "days_left": 90}}}


def node(name: str, ready: str = "True", cordoned: bool = False, kubelet: Any = "v1.36.3", **annotations: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": annotations}, "spec": {"unschedulable": True} if cordoned else {},
            "status": {"conditions": [{"type": "Ready", "status": ready}], "nodeInfo": {"kubeletVersion": kubelet}}}


def pod(name: str, *, owner: str = "", **more: Any) -> dict[str, Any]:
    owners = [{"kind": owner, "controller": True}] if owner else []
    return {"metadata": {"namespace": "default", "name": name, "ownerReferences": owners, **more}}


def budget(name: str, allowed: int, expected: int, **labels: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "shop", "name": name, "labels": labels}, "status": {"disruptionsAllowed": allowed, "expectedPods": expected}}


def world(status: dict[str, Any] | None = None, **more: Any) -> World:
    return World({**STATUS, **(status or {})}, KubernetesVersion(1, 37, 2), **more)


WELL = world(nodes=(node("web-1"),), pods=(pod("web", owner="ReplicaSet"), pod("agent", owner="DaemonSet")),
             budgets=(budget("web", 1, 2), budget("none", 0, 0)),
             webhooks=(Webhook("ValidatingWebhookConfiguration policy", "policy/webhook", True),))


def test_a_cluster_that_is_well_passes_all_of_them():
    assert closed(WELL) == ()


@pytest.mark.parametrize(("there", "name", "part"), [
    (world(status={"control_plane": {"kube-scheduler": {"ready": 0, "wanted": 1}}}), "control_plane", "kube-scheduler 0/1 ready"),
    (world(status={"rollouts": {"etcd": "etcd does not run as it was changed last"}}), "control_plane", "etcd does not run as it was changed last"),
    (world(status={"etcd": {"alarms": ["NOSPACE"]}}), "etcd", "alarm NOSPACE"),
    (world(status={"certificates": {"first": {"name": "etcd-client", "ends": "2026-12-01T00:00:00Z", "days_left": 3}}}), "certificates",
     "etcd-client ends on 2026-12-01"),
    (world(nodes=(node("web-1", "Unknown"), node("web-2"))), "nodes_ready", "not Ready: web-1"),
    *((world(nodes=(node("web-1", kubelet=said),)), "kubelet_versions", "web-1") for said in ("v1.36.3-eks", "", None, "v1.36.3\n")),
    (world(nodes=(node("web-1", cordoned=True),)), "nodes_cordoned", "cordoned by somebody else: web-1"),
    (world(webhooks=(Webhook("MutatingWebhookConfiguration inject", "mesh/injector", False),)), "webhooks", "inject (Service mesh/injector)"),
    (world(deprecated=(Deprecated("flowschemas.flowcontrol.apiserver.k8s.io/v1beta3", "1.37"), Deprecated("componentstatuses/v1", "1.40"))), "deprecated_apis",
     "does not serve: flowschemas.flowcontrol.apiserver.k8s.io/v1beta3 (gone with 1.37)"),
    (world(budgets=(budget("web", 0, 2),)), "disruption_budgets", "shop/web"),
    (world(pods=(pod("debug"),)), "bare_pods", "default/debug"),
], ids=str)
def test_one_gate_is_closed_and_says_what_to_do(there: World, name: str, part: str):
    gate, = closed(there)
    assert gate.name == name and part in gate.wrong and gate.line().startswith(f"{name}: ") and gate.line().isprintable()


@pytest.mark.parametrize("there", [
    # one that a run of ours cordoned, and did not come to uncordon
    world(nodes=(node("web-1", cordoned=True, **{"kubermatic.caas/upgrading": "true"}),)),
    # the run brings to its end what an earlier one left unfinished
    world(status={"phase": "Updating", "rollouts": {"kube-apiserver": "1 old replicas still run"}, "control_plane": {"etcd": {"ready": 0, "wanted": 1}}}),
    # a run takes care of what our own budgets count
    world(budgets=(budget("coredns", 0, 2, **{"app.kubernetes.io/managed-by": "kubermatic.caas"}),)),
    world(pods=(pod("static", annotations={"kubernetes.io/config.mirror": "x"}), {**pod("done"), "status": {"phase": "Succeeded"}})),
    world(deprecated=(Deprecated("componentstatuses/v1", "1.40"), Deprecated("odd", "soon"))),
    # etcd could not be asked: that it serves says its readiness
    world(status={"etcd": None, "certificates": {"first": None}}),
])
def test_what_is_no_reason_to_stop(there: World):
    assert closed(there) == ()


def test_every_gate_that_stops_is_in_the_one_line_and_can_be_accepted():
    gates = closed(world(nodes=(node("web-1", "False"),), pods=(pod("debug"),)))
    passed = Passed.of(gates, ["bare_pods"])
    assert [one.name for one in passed.accepted] == ["bare_pods"]
    with pytest.raises(InvalidInput, match=r'Cluster demo is not ready for an upgrade\. Nodes_ready: not Ready: web-1\..*"accept_gates": \["nodes_ready"\]'):
        passed.check("demo")
    Passed.of(gates, GATES).check("demo")
