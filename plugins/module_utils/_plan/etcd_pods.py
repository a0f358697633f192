# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the seed's objects say about the pods of etcd."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.etcd_member import Pods

# a container that ended this often has a reason of its own, and no hiccup of its host
ENDED_OFTEN = 3
# a member on an empty volume can be ready for a moment, until it hears of entries that it should have
STEADY = timedelta(seconds=10)


def ordinal_of(name: str) -> int | None:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else None


def pods_of(stateful_set: dict[str, Any], pods: Iterable[dict[str, Any]], claims: Iterable[dict[str, Any]], now: datetime) -> Pods:
    """stateful_set, pods and claims of etcd, as read from the seed at that moment."""
    ready, broken, undecided = set(), {}, {}
    for pod in pods:
        ordinal = ordinal_of(pod["metadata"]["name"])
        if ordinal is None or pod["metadata"].get("deletionTimestamp"):
            continue
        is_ready = _condition(pod, "Ready") == "True"
        if is_ready:
            ready.add(ordinal)
        elif why := _breakage(pod):
            broken[ordinal] = why
            continue
        if why := _doubt(pod, is_ready, now):
            undecided[ordinal] = why
    volumes = {ordinal_of(claim["metadata"]["name"]) for claim in claims}
    return Pods(int((stateful_set.get("spec") or {}).get("replicas", 1)), frozenset(ready), tuple(sorted(broken.items())),
                frozenset(number for number in volumes if number is not None), tuple(sorted(undecided.items())))


def _condition(pod: dict[str, Any], kind: str) -> str:
    found = [item for item in (pod.get("status") or {}).get("conditions") or [] if item.get("type") == kind]
    return found[0].get("status", "") if found else ""


def _breakage(pod: dict[str, Any]) -> str:
    """Why the pod won't get well by itself, "" if it may: one whose machine is away, or just goes, comes back with it."""
    if (pod.get("status") or {}).get("phase") == "Pending" and _condition(pod, "PodScheduled") == "False":
        return "no machine of the seed can run it, or its volume is gone"
    return next((f"it ended {container['restartCount']} times" for container in _containers(pod)
                 if _backs_off(container) and container.get("restartCount", 0) >= ENDED_OFTEN), "")


def _doubt(pod: dict[str, Any], is_ready: bool, now: datetime) -> str:
    """Why a moment's look doesn't tell whether the pod serves, "" if it does. A clock that is off by more than STEADY leaves less doubt."""
    for container in _containers(pod):
        state = container.get("state") or {}
        if state.get("terminated") or _backs_off(container):
            return "it has just ended"
        begun = (state.get("running") or {}).get("startedAt")
        if begun and abs(now - datetime.fromisoformat(begun)) < STEADY and (container.get("restartCount") or not is_ready):
            return "it has just begun"
    return ""


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return (pod.get("status") or {}).get("containerStatuses") or []


def _backs_off(container: dict[str, Any]) -> bool:
    """The kubelet, which is there, waits before it starts the container again."""
    return ((container.get("state") or {}).get("waiting") or {}).get("reason") == "CrashLoopBackOff"
