# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the seed's objects say about the pods of etcd: who serves, whose data is lost, and who waits for what."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Pods, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine, hostnames_of, usable

# a container that ended this often has a reason of its own, and no hiccup of its host
ENDED_OFTEN = 3
# a member on an empty volume can be ready for a moment, until it hears of entries that it should have
STEADY = timedelta(seconds=10)
# a Node that is deleted may register again, such as when its kubelet restarts
GONE_AFTER = timedelta(minutes=10)
# the last line of an etcd whose disk doesn't hold what it had confirmed to others. A line of its own: names that customers give can stand within lines
_DATA_LOST = re.compile(r"^panic: tocommit\(\d+\) is out of range \[lastIndex\(\d+\)\]\. Was the raft log corrupted, truncated, or lost\?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to see beside the pods. It is needed only while one of them is not ready.

    machines: of the seed, None if this kubeconfig may not see them. volumes: name -> PersistentVolume, None if it is gone; without those that may
    not be seen. logs: ordinal -> the last words of a container that ended.
    """

    machines: tuple[Machine, ...] | None = None
    volumes: Mapping[str, dict[str, Any] | None] = field(default_factory=dict)
    logs: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """Objects of the seed at one moment. stateful_set: of etcd; claims: of its pods' volumes."""

    stateful_set: dict[str, Any]
    pods: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...]
    now: datetime


def ordinal_of(name: str) -> int | None:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else None


def pods_of(seen: Seen, evidence: Evidence | None = None) -> Pods:
    """evidence: shows whose data is lost, and who waits for what. Without it that stays open."""
    ready, undecided = set(), {}
    alive = _alive(seen.pods)
    for ordinal, pod in alive.items():
        is_ready = _condition(pod, "Ready").get("status") == "True"
        if is_ready:
            ready.add(ordinal)
        if not (_ended_often(pod) and not is_ready) and (why := _doubt(pod, is_ready, seen.now)):
            undecided[ordinal] = why
    claims = {ordinal: claim for claim in seen.claims if (ordinal := ordinal_of(claim["metadata"]["name"])) is not None}
    places = {ordinal: node for ordinal, pod in alive.items() if (node := (pod.get("spec") or {}).get("nodeName"))}
    pods = Pods(int((seen.stateful_set.get("spec") or {}).get("replicas", 1)), frozenset(ready), volumes=frozenset(claims),
                undecided=tuple(sorted(undecided.items())), places=tuple(sorted(places.items())), spread=requires_spread(seen.stateful_set))
    return judged(pods, alive, claims, seen.now, evidence) if evidence else pods


def judged(pods: Pods, alive: Mapping[int, dict[str, Any]], claims: Mapping[int, dict[str, Any]], now: datetime, evidence: Evidence) -> Pods:
    """The same pods, with what is lost of them and what they wait for."""
    broken, waiting, unwell = [], [], []
    for ordinal in range(pods.replicas or 0):
        if ordinal in pods.ready:
            continue
        pod, claim = alive.get(ordinal, {}), claims.get(ordinal, {})
        lost = loss(pod, claim, ordinal, now, evidence)
        if lost and may_come_anew(ordinal, pods, lost, evidence):
            broken.append((ordinal, lost))
        elif lost:
            waiting.append((ordinal, f"waits for a machine of its own, as {lost}"))
        elif why := obstacle(pod, claim, evidence):
            waiting.append((ordinal, f"waits for {why}"))
        else:
            unwell.append((ordinal, _illness(pod)))
    return Pods(pods.replicas, pods.ready, tuple(broken), pods.volumes, pods.undecided, tuple(waiting), tuple(unwell), pods.places, pods.spread)


def loss(pod: Mapping[str, Any], claim: Mapping[str, Any], ordinal: int, now: datetime, evidence: Evidence) -> str:
    """What proves that the data of a member can't come back, "" if it may: a machine that is cordoned, full or away keeps its volumes."""
    name = (claim.get("spec") or {}).get("volumeName")
    if claim and (claim.get("status") or {}).get("phase") == "Lost":
        return f"its volume {name} is gone"
    if claim and not name:
        return "its claim has no volume any more"
    if name in evidence.volumes:
        volume = evidence.volumes[name]
        if volume is None:
            return f"its volume {name} is gone"
        if (gone := _gone_machine(volume, evidence)) and _unscheduled_for(pod, now) >= GONE_AFTER:
            return f"its machine {gone} is gone"
    if _DATA_LOST.search(evidence.logs.get(ordinal, "")):
        return "its disk lacks data that it had"
    return ""


def may_come_anew(ordinal: int, pods: Pods, lost: str, evidence: Evidence) -> bool:
    """Whether a machine is there for a new volume. Two members on one machine would be worse than one member less."""
    others = dict(pods.places)
    others.pop(ordinal, None)
    shared = len(set(others.values())) < len(others)
    if evidence.machines is None or (not pods.spread and (shared or "machine" not in lost)):
        return True
    return any(machine.name not in others.values() for machine in usable(evidence.machines))


