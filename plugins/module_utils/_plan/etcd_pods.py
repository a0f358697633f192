# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the seed's objects say about the pods of etcd."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.etcd_member import Pods

# a container that ended this often has a reason of its own, and no hiccup of its host
ENDED_OFTEN = 3


def ordinal_of(name: str) -> int | None:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else None


def pods_of(stateful_set: dict[str, Any], pods: Iterable[dict[str, Any]], claims: Iterable[dict[str, Any]]) -> Pods:
    """stateful_set, pods and claims of etcd, as read from the seed."""
    ready, broken = set(), {}
    for pod in pods:
        ordinal = ordinal_of(pod["metadata"]["name"])
        if ordinal is None or pod["metadata"].get("deletionTimestamp"):
            continue
        if _condition(pod, "Ready") == "True":
            ready.add(ordinal)
        elif why := _breakage(pod):
            broken[ordinal] = why
    volumes = {ordinal_of(claim["metadata"]["name"]) for claim in claims}
    return Pods(int((stateful_set.get("spec") or {}).get("replicas", 1)), frozenset(ready), tuple(sorted(broken.items())),
                frozenset(number for number in volumes if number is not None))


def _condition(pod: dict[str, Any], kind: str) -> str:
    found = [item for item in (pod.get("status") or {}).get("conditions") or [] if item.get("type") == kind]
    return found[0].get("status", "") if found else ""


def _breakage(pod: dict[str, Any]) -> str:
    """Why the pod won't get well by itself, "" if it may: one whose machine is away comes back with it."""
    status = pod.get("status") or {}
    if status.get("phase") == "Pending" and _condition(pod, "PodScheduled") == "False":
        return "no machine of the seed can run it, or its volume is gone"
    for container in status.get("containerStatuses") or []:
        waiting = ((container.get("state") or {}).get("waiting") or {}).get("reason", "")
        if waiting == "CrashLoopBackOff" and container.get("restartCount", 0) >= ENDED_OFTEN:
            return f"it ended {container['restartCount']} times"
    return ""
