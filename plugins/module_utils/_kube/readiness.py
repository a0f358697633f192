# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When an object is ready, and what keeps its pods from it."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Pod = TypeVar("Pod", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class Verdict:
    """why: what it still waits for, "" if it is ready. hopeless: waiting longer won't help."""

    why: str = ""
    hopeless: bool = False

    @property
    def ready(self) -> bool:
        return not self.why


READY = Verdict()


def judge(live: dict[str, Any] | None) -> Verdict:
    """Of an object as the API shows it, None if it is not there."""
    if live is None:
        return Verdict("it does not exist")
    predicate = _PREDICATES.get(live["kind"])
    if predicate is None:
        return READY
    observed = (live.get("status") or {}).get("observedGeneration")
    if observed is not None and observed < live["metadata"].get("generation", 0):
        return Verdict("no controller has seen its last change yet")
    return predicate(live.get("spec") or {}, live.get("status") or {})


def judge_start(live: dict[str, Any] | None, pods: Iterable[dict[str, Any]]) -> Verdict:
    """Whether all pods of the object run and can be found by name. pods: those that its selector chooses."""
    if live is None:
        return Verdict("it does not exist")
    wanted = (live.get("spec") or {}).get("replicas", 1)
    statuses = [pod.get("status") or {} for pod in pods]
    found = sum(status.get("phase") == "Running" and bool(status.get("podIP")) for status in statuses)
    return READY if found >= wanted else Verdict(f"{found} of {wanted} pods have started")


def was_ready(live: Mapping[str, Any]) -> bool:
    """Whether its pods, as they are wanted now, had all been ready once. If they are not now, something happened to them."""
    status = live.get("status") or {}
    if status.get("observedGeneration") != live["metadata"].get("generation"):
        return False
    if live["kind"] == "Deployment":
        return any((condition.get("type"), condition.get("reason")) == ("Progressing", "NewReplicaSetAvailable") for condition in status.get("conditions", ()))
    return live["kind"] == "StatefulSet" and bool(status.get("updateRevision")) and status.get("currentRevision") == status["updateRevision"]


def takes_time(kind: str) -> bool:
    """Whether objects of a kind become ready some time after they exist."""
    return kind in _PREDICATES


def has_pods(kind: str) -> bool:
    return kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}


