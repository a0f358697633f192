# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object

GPU = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
BARE = {"key": "spot", "value": "", "effect": "NoExecute"}
SYSTEM = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


def node(labels=None, owned=(), taints=None, ours=None, **spec):
    managed = [{"manager": "kubermatic-caas", "operation": "Apply", "fieldsV1": {"f:metadata": {"f:labels": {f"f:{key}": {} for key in owned}}}},
               {"manager": "kubelet", "operation": "Update", "fieldsV1": {"f:metadata": {"f:labels": {"f:kubernetes.io/arch": {}}}}}]
    annotations = {node_object.OUR_TAINTS: json.dumps(ours)} if ours is not None else {}
    return {"metadata": {"name": "web-1", "resourceVersion": "7", "labels": labels or {}, "managedFields": managed, "annotations": annotations},
            "spec": {**({"taints": taints} if taints else {}), **spec}}


@pytest.mark.parametrize(("seen", "wanted", "differ"), [
    (node(), {}, False),
    (node(), {"disk": "ssd"}, True),
    (node({"disk": "ssd"}, owned=["disk"]), {"disk": "ssd"}, False),
    (node({"disk": "hdd"}), {"disk": "ssd"}, True),
    (node({"disk": "ssd"}, owned=["disk"]), {}, True),
    (node({"kubernetes.io/arch": "amd64"}), {}, False),
    # a label of somebody else that happens to be as wanted
    (node({"disk": "ssd"}), {"disk": "ssd"}, False),
])
def test_labels(seen, wanted, differ):
    assert node_object.labels_differ(seen, wanted) == differ


def applied(seen, patch):
    """What a merge patch makes of the taints."""
    annotations = dict(seen["metadata"]["annotations"])
    for key, value in patch["metadata"]["annotations"].items():
        annotations.pop(key, None) if value is None else annotations.update({key: value})
    return {"metadata": {**seen["metadata"], "annotations": annotations}, "spec": {"taints": patch["spec"]["taints"] or []}}


@pytest.mark.parametrize(("seen", "wanted", "taints"), [
    (node(taints=[SYSTEM]), [GPU], [SYSTEM, GPU]),
    (node(taints=[SYSTEM, GPU], ours=["gpu:NoSchedule"]), [], [SYSTEM]),
    (node(taints=[GPU], ours=["gpu:NoSchedule"]), [], []),
    (node(taints=[{**GPU, "value": "no"}], ours=["gpu:NoSchedule"]), [GPU], [GPU]),
    (node(), [BARE], [{"key": "spot", "effect": "NoExecute"}]),
])
def test_taints_of_others_stay_and_a_second_run_does_nothing(seen, wanted, taints):
    patch = node_object.taints_patch(seen, wanted)
    assert patch
    assert patch["metadata"]["resourceVersion"] == "7"
    after = applied(seen, patch)
    assert after["spec"]["taints"] == taints
    assert node_object.taints_patch(after, wanted) is None


def test_no_taints_no_patch():
    assert node_object.taints_patch(node(taints=[SYSTEM]), []) is None
    assert node_object.taints_patch(node(taints=[{**BARE, "timeAdded": "2026-01-01T00:00:00Z"}], ours=["spot:NoExecute"]), [BARE]) is None


@pytest.mark.parametrize(("pod", "leaves"), [
    ({"metadata": {"name": "a", "namespace": "b"}}, True),
    ({"metadata": {"ownerReferences": [{"kind": "ReplicaSet", "controller": True}]}}, True),
    ({"metadata": {"ownerReferences": [{"kind": "DaemonSet", "controller": True}]}}, False),
    ({"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}}, False),
    ({"metadata": {}, "status": {"phase": "Succeeded"}}, False),
    ({"metadata": {}, "status": {"phase": "Failed"}}, False),
    ({"metadata": {}, "status": {"phase": "Pending"}}, True),
])
def test_which_pods_must_leave(pod, leaves):
    assert node_object.must_leave(pod) == leaves


@pytest.mark.parametrize(("patch", "remembers", "other"), [
    (node_object.cordon_patch(), node_object.is_being_removed, node_object.is_being_upgraded),
    (node_object.cordon_for_upgrade_patch(), node_object.is_being_upgraded, node_object.is_being_removed),
])
def test_why_we_cordoned_is_remembered_and_taken_back(patch, remembers, other):
    assert not remembers(node()) and not node_object.is_ours_to_uncordon(node())
    assert patch["spec"]["unschedulable"]
    cordoned = {"metadata": patch["metadata"]}
    assert remembers(cordoned) and node_object.is_ours_to_uncordon(cordoned) and not other(cordoned)
    back = node_object.uncordon_patch()["metadata"]["annotations"]
    assert set(patch["metadata"]["annotations"]) <= set(back) and set(back.values()) == {None}


def test_ready():
    assert node_object.ready(node()) == (False, "it has not reported yet")
    conditions = [{"type": "Ready", "status": "False", "message": "cni plugin not initialized"}]
    assert node_object.ready({"status": {"conditions": conditions}}) == (False, "cni plugin not initialized")
    assert node_object.ready({"status": {"conditions": [{"type": "Ready", "status": "True"}]}})[0]


def test_a_machine_is_told_once():
    assert node_object.provider_id_patch({"metadata": {}, "spec": {}}, "digitalocean://1") == {"spec": {"providerID": "digitalocean://1"}}
    assert node_object.provider_id_patch({"metadata": {}}, "") is None
    assert node_object.provider_id_patch({"metadata": {}, "spec": {"providerID": "digitalocean://1"}}, "digitalocean://1") is None
