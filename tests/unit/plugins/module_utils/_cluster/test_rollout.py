# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A change that does not come to all pods."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import rollout

DONE = {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}


def workload(name: str = "kube-apiserver", **status: Any) -> dict[str, Any]:
    kind = "StatefulSet" if name == "etcd" else "Deployment"
    return {"kind": kind, "metadata": {"name": name, "generation": 2}, "spec": {"replicas": 1}, "status": {**DONE, **status}}


@pytest.mark.parametrize(("found", "why"), [
    (workload(), ""), (workload("etcd"), ""),
    (workload(observedGeneration=1), "no controller has seen its last change yet"),
    # a new pod that finds no room, beside an old one that serves
    (workload(replicas=2), "1 old replicas still run"),
    (workload(updatedReplicas=0), "0 of 1 replicas are updated"),
    (workload("etcd", updatedReplicas=0), "0 of 1 replicas are updated"),
    (workload(conditions=[{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}]), "its pods can't be created: exceeded quota"),
    # told as not ready
    (workload(readyReplicas=0, updatedReplicas=0), ""),
    ({"metadata": {"name": "kube-scheduler"}}, "")], ids=str)
def test_what_a_change_waits_for(found: dict[str, Any], why: str):
    assert rollout.waiting([found]) == ({found["metadata"]["name"]: why} if why else {})


def test_the_line_says_what_its_newest_pod_lacks():
    pods = [{"metadata": {"name": "kube-apiserver-a", "creationTimestamp": "1"}, "status": {"phase": "Running"}},
            {"metadata": {"name": "kube-apiserver-b", "creationTimestamp": "2"}, "status": {"phase": "Pending", "conditions": [
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available: 1 Insufficient\n cpu."}]}}]
    assert rollout.note("kube-apiserver", "1 old replicas still run", pods) == (
        "kube-apiserver does not run as it was changed last: 1 old replicas still run; pod kube-apiserver-b: not scheduled: Unschedulable: "
        "0/1 nodes are available: 1 Insufficient cpu.")
    assert rollout.note("etcd", "0 of 1 replicas are updated", []) == "etcd does not run as it was changed last: 0 of 1 replicas are updated"