def obstacle(pod: Mapping[str, Any], claim: Mapping[str, Any], evidence: Evidence) -> str:
    """The machine that a member waits for, and why; "" if it is not the machine."""
    condition = _condition(pod, "PodScheduled")
    unscheduled = condition.get("status") == "False"
    volume = evidence.volumes.get((claim.get("spec") or {}).get("volumeName") or "")
    if unscheduled and volume and (gone := _gone_machine(volume, evidence)):
        return (f"machine {gone}, which is not in the seed any more; if it doesn't come back within {GONE_AFTER.seconds // 60} minutes, "
                "a run replaces the member")
    names = {(pod.get("spec") or {}).get("nodeName"), *(hostnames_of(volume) if volume else ())}
    for machine in evidence.machines or ():
        if machine.trouble and not names.isdisjoint({machine.name, machine.hostname}):
            return f"machine {machine.name} of the seed, which is {machine.trouble}"
    if unscheduled:
        place = next((machine.name for machine in evidence.machines or () if machine.hostname in names), "")
        return f"{f'machine {place} of' if place else 'a machine of'} the seed: {condition.get('message') or 'none can run it'}"
    return ""


def requires_spread(stateful_set: Mapping[str, Any]) -> bool:
    """The pods may not share a machine."""
    template = ((stateful_set.get("spec") or {}).get("template") or {}).get("spec") or {}
    return bool((((template.get("affinity") or {}).get("podAntiAffinity")) or {}).get("requiredDuringSchedulingIgnoredDuringExecution"))


def shared_places(pods: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Machine -> members on it, of machines that have several."""
    alive = _alive(pods)
    nodes = {ordinal: (pod.get("spec") or {}).get("nodeName") or "" for ordinal, pod in sorted(alive.items())}
    several = [node for node, count in Counter(nodes.values()).items() if node and count > 1]
    return {node: [member_name(ordinal) for ordinal, place in nodes.items() if place == node] for node in several}


def ended_often(seen: Seen) -> list[int]:
    """Ordinals of pods whose last words tell more."""
    return [ordinal for ordinal, pod in _alive(seen.pods).items() if _ended_often(pod)]


def _alive(pods: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {ordinal: pod for pod in pods
            if (ordinal := ordinal_of(pod["metadata"]["name"])) is not None and not pod["metadata"].get("deletionTimestamp")}


def _gone_machine(volume: dict[str, Any], evidence: Evidence) -> str:
    """The machine that alone could reach a volume, if the seed doesn't have it."""
    names = hostnames_of(volume)
    if not names or evidence.machines is None or any(machine.hostname in names for machine in evidence.machines):
        return ""
    return ", ".join(sorted(names))


def _unscheduled_for(pod: Mapping[str, Any], now: datetime) -> timedelta:
    condition = _condition(pod, "PodScheduled")
    since = condition.get("lastTransitionTime")
    return now - datetime.fromisoformat(since) if condition.get("status") == "False" and since else timedelta(0)


def _condition(pod: Mapping[str, Any], kind: str) -> dict[str, Any]:
    found = [item for item in (pod.get("status") or {}).get("conditions") or [] if item.get("type") == kind]
    return found[0] if found else {}


def _ended_often(pod: Mapping[str, Any]) -> bool:
    return any(_backs_off(container) and container.get("restartCount", 0) >= ENDED_OFTEN for container in _containers(pod))


def _illness(pod: Mapping[str, Any]) -> str:
    """Why a member that has its machine doesn't serve."""
    times = max((container.get("restartCount", 0) for container in _containers(pod)), default=0)
    if not pod:
        return "has no pod, or one that just ends"
    return f"ended {times} times, and its log doesn't say that its data is lost" if _ended_often(pod) else "is not ready"


def _doubt(pod: Mapping[str, Any], is_ready: bool, now: datetime) -> str:
    """Why a moment's look doesn't tell whether the pod serves, "" if it does. A clock that is off by more than STEADY leaves less doubt."""
    for container in _containers(pod):
        state = container.get("state") or {}
        if state.get("terminated") or _backs_off(container):
            return "it has just ended"
        begun = (state.get("running") or {}).get("startedAt")
        if begun and abs(now - datetime.fromisoformat(begun)) < STEADY and (container.get("restartCount") or not is_ready):
            return "it has just begun"
    return ""


def _containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    return (pod.get("status") or {}).get("containerStatuses") or []


def _backs_off(container: dict[str, Any]) -> bool:
    """The kubelet, which is there, waits before it starts the container again."""
    return ((container.get("state") or {}).get("waiting") or {}).get("reason") == "CrashLoopBackOff"
