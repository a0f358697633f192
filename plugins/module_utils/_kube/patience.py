# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Progress messages of waits, and errors for which it is pointless to wait."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# seconds until the first message of a wait, and until the next one if nothing has changed
QUIET, SIGN_OF_LIFE = 10.0, 60.0
Manifest = Mapping[str, Any]


@dataclass(slots=True)
class Telling:
    """Says a thing once, and again when it has changed."""

    last: str = ""
    at: float = 0.0

    def line(self, text: str, waited: float) -> str:
        """What is to be printed after so many seconds, "" for nothing."""
        if waited - self.at < (QUIET if text != self.last else SIGN_OF_LIFE):
            return ""
        again = text == self.last
        self.last, self.at = text, waited
        return f"still waiting after {waited:.0f} s, nothing new" if again else f"waiting for {waited:.0f} s: {text}"


@dataclass(frozen=True, slots=True)
class Snag:
    """Something that waiting does not mend. kind: stays the same while its words change. seconds: as long as it may still be a passing thing.

    remedy: what people can do, "" if what was seen says it.
    """

    kind: str
    seconds: float
    remedy: str = ""


# of a container that waits: reason -> Snag
_CONTAINERS = {
    **dict.fromkeys(("ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"), Snag("its image can't be pulled", 90)),
    **dict.fromkeys(("InvalidImageName", "ErrImageNeverPull"), Snag("its image can't be pulled", 5)),
    **dict.fromkeys(("CreateContainerConfigError", "CreateContainerError"), Snag("its container can't be made", 90)),
}
# kubelet's own rule: who ran for ten minutes is no case of a crash loop any more
_ENDS_AGAIN = Snag("its container keeps crashing", 0)
_ENDED_OFTEN, _RAN_LONG = 3, timedelta(minutes=10)
_UNSCHEDULABLE = Snag("no machine can run its pod", 90, "add a machine, make room on one, or let the pod ask for less")
_NOT_CREATED = Snag("its pods are refused", 20)
# an autoscaler brings machines
_HELP_COMES = {"TriggeredScaleUp", "Nominated"}


def snag(live: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest] = (), *, unchanged: bool = False) -> Snag | None:
    """Of an object that is not ready. pods: those that it has now; events: of the object, or of its pod in trouble.

    unchanged: this run did nothing that could help it.
    """
    for condition in (live.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return _NOT_CREATED
    pods, reasons = list(pods), {event.get("reason") for event in events}
    if not pods and "FailedCreate" in reasons:
        return _NOT_CREATED
    if unchanged and any(_ends_again(container) for pod in pods for container in (pod.get("status") or {}).get("containerStatuses") or ()):
        return _ENDS_AGAIN
    return next((found for found in (_of_pod(pod, reasons) for pod in pods) if found), None)


def _ends_again(container: Manifest) -> bool:
    """Whether it waits for its next start now, or runs for a while once more."""
    last = (container.get("lastState") or {}).get("terminated") or {}
    try:
        ran = datetime.fromisoformat(last["finishedAt"]) - datetime.fromisoformat(last["startedAt"])
    except (KeyError, TypeError, ValueError):
        return False
    return not container.get("ready") and container.get("restartCount", 0) >= _ENDED_OFTEN and ran < _RAN_LONG


def _of_pod(pod: Manifest, reasons: set[Any]) -> Snag | None:
    status = pod.get("status") or {}
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return None if reasons & _HELP_COMES else _UNSCHEDULABLE
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    waiting = [((container.get("state") or {}).get("waiting") or {}).get("reason") for container in containers]
    return next((_CONTAINERS[reason] for reason in waiting if reason in _CONTAINERS), None)


@dataclass(slots=True)
class Snags:
    """Which snag each object has, and since when."""

    since: dict[Any, tuple[str, float]] = field(default_factory=dict)

    def lasting(self, key: Any, found: Snag | None, now: float) -> Snag | None:
        """The snag, if the object has had it for as long as it could be a passing thing. now: seconds of any clock."""
        if found is None:
            self.since.pop(key, None)
            return None
        kind, begin = self.since.get(key, ("", now))
        if kind != found.kind:
            begin = now
        self.since[key] = found.kind, begin
        return found if now - begin >= found.seconds else None