def _deployment(spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
    if "observedGeneration" not in status:
        return Verdict("no controller has seen it yet")
    wanted = spec.get("replicas", 1)
    updated, total, available = (status.get(field, 0) for field in ("updatedReplicas", "replicas", "availableReplicas"))
    for condition in status.get("conditions") or []:
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return Verdict(f"its pods can't be created: {condition.get('message')}")
    if updated < wanted:
        return Verdict(f"{updated} of {wanted} replicas are updated")
    if total > updated:
        return Verdict(f"{total - updated} old replicas still run")
    return READY if available >= wanted else Verdict(f"{available} of {wanted} replicas are available")


def _stateful_set(spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
    if "observedGeneration" not in status:
        return Verdict("no controller has seen it yet")
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") == "RollingUpdate":
        updated = status.get("updatedReplicas", 0)
        awaited = wanted - min((strategy.get("rollingUpdate") or {}).get("partition") or 0, wanted)
        if updated < awaited:
            return Verdict(f"{updated} of {awaited} replicas are updated")
    return READY if ready >= wanted else Verdict(f"{ready} of {wanted} replicas are ready")


def _daemon_set(spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
    if "observedGeneration" not in status:
        return Verdict("no controller has seen it yet")
    wanted = status.get("desiredNumberScheduled", 0)
    updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if (spec.get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate" and updated < wanted:
        return Verdict(f"{updated} of {wanted} nodes run its last state")
    return READY if available >= wanted else Verdict(f"it is available on {available} of {wanted} nodes")


def _job(spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
    for condition in status.get("conditions") or []:
        if condition.get("status") == "True" and condition.get("type") == "Complete":
            return READY
        if condition.get("status") == "True" and condition.get("type") == "Failed":
            return Verdict(f"it failed: {_reason(condition)}", hopeless=True)
    return Verdict(f"{status.get('succeeded', 0)} of {spec.get('completions', 1)} runs succeeded")


def _condition(name: str) -> Callable[[dict[str, Any], dict[str, Any]], Verdict]:
    def predicate(_spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
        for condition in status.get("conditions") or []:
            if condition.get("type") == name:
                return READY if condition.get("status") == "True" else Verdict(f"it is not {name}: {_reason(condition)}")
        return Verdict(f"it is not {name} yet")
    return predicate


def _namespace(_spec: dict[str, Any], status: dict[str, Any]) -> Verdict:
    phase = status.get("phase", "Active")
    return READY if phase == "Active" else Verdict(f"it is {phase}", hopeless=phase == "Terminating")


def _reason(condition: dict[str, Any]) -> str:
    return ": ".join(filter(None, (condition.get("reason"), condition.get("message")))) or "no reason given"


_PREDICATES: dict[str, Callable[[dict[str, Any], dict[str, Any]], Verdict]] = {
    "Deployment": _deployment, "StatefulSet": _stateful_set, "DaemonSet": _daemon_set, "Job": _job, "Pod": _condition("Ready"),
    "APIService": _condition("Available"), "CustomResourceDefinition": _condition("Established"), "Namespace": _namespace}


def alive(pods: Iterable[Pod]) -> list[Pod]:
    """Without those that have ended, as by an eviction: others are there in their place, or will be, and what has ended stays in lists."""
    return [pod for pod in pods if (pod.get("status") or {}).get("phase") not in ("Failed", "Succeeded")]


def evicted(pods: Iterable[dict[str, Any]]) -> str:
    """Such as "3 of its pods were evicted: The node was low on resource: ephemeral-storage", "" if none was."""
    found = [pod["status"] for pod in pods if (pod.get("status") or {}).get("reason") == "Evicted"]
    return f"{len(found)} of its pods were evicted: {(found[-1].get('message') or 'no reason given').strip()}" if found else ""


def troubled_pod(pods: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest pod that is not well."""
    newest = sorted(pods, key=lambda pod: pod["metadata"].get("creationTimestamp") or "", reverse=True)
    return next((pod for pod in newest if _trouble_of_pod(pod)), None)


def trouble_of(pod: dict[str, Any]) -> str:
    """Such as "pod etcd-0: container etcd: ImagePullBackOff: Back-off pulling image"."""
    return f"pod {pod['metadata']['name']}: {_trouble_of_pod(pod)}"


def _trouble_of_pod(pod: dict[str, Any]) -> str:
    status = pod.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return f"not scheduled: {brief(_reason(condition))}"
    containers = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    for container in containers:
        trouble = _trouble_of_container(container)
        if trouble:
            return f"container {container['name']}: {trouble}"
    if status.get("phase") == "Failed":
        return _reason(status)
    if status.get("phase") == "Pending" and not containers:
        node = (pod.get("spec") or {}).get("nodeName")
        return f"node {node} has not started it yet" if node else "no node was chosen for it yet"
    waiting = [container["name"] for container in status.get("containerStatuses") or [] if not container.get("ready")]
    return f"container {waiting[0]} runs but is not ready" if waiting and status.get("phase") == "Running" else ""


def _trouble_of_container(container: dict[str, Any]) -> str:
    state, last = container.get("state") or {}, (container.get("lastState") or {}).get("terminated")
    waiting, ended = state.get("waiting"), state.get("terminated")
    if waiting:
        cause = f", before that {_end(last)}" if last else ""
        return f"{_reason(waiting)}{cause}"
    if ended and ended.get("exitCode", 0) != 0:
        return _end(ended)
    if last and not container.get("ready"):
        return f"restarted {container.get('restartCount', 0)} times, last {_end(last)}"
    return ""


def _end(terminated: dict[str, Any]) -> str:
    message = f": {terminated['message'].strip()}" if terminated.get("message") else ""
    return f"{terminated.get('reason', 'ended')} with exit code {terminated.get('exitCode', '?')}{message}"


_BESIDE_THE_POINT = re.compile(r"[.,]? (no new claims to deallocate,? ?)?(preemption: .*)?$", re.DOTALL)


def brief(text: str) -> str:
    """Without what a scheduler says about pods that could give way."""
    return _BESIDE_THE_POINT.sub("", text) or text


def unless_said(event: str, said: str) -> str:
    """The event, "" if its message says what was said already. event: as of last_event."""
    message = event.partition(": ")[2].removeprefix("Error: ")
    return "" if brief(message) in said or (message and message in said) else event


def last_event(events: Iterable[dict[str, Any]]) -> str:
    """The newest event, warnings first, such as "FailedCreate: ...", "" if there is none."""
    def rank(event: dict[str, Any]) -> tuple[bool, str]:
        moment = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or ""
        return event.get("type") == "Warning", moment

    newest = max(events, key=rank, default=None)
    return f"{newest.get('reason', '?')}: {(newest.get('message') or '').strip()}" if newest else ""
