# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import machines_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import Evidence, Seen, ended_often, pods_of, shared_places

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pod(ordinal: int, *, ready: bool = False, **status: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": str(ready)}, *status.pop("conditions", [])]
    return {"metadata": {"name": f"etcd-{ordinal}"}, "status": {"conditions": conditions, **status}}


def container(restarts: int, reason: str) -> list[dict[str, Any]]:
    return [{"restartCount": restarts, "state": {"waiting": {"reason": reason}}}]


def running(restarts: int, *, seconds: float) -> list[dict[str, Any]]:
    return [{"restartCount": restarts, "state": {"running": {"startedAt": (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")}}}]


ENDED = {"terminated": {"exitCode": 2, "reason": "Error"}}


def seen(*pods: dict[str, Any], replicas: int = 3, claims: tuple[str, ...] = ()) -> Pods:
    return pods_of(Seen({"spec": {"replicas": replicas}}, pods, tuple({"metadata": {"name": name}} for name in claims), NOW))


def test_what_is_ready():
    assert seen(pod(0, ready=True), pod(1), claims=("data-etcd-0", "data-etcd-4")) == Pods(3, frozenset({0}), volumes=frozenset({0, 4}))


def test_a_pod_that_ends_counts_for_nothing():
    ending = pod(0, ready=True)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert seen(ending).ready == frozenset()


@pytest.mark.parametrize(("status", "often"), [
    ({"containerStatuses": container(3, "CrashLoopBackOff")}, True),
    ({"containerStatuses": container(2, "CrashLoopBackOff")}, False),
    # its machine may be about to go, and was started anew three times before
    ({"containerStatuses": [{"restartCount": 3, "state": ENDED}]}, False),
    ({"containerStatuses": container(9, "ContainerCreating")}, False),
    ({"containerStatuses": [{"restartCount": 9, "state": {"running": {}}}]}, False),
])
def test_whose_last_words_are_read(status, often):
    assert ended_often(Seen({}, (pod(1, **status),), (), NOW)) == ([1] if often else [])


@pytest.mark.parametrize(("ready", "status", "why"), [
    # a member that lost its volume, in the states between its ends
    (False, {"containerStatuses": running(0, seconds=1)}, "it has just begun"),
    (False, {"containerStatuses": [{"restartCount": 0, "state": ENDED}]}, "it has just ended"),
    (False, {"containerStatuses": running(1, seconds=1)}, "it has just begun"),
    (False, {"containerStatuses": container(2, "CrashLoopBackOff")}, "it has just ended"),
    (False, {"containerStatuses": running(3, seconds=1)}, "it has just begun"),
    (False, {"containerStatuses": [{"restartCount": 3, "state": ENDED}]}, "it has just ended"),
    (True, {"containerStatuses": running(2, seconds=1)}, "it has just begun"),
    # decided: broken
    (False, {"containerStatuses": container(3, "CrashLoopBackOff")}, ""),
    # decided: well
    (True, {"containerStatuses": running(0, seconds=1)}, ""),
    (True, {"containerStatuses": running(7, seconds=11)}, ""),
    # more seconds won't tell more
    (False, {"containerStatuses": running(7, seconds=11)}, ""),
    (False, {"containerStatuses": container(0, "ContainerCreating")}, ""),
    (False, {}, ""),
    # the clock of the seed is an hour before ours
    (True, {"containerStatuses": running(7, seconds=-3600)}, ""),
])
def test_where_one_look_does_not_tell(ready, status, why):
    pods = seen(pod(1, ready=ready, **status))
    assert pods.undecided == (((1, why),) if why else ())
    assert pods.ready == ({1} if ready else set())


MESSAGE = "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match PersistentVolume's node affinity."
LOST = 'panic: tocommit(12) is out of range [lastIndex(0)]. Was the raft log corrupted, truncated, or lost?'


def node(name: str, *, ready: bool = True, cordoned: bool = False, taint: str = "") -> dict[str, Any]:
    taints = [{"key": key, "effect": "NoSchedule"} for key in (taint, "node.kubernetes.io/unschedulable" if cordoned else "") if key]
    return {"metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}}, "spec": {"unschedulable": cordoned, "taints": taints},
            "status": {"conditions": [{"type": "Ready", "status": str(ready)}]}}


def at(ordinal: int, place: str, **status: Any) -> dict[str, Any]:
    return {**pod(ordinal, **status), "spec": {"nodeName": place} if place else {}}


def pending(ordinal: int, *, minutes: float = 60) -> dict[str, Any]:
    since = (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return at(ordinal, "", phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "lastTransitionTime": since, "message": MESSAGE}])


def claim(ordinal: int, volume: str, phase: str = "Bound") -> dict[str, Any]:
    return {"metadata": {"name": f"data-etcd-{ordinal}"}, "spec": {"volumeName": volume} if volume else {}, "status": {"phase": phase}}


def local(place: str) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [place]}]}
    return {"spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}}}


# reachable from every machine
NETWORK: dict[str, Any] = {"spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
    {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a"]}]}]}}}}
THREE = (node("m0"), node("m1"), node("m2"))
SPREAD = {"spec": {"replicas": 3, "template": {"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}}}}}


def third(pod_of_it: dict[str, Any], its_claim: dict[str, Any], nodes: tuple[dict[str, Any], ...] | None = THREE, *, volume: Any = "none", log: str = "",
          others: tuple[str, str] = ("m0", "m1"), spread: bool = True) -> Pods:
    """Of three members, two of which are well."""
    pods = (*(at(ordinal, place, ready=True) for ordinal, place in enumerate(others)), pod_of_it)
    evidence = Evidence(machines_of(nodes) if nodes is not None else None, {} if volume == "none" else {"pv-2": volume}, {2: log} if log else {})
    return pods_of(Seen(SPREAD if spread else {"spec": {"replicas": 3}}, pods, (claim(0, "pv-0"), claim(1, "pv-1"), its_claim), NOW), evidence)


WAITS = {
    "its machine is cordoned": (pending(2), (node("m0"), node("m1"), node("m2", cordoned=True)), local("m2"),
                                "etcd-2 waits for machine m2 of the seed, which is cordoned"),
    "its machine is not ready": (at(2, "m2"), (node("m0"), node("m1"), node("m2", ready=False)), local("m2"),
                                 "etcd-2 waits for machine m2 of the seed, which is not ready"),
    "its machine is full": (pending(2), THREE, local("m2"), f"etcd-2 waits for machine m2 of the seed: {MESSAGE}"),
    "its machine has just gone": (pending(2, minutes=9), (node("m0"), node("m1"), node("m3")), local("m2"),
                                  "etcd-2 waits for machine m2, which is not in the seed any more; if it doesn't come back within 10 minutes, "
                                  "a run replaces the member"),
    "nobody may look at machines": (pending(2), None, "none", f"etcd-2 waits for a machine of the seed: {MESSAGE}"),
    "its volume can go anywhere, and there is no room": (pending(2), THREE, NETWORK, f"etcd-2 waits for a machine of the seed: {MESSAGE}"),
    "its machine is gone, and the others have all that are left": (pending(2), (node("m0"), node("m1")), local("m2"),
                                                                   "etcd-2 waits for a machine of its own, as its machine m2 is gone"),
}


@pytest.mark.parametrize("spread", [True, False])
@pytest.mark.parametrize(("its_pod", "nodes", "volume", "line"), WAITS.values(), ids=WAITS)
def test_a_member_whose_machine_may_come_back_is_not_lost(its_pod, nodes, volume, line, spread):
    pods = third(its_pod, claim(2, "pv-2"), nodes, volume=volume, spread=spread)
    assert pods.broken == ()
    assert pods.away() == [line]
    assert pods.serve


LOSSES = {
    "its machine is gone": (pending(2), claim(2, "pv-2"), (node("m0"), node("m1"), node("m3")), local("m2"), "", "its machine m2 is gone"),
    "its volume is gone": (pending(2), claim(2, "pv-2"), THREE, None, "", "its volume pv-2 is gone"),
    "its claim is lost": (pending(2), claim(2, "pv-2", "Lost"), THREE, "none", "", "its volume pv-2 is gone"),
    "its claim was deleted": (pending(2, minutes=0), claim(2, ""), THREE, "none", "", "its claim has no volume any more"),
    "its disk is empty": (at(2, "m2", containerStatuses=container(3, "CrashLoopBackOff")), claim(2, "pv-2"), THREE, local("m2"), LOST,
                          "its disk lacks data that it had"),
    "its disk is empty, and nobody may look at machines": (at(2, "m2", containerStatuses=container(3, "CrashLoopBackOff")), claim(2, "pv-2"), None, "none",
                                                           f"first\n{LOST}\n\ngoroutine 1", "its disk lacks data that it had"),
}


@pytest.mark.parametrize(("its_pod", "its_claim", "nodes", "volume", "log", "why"), LOSSES.values(), ids=LOSSES)
def test_what_proves_that_the_data_of_a_member_is_lost(its_pod, its_claim, nodes, volume, log, why):
    pods = third(its_pod, its_claim, nodes, volume=volume, log=log)
    assert pods.broken == ((2, why),)
    assert pods.away() == []


@pytest.mark.parametrize("log", [
    "panic: write /var/lib/etcd/data/member/wal: no space left on device",
    # a customer gave a ClusterRole this name, and etcd tells that writing it took long
    f'{{"level":"warn","msg":"apply request took too long","request":"put /registry/clusterroles/{LOST}"}}',
    "",
])
def test_a_member_that_ends_again_and_again_keeps_its_data_unless_it_says_that_there_is_none(log):
    ends = at(2, "m2", containerStatuses=container(9, "CrashLoopBackOff"))
    pods = third(ends, claim(2, "pv-2"), volume=local("m2"), log=log)
    assert (pods.broken, pods.away()) == ((), [])
    assert pods.troubles() == ["etcd-2 ended 9 times, and its log doesn't say that its data is lost"]


@pytest.mark.parametrize(("others", "spread", "replaced"), [
    (("m0", "m1"), True, False), (("m0", "m1"), False, False),
    # they share already, as on a seed with fewer machines than members
    (("m0", "m0"), False, True),
])
def test_no_member_moves_in_with_another(others, spread, replaced):
    pods = third(pending(2), claim(2, "pv-2"), (node("m0"), node("m1", cordoned=True)), volume=local("m2"), others=others, spread=spread)
    assert bool(pods.broken) == replaced


def test_which_members_share_a_machine():
    assert shared_places([at(0, "m0"), at(1, "m1"), at(2, "m1"), at(3, "")]) == {"m1": ["etcd-1", "etcd-2"]}
    assert shared_places([at(0, "m0"), at(1, "m1"), at(2, ""), at(3, "")]) == {}
