# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What to do about a namespace, and what is left of it."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import namespace as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError

OURS = decide.manifest("demo")
FOREIGN = {"metadata": {"name": "cluster-demo", "labels": {"team": "a"}}}
BARE = {"metadata": {"name": "cluster-demo"}}
OF_ANOTHER = {"metadata": {"name": "cluster-demo", "labels": {"kubermatic.caas/cluster": "other"}}}
DRIFTED = {"metadata": {"name": "cluster-demo", "labels": {"kubermatic.caas/cluster": "demo"}}}
ENDING = {"metadata": {**OURS["metadata"], "deletionTimestamp": "2026-03-01T14:03:10Z"}}


@pytest.mark.parametrize(("namespace", "may_label", "steps"), [
    (None, True, ["Create Namespace cluster-demo"]), (OURS, True, []), ({}, True, []), (DRIFTED, True, ["Label Namespace cluster-demo"]),
    (DRIFTED, False, []), (BARE, False, []), (FOREIGN, False, [])])
def test_present(namespace: Any, may_label: bool, steps: list[str]):
    assert decide.plan_present("demo", namespace, may_label=may_label, where="seed").titles() == steps


@pytest.mark.parametrize(("namespace", "line"), [
    (FOREIGN, "exists and belongs to another owner"), (BARE, "kubectl label namespace cluster-demo kubermatic.caas/cluster=demo"),
    (OF_ANOTHER, "exists and belongs to another owner"), (ENDING, "is being deleted")])
def test_present_is_refused(namespace: Any, line: str):
    with pytest.raises(CaasError, match=line):
        decide.plan_present("demo", namespace, may_label=True, where="seed")


@pytest.mark.parametrize(("namespace", "asks"), [(None, False), ({}, False), (OURS, False), (ENDING, False), (DRIFTED, True), (BARE, True)])
def test_rights_are_asked_for_only_if_they_matter(namespace: Any, asks: bool):
    assert decide.needs_right_to_label("demo", namespace) is asks


@pytest.mark.parametrize(("namespace", "steps"), [
    (None, []), (OURS, ["Delete Namespace cluster-demo with everything in it"]), (DRIFTED, ["Delete Namespace cluster-demo with everything in it"]),
    (ENDING, ["Wait until the seed has deleted Namespace cluster-demo"])])
def test_absent(namespace: Any, steps: list[str]):
    assert decide.plan_absent("demo", namespace, where="seed").titles() == steps


@pytest.mark.parametrize(("namespace", "line"), [
    (FOREIGN, "another owner"), (BARE, "another owner"), (OF_ANOTHER, "another owner"), ({}, "may not read Namespace")])
def test_absent_is_refused(namespace: Any, line: str):
    with pytest.raises(CaasError, match=line):
        decide.plan_absent("demo", namespace, where="seed")


@pytest.mark.parametrize("confirm", [None, "", "other", "Demo"])
def test_deletion_is_confirmed_by_the_name(confirm: str | None):
    with pytest.raises(CaasError, match="Give the name again: -e confirm=demo"):
        decide.check_confirmed("demo", confirm)
    decide.check_confirmed("demo", "demo")


def volume(name: str, namespace: str | None, policy: str = "Delete", phase: str = "Released") -> dict[str, Any]:
    claim = {"claimRef": {"namespace": namespace}} if namespace else {}
    return {"metadata": {"name": name}, "spec": {"persistentVolumeReclaimPolicy": policy, **claim}, "status": {"phase": phase}}


def test_only_volumes_of_the_cluster_count():
    volumes = [volume("a", "cluster-demo"), volume("b", "cluster-demo2"), volume("c", None)]
    assert [one["metadata"]["name"] for one in decide.volumes_of(volumes, "cluster-demo")] == ["a"]


@pytest.mark.parametrize(("policy", "phase", "disappears"), [("Delete", "Released", True), ("Delete", "Failed", False), ("Retain", "Released", False)])
def test_what_goes_by_itself(policy: str, phase: str, disappears: bool):
    left = decide.volume_left(volume("pv-1", "cluster-demo", policy, phase))
    assert left == decide.Remainder(f"PersistentVolume pv-1 ({phase}, reclaim policy {policy})", disappears)


def test_a_namespace_tells_what_it_waits_for():
    conditions = [{"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining: pods. has 2"},
                  {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "All fine"}]
    assert decide.namespace_left({**ENDING, "status": {"conditions": conditions}}).line == (
        "Namespace cluster-demo (Some resources are remaining: pods. has 2)")
    assert decide.namespace_left(ENDING).line == "Namespace cluster-demo"


def item(name: str, app: str = "", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-{name}", "labels": {"app.kubernetes.io/name": app} if app else {}, **metadata}}


def test_what_ends_at_once_with_its_namespace():
    """Not what ends soon already, nor pods of somebody else, who may need their time."""
    pods = [item("etcd-0", "etcd"), item("kube-apiserver-1", "kube-apiserver", deletionTimestamp="now", deletionGracePeriodSeconds=30),
            item("kube-scheduler-1", "kube-scheduler", deletionTimestamp="now", deletionGracePeriodSeconds=1), item("backup", "backup"), item("other")]
    claims = [item("data-etcd-0", "etcd"), item("data-etcd-1", "etcd", deletionTimestamp="now")]
    assert [(one.kind, one.name, one.uid, one.grace_period) for one in decide.to_end(pods, claims)] == [
        ("Pod", "etcd-0", "uid-etcd-0", 1), ("Pod", "kube-apiserver-1", "uid-kube-apiserver-1", 1),
        ("PersistentVolumeClaim", "data-etcd-0", "uid-data-etcd-0", None)]
