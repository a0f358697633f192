# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Snag, Snags, Telling, snag


def test_a_thing_is_told_once_and_again_when_it_changes():
    """Looked at every 5 seconds for 5 minutes, of which an outage told 28 lines of 480 characters."""
    telling = Telling()
    said = [line for second in range(0, 301, 5) if (line := telling.line("no room" if second < 150 else "no image", second))]
    assert said == ["waiting for 10 s: no room", "still waiting after 70 s, nothing new", "still waiting after 130 s, nothing new",
                    "waiting for 150 s: no image", "still waiting after 210 s, nothing new", "still waiting after 270 s, nothing new"]


def test_what_changes_all_the_time_is_not_told_all_the_time():
    telling = Telling()
    assert len([1 for second in range(61) if telling.line(f"{second} of 60", second)]) == 6


def waiting(reason: str) -> dict[str, Any]:
    return {"status": {"containerStatuses": [{"name": "etcd", "state": {"waiting": {"reason": reason}}}]}}


UNSCHEDULED = {"status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}}
REFUSED = {"status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}]}}


@pytest.mark.parametrize(("live", "pods", "events", "kind"), [
    ({}, [], [], ""),
    ({}, [waiting("ContainerCreating")], [], ""),
    # kube-apiserver before etcd is there
    ({}, [waiting("CrashLoopBackOff")], [], ""),
    ({}, [waiting("ErrImagePull")], [], "its image can't be pulled"),
    ({}, [waiting("ContainerCreating"), waiting("ImagePullBackOff")], [], "its image can't be pulled"),
    ({}, [waiting("CreateContainerConfigError")], [], "its container can't be made"),
    ({}, [UNSCHEDULED], [], "no machine can run its pod"),
    ({}, [UNSCHEDULED], ["FailedScheduling", "TriggeredScaleUp"], ""),
    (REFUSED, [], [], "its pods are refused"),
    # a StatefulSet says it in events alone, which stay when its pods could be created after all
    ({}, [], ["FailedCreate"], "its pods are refused"),
    ({}, [waiting("ContainerCreating")], ["FailedCreate"], ""),
], ids=str)
def test_what_waiting_does_not_mend(live, pods, events, kind):
    found = snag(live, pods, [{"reason": reason} for reason in events])
    assert (found.kind if found else "") == kind


def crashing(*, restarts: int = 3, ran: str = "12:00:30", ready: bool = False, **state: Any) -> dict[str, Any]:
    """ran: until when, from 12:00:00."""
    last = {"terminated": {"exitCode": 1, "startedAt": "2026-03-01T12:00:00Z", "finishedAt": f"2026-03-01T{ran}Z"}}
    return {"status": {"containerStatuses": [{"name": "main", "ready": ready, "restartCount": restarts, "lastState": last, "state": state}]}}


@pytest.mark.parametrize(("pod", "unchanged", "given_up"), [
    (crashing(waiting={"reason": "CrashLoopBackOff"}), True, True),
    # it has just been started once more
    (crashing(running={"startedAt": "2026-03-01T12:01:00Z"}), True, True),
    # this run may have changed what makes it end
    (crashing(waiting={"reason": "CrashLoopBackOff"}), False, False),
    (crashing(restarts=2, waiting={"reason": "CrashLoopBackOff"}), True, False),
    # its machine started anew, as it did before
    (crashing(ran="12:10:00", restarts=9), True, False),
    (crashing(ready=True, restarts=9), True, False),
    (crashing(ran="now"), True, False),
    (waiting("CrashLoopBackOff"), True, False),
])
def test_nobody_waits_for_a_program_that_ends_again_and_again_and_that_this_run_leaves_as_it_is(pod, unchanged, given_up):
    found = snag({}, [pod], unchanged=unchanged)
    assert (found is not None) is given_up
    assert not found or Snags().lasting("kube-controller-manager", found, 5)


def test_only_what_lasts_ends_a_wait():
    snags, image, machine = Snags(), Snag("image", 90), Snag("machine", 90)
    assert snags.lasting("etcd", image, 10) is None
    # a moment without it, and another one: each begins anew
    assert snags.lasting("etcd", None, 50) is None
    assert snags.lasting("etcd", image, 60) is None
    assert snags.lasting("etcd", machine, 120) is None
    assert snags.lasting("kube-apiserver", machine, 209) is None
    assert snags.lasting("etcd", machine, 209) is None
    assert snags.lasting("etcd", machine, 210) == machine
