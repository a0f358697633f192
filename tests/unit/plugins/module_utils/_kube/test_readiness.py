# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube import readiness


def seen(kind, status, generation=1, **spec):
    return {"kind": kind, "metadata": {"name": "x", "generation": generation}, "spec": spec, "status": status}


def condition(name, status, **more):
    return {"conditions": [{"type": name, "status": status, **more}]}


GOOD = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
NODES = {"observedGeneration": 1, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}


@pytest.mark.parametrize("live", [
    seen("Deployment", GOOD, replicas=2),
    seen("Deployment", {"observedGeneration": 1}, replicas=0),
    seen("StatefulSet", GOOD, replicas=2),
    seen("StatefulSet", {**GOOD, "updatedReplicas": 1}, replicas=2, updateStrategy={"rollingUpdate": {"partition": 1}}),
    seen("StatefulSet", {**GOOD, "updatedReplicas": 0}, replicas=2, updateStrategy={"type": "OnDelete"}),
    seen("DaemonSet", NODES),
    seen("DaemonSet", {"observedGeneration": 1}),
    seen("Job", condition("Complete", "True")),
    seen("APIService", condition("Available", "True")),
    seen("CustomResourceDefinition", condition("Established", "True")),
    seen("Namespace", {"phase": "Active"}),
    seen("PersistentVolumeClaim", {"phase": "Pending"}),
    seen("ConfigMap", {}),
    seen("Pod", condition("Ready", "True")),
], ids=lambda live: live["kind"])
def test_ready(live):
    assert readiness.judge(live).ready


@pytest.mark.parametrize(("live", "why"), [
    (None, "it does not exist"),
    (seen("Deployment", {}), "no controller has seen it yet"),
    (seen("Deployment", GOOD, generation=2), "no controller has seen its last change yet"),
    (seen("Deployment", {**GOOD, "updatedReplicas": 1}, replicas=2), "1 of 2 replicas are updated"),
    (seen("Deployment", {**GOOD, "replicas": 3}, replicas=2), "1 old replicas still run"),
    (seen("Deployment", {**GOOD, "availableReplicas": 0}, replicas=2), "0 of 2 replicas are available"),
    (seen("Deployment", {"observedGeneration": 1, **condition("ReplicaFailure", "True", message="quota")}), "its pods can't be created: quota"),
    (seen("StatefulSet", {**GOOD, "readyReplicas": 1}, replicas=2), "1 of 2 replicas are ready"),
    (seen("StatefulSet", {**GOOD, "updatedReplicas": 1}, replicas=2), "1 of 2 replicas are updated"),
    (seen("DaemonSet", {**NODES, "updatedNumberScheduled": 1}), "1 of 3 nodes run its last state"),
    (seen("DaemonSet", {**NODES, "numberAvailable": 2}), "it is available on 2 of 3 nodes"),
    (seen("Job", {"succeeded": 1}, completions=2), "1 of 2 runs succeeded"),
    (seen("APIService", condition("Available", "False", reason="MissingEndpoints", message="none")), "it is not Available: MissingEndpoints: none"),
    (seen("APIService", {}), "it is not Available yet"),
], ids=str)
def test_not_ready_yet(live, why):
    verdict = readiness.judge(live)
    assert (verdict.why, verdict.hopeless) == (why, False)


RUNNING = {"phase": "Running", "podIP": "10.0.0.1"}


@pytest.mark.parametrize(("statuses", "why"), [
    ([RUNNING, RUNNING], ""), ([RUNNING, {"phase": "Pending", "podIP": "10.0.0.2"}], "1 of 2 pods have started"),
    ([RUNNING, {"phase": "Running"}], "1 of 2 pods have started"), ([], "0 of 2 pods have started")], ids=str)
def test_all_pods_have_started(statuses, why):
    pods = [{"metadata": {}, "status": status} for status in statuses]
    assert readiness.judge_start(seen("StatefulSet", {}, replicas=2), pods).why == why
    assert readiness.judge_start(None, pods).why == "it does not exist"


@pytest.mark.parametrize("live", [
    seen("Job", condition("Failed", "True", reason="BackoffLimitExceeded")), seen("Namespace", {"phase": "Terminating"})], ids=lambda live: live["kind"])
def test_waiting_longer_does_not_help(live):
    assert readiness.judge(live).hopeless


def pod(name="etcd-0", created="2026-01-01T00:00:00Z", phase="Running", containers=(), **status):
    return {"metadata": {"name": name, "creationTimestamp": created}, "status": {"phase": phase, "containerStatuses": list(containers), **status}}


WELL = {"name": "etcd", "ready": True, "state": {"running": {}}}


