# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._model.etcd_member import Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.etcd_pods import pods_of

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
    return pods_of({"spec": {"replicas": replicas}}, pods, [{"metadata": {"name": name}} for name in claims], NOW)


def test_what_is_ready():
    assert seen(pod(0, ready=True), pod(1), claims=("data-etcd-0", "data-etcd-4")) == Pods(3, frozenset({0}), (), frozenset({0, 4}))


def test_a_pod_that_ends_counts_for_nothing():
    ending = pod(0, ready=True)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert seen(ending).ready == frozenset()


@pytest.mark.parametrize(("status", "broken"), [
    ({"containerStatuses": container(3, "CrashLoopBackOff")}, True),
    ({"containerStatuses": container(2, "CrashLoopBackOff")}, False),
    # its machine may be about to go, and was started anew three times before
    ({"containerStatuses": [{"restartCount": 3, "state": ENDED}]}, False),
    ({"containerStatuses": container(9, "ContainerCreating")}, False),
    ({"containerStatuses": [{"restartCount": 9, "state": {"running": {}}}]}, False),
    ({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]}, True),
    ({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "True"}]}, False),
    # its machine is away: the seed knows nothing new of it
    ({"phase": "Running", "containerStatuses": [{"restartCount": 0, "state": {"running": {}}}]}, False),
])
def test_what_will_not_get_well_by_itself(status, broken):
    assert [ordinal for ordinal, dummy in seen(pod(1, **status)).broken] == ([1] if broken else [])


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
