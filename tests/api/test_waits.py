# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is said while pods are waited for, and waits that can't end. No kubelet and no controller runs here: their words are written by hand."""
from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import in_cluster_resource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import patience
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import wait_client as readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from api.bare_api import BareApi
from api.resources import Caller

WAIT_TIMEOUT = 20
LABELS = {"app.kubernetes.io/name": "etcd"}
TAINT = "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: not helpful"


def deployment(image: str = "example.org/etcd") -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "etcd"}, "spec": {
        "replicas": 1, "selector": {"matchLabels": LABELS}, "template": {
            "metadata": {"labels": LABELS}, "spec": {"automountServiceAccountToken": False, "containers": [{"name": "etcd", "image": image, "securityContext": {
                "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}], "securityContext": {
                    "runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}}}}}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds in place of minutes."""
    monkeypatch.setattr(readiness, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(patience, "QUIET", 0.4)
    for name, found in (("_NOT_CREATED", patience._NOT_CREATED), ("_UNSCHEDULABLE", patience._UNSCHEDULABLE)):
        monkeypatch.setattr(patience, name, replace(found, seconds=3))


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    one = Caller(bare_api.kubeconfig(), f"waits-{cluster}")
    one.call(NamespaceResource)
    return one


@pytest.fixture
def pressed(bare_api: BareApi) -> Iterator[None]:
    """The seed's only machine has no room on its disk."""
    api = bare_api.api("system:setup")
    api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "fra1-a"}})
    status = {"conditions": [{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "True"}]}
    api.request("PATCH", "/api/v1/nodes/fra1-a", body={"spec": {"taints": [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]}},
                content_type="application/merge-patch+json")
    api.request("PATCH", "/api/v1/nodes/fra1-a/status", body={"status": status}, content_type="application/merge-patch+json")
    yield
    api.delete("v1", "Node", "fra1-a")


def status_of(bare_api: BareApi, caller: Caller, path: str, status: dict[str, Any]) -> None:
    bare_api.api("system:setup").request("PATCH", f"{path.format(caller.cluster)}/status", body={"status": status}, content_type="application/merge-patch+json")


def pod(bare_api: BareApi, caller: Caller, name: str, status: dict[str, Any]) -> None:
    metadata = {"name": name, "namespace": f"cluster-{caller.cluster}", "labels": LABELS}
    bare_api.api("system:setup").create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": deployment()["spec"]["template"]["spec"]})
    status_of(bare_api, caller, f"/api/v1/namespaces/cluster-{{}}/pods/{name}", status)


def waited_for(caller: Caller, meanwhile: Callable[[], None], **options: Any) -> tuple[str, float]:
    """The line by which the wait for a Deployment ends, and after how many seconds."""
    with pytest.raises(NotReady):
        caller.call(ManifestsResource, set="pods", manifests=[as_text(deployment())], wait_timeout=0)
    meanwhile()
    begin = time.monotonic()
    with pytest.raises(NotReady) as error:
        caller.call(ManifestsResource, set="pods", manifests=[as_text(deployment())], wait_timeout=WAIT_TIMEOUT, **options)
    return error.value.line(), time.monotonic() - begin


def as_text(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest)


def test_pods_that_are_refused_end_the_wait(bare_api: BareApi, caller: Caller):
    quota = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: customers"}
    line, seconds = waited_for(caller, lambda: status_of(bare_api, caller, "/apis/apps/v1/namespaces/cluster-{}/deployments/etcd", {
        "observedGeneration": 1, "conditions": [quota]}))
    assert "and waiting longer won't help: its pods are refused" in line and "exceeded quota: customers" in line
    assert 3 <= seconds < 10


def test_a_pod_that_no_machine_takes_ends_the_wait_with_the_name_of_the_machine(bare_api: BareApi, caller: Caller):
    """What was seen is told once."""
    unscheduled = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": TAINT}]}
    api = bare_api.api("system:setup")

    def meanwhile() -> None:
        pod(bare_api, caller, "etcd-now", unscheduled)
        pod(bare_api, caller, "etcd-before", {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."})
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "fra1-a"}, "spec": {"unschedulable": True}})

    try:
        line, seconds = waited_for(caller, meanwhile)
    finally:
        api.delete("v1", "Node", "fra1-a")
    assert "waiting longer won't help: no machine can run its pod" in line and 3 <= seconds < 10
    assert "Add a machine, make room on one, or let the pod ask for less; look closer with kubectl --kubeconfig " in line
    assert "fra1-a is not ready, is cordoned" in line and "1 of its pods were evicted: The node was low on resource: ephemeral-storage" in line
    assert "preemption" not in line and line.count("0/1 nodes are available") == 1
    said = [text for text in caller.lines if text.startswith("waiting for")]
    assert len(said) == 1 and "pod etcd-now: not scheduled" in said[0], caller.lines


def test_a_program_that_ends_again_and_again_is_not_waited_for_by_a_run_that_changes_nothing(bare_api: BareApi, caller: Caller):
    last = {"terminated": {"exitCode": 1, "startedAt": "2026-03-01T12:00:00Z", "finishedAt": "2026-03-01T12:00:30Z"}}
    container = {"name": "etcd", "image": "example.org/etcd", "imageID": "", "ready": False, "restartCount": 4, "lastState": last,
                 "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    line, seconds = waited_for(caller, lambda: pod(bare_api, caller, "etcd-now", {"phase": "Running", "containerStatuses": [container]}))
    assert "and waiting longer won't help: its container keeps crashing" in line and seconds < 10


@pytest.mark.parametrize(("reason", "others_wait", "image", "wait_timeout", "is_short"), [
    ("NewReplicaSetAvailable", True, "example.org/etcd", 60, True), ("NewReplicaSetAvailable", False, "example.org/etcd", 3, False),
    # on its way up since an earlier run, or changed by this one
    ("ReplicaSetUpdated", True, "example.org/etcd", 3, False), ("NewReplicaSetAvailable", True, "example.org/etcd:2", 3, False)])
def test_others_do_not_wait_long_for_what_was_ready_and_is_not_changed(bare_api: BareApi, caller: Caller, monkeypatch: pytest.MonkeyPatch, reason: str,
                                                                       others_wait: bool, image: str, wait_timeout: int, is_short: bool):
    """As of a customer who makes his own scheduler end: 5 seconds in place of 300."""
    monkeypatch.setattr(in_cluster_resource, "WHILE_OTHERS_WAIT", 1)
    status = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "conditions": [{"type": "Progressing", "status": "True", "reason": reason}]}
    with pytest.raises(NotReady):
        caller.call(ManifestsResource, set="pods", manifests=[as_text(deployment())], wait_timeout=0)
    status_of(bare_api, caller, "/apis/apps/v1/namespaces/cluster-{}/deployments/etcd", status)
    begin = time.monotonic()
    with pytest.raises(NotReady) as error:
        caller.call(ManifestsResource, set="pods", manifests=[as_text(deployment(image))], wait_timeout=wait_timeout, others_wait=others_wait)
    seconds = time.monotonic() - begin
    assert 1 <= seconds < 30 if is_short else seconds >= wait_timeout
    assert ("a run for this cluster alone waits longer" in error.value.line()) is is_short


def test_a_control_plane_is_not_changed_while_no_machine_takes_pods(bare_api: BareApi, caller: Caller, pressed: None):
    """Its pods would end, and others would find no place."""
    with bare_api.watched() as seen, pytest.raises(NotReady, match=r"The control plane of cluster .* can't be changed now: no machine of the seed takes pods"):
        caller.call(ManifestsResource, set="pods", manifests=[as_text(deployment())], wait_timeout=0)
    assert seen.writes == []
    # what moves no pod goes on
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"a": "b"}}
    assert caller.call(ManifestsResource, set="config", manifests=[as_text(config)])["changed"]