@pytest.mark.parametrize(("sick", "trouble"), [
    (pod(containers=[{"name": "etcd", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}]),
     "pod etcd-0: container etcd: ImagePullBackOff: not found"),
    (pod(containers=[{"name": "etcd", "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                      "lastState": {"terminated": {"reason": "Error", "exitCode": 1, "message": "no such flag\n"}}}]),
     "pod etcd-0: container etcd: CrashLoopBackOff, before that Error with exit code 1: no such flag"),
    (pod(containers=[{"name": "etcd", "ready": False, "restartCount": 2, "state": {"running": {}},
                      "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]),
     "pod etcd-0: container etcd: restarted 2 times, last OOMKilled with exit code 137"),
    (pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}]),
     "pod etcd-0: not scheduled: Unschedulable: 0/1 nodes"),
    (pod(containers=[{"name": "etcd", "ready": False, "state": {"running": {}}}]), "pod etcd-0: container etcd runs but is not ready"),
    (pod(initContainerStatuses=[{"name": "init", "state": {"terminated": {"exitCode": 2}}}]),
     "pod etcd-0: container init: ended with exit code 2"),
    (pod(phase="Pending"), "pod etcd-0: no node was chosen for it yet"),
    ({**pod(phase="Pending"), "spec": {"nodeName": "seed-1"}}, "pod etcd-0: node seed-1 has not started it yet"),
    (pod(phase="Failed", reason="Evicted", message="disk"), "pod etcd-0: Evicted: disk"),
], ids=str)
def test_what_is_wrong_with_a_pod(sick, trouble):
    assert readiness.trouble_of(readiness.troubled_pod([pod("well", containers=[WELL]), sick])) == trouble


def test_the_newest_pod_in_trouble_speaks():
    pods = [pod("old", "2026-01-01T00:00:00Z", "Pending"), pod("new", "2026-01-02T00:00:00Z", "Pending")]
    assert readiness.troubled_pod(pods)["metadata"]["name"] == "new"
    assert readiness.troubled_pod([pod(containers=[WELL])]) is None


def test_the_last_warning_is_the_last_event():
    def event(kind, moment, reason):
        return {"type": kind, "reason": reason, "message": "text\n", "lastTimestamp": moment, "metadata": {}}
    events = [event("Warning", "2026-01-01T00:00:00Z", "Old"), event("Warning", "2026-01-02T00:00:00Z", "FailedMount"),
              event("Normal", "2026-01-03T00:00:00Z", "Pulled")]
    assert readiness.last_event(events) == "FailedMount: text"
    assert readiness.last_event([]) == ""


FULL = "0/1 nodes are available: 1 node(s) had untolerated taint(s)."
SCHEDULER = f"{FULL[:-1]}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."


def test_the_same_is_not_said_twice():
    unscheduled = pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": SCHEDULER}])
    said = readiness.trouble_of(unscheduled)
    assert said == "pod etcd-0: not scheduled: Unschedulable: 0/1 nodes are available: 1 node(s) had untolerated taint(s)"
    assert readiness.unless_said(f"FailedScheduling: {SCHEDULER}", said) == ""
    assert readiness.unless_said("Failed: Error: ImagePullBackOff", "pod etcd-0: container etcd: ImagePullBackOff: Back-off pulling") == ""
    assert readiness.unless_said("FailedMount: secret etcd-peer not found", said) == "FailedMount: secret etcd-peer not found"
    assert readiness.unless_said("", said) == ""


def test_pods_that_were_evicted_count_no_more_and_are_told():
    """They stay in the lists for ever."""
    gone = [pod(f"old-{number}", "2026-02-01T00:00:00Z", phase="Failed", reason="Evicted", message="The node was low on resource: ephemeral-storage. ")
            for number in range(3)]
    now = pod("new", containers=[WELL])
    assert readiness.alive([*gone, now, pod("done", phase="Succeeded")]) == [now]
    assert readiness.troubled_pod(readiness.alive([*gone, now])) is None
    assert readiness.evicted([*gone, now]) == "3 of its pods were evicted: The node was low on resource: ephemeral-storage."
    assert readiness.evicted([now]) == ""


AVAILABLE = {"observedGeneration": 1, "conditions": [{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]}
ROLLED = {"observedGeneration": 1, "currentRevision": "a", "updateRevision": "a"}


@pytest.mark.parametrize(("live", "was"), [
    (seen("Deployment", AVAILABLE), True), (seen("Deployment", AVAILABLE, generation=2), False), (seen("Deployment", GOOD), False),
    (seen("Deployment", {}), False),
    (seen("Deployment", {"observedGeneration": 1, "conditions": [{"type": "Progressing", "reason": "ReplicaSetUpdated"}]}), False),
    (seen("StatefulSet", ROLLED), True), (seen("StatefulSet", {**ROLLED, "updateRevision": "b"}), False),
    (seen("StatefulSet", {"observedGeneration": 1}), False),
    (seen("DaemonSet", NODES), False)])
def test_what_was_ready_as_it_is_wanted_now(live, was):
    assert readiness.was_ready(live) is was
