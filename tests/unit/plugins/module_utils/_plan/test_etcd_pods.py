# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._model.etcd_member import Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.etcd_pods import pods_of


def pod(ordinal: int, *, ready: bool = False, **status: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": str(ready)}, *status.pop("conditions", [])]
    return {"metadata": {"name": f"etcd-{ordinal}"}, "status": {"conditions": conditions, **status}}


def container(restarts: int, reason: str) -> list[dict[str, Any]]:
    return [{"restartCount": restarts, "state": {"waiting": {"reason": reason}}}]


def seen(*pods: dict[str, Any], replicas: int = 3, claims: tuple[str, ...] = ()) -> Pods:
    return pods_of({"spec": {"replicas": replicas}}, pods, [{"metadata": {"name": name}} for name in claims])


def test_what_is_ready():
    assert seen(pod(0, ready=True), pod(1), claims=("data-etcd-0", "data-etcd-4")) == Pods(3, frozenset({0}), (), frozenset({0, 4}))


def test_a_pod_that_ends_counts_for_nothing():
    ending = pod(0, ready=True)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert seen(ending).ready == frozenset()


@pytest.mark.parametrize(("status", "broken"), [
    ({"containerStatuses": container(3, "CrashLoopBackOff")}, True),
    ({"containerStatuses": container(2, "CrashLoopBackOff")}, False),
    ({"containerStatuses": container(9, "ContainerCreating")}, False),
    ({"containerStatuses": [{"restartCount": 9, "state": {"running": {}}}]}, False),
    ({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]}, True),
    ({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "True"}]}, False),
    # its machine is away: the seed knows nothing new of it
    ({"phase": "Running", "containerStatuses": [{"restartCount": 0, "state": {"running": {}}}]}, False),
])
def test_what_will_not_get_well_by_itself(status, broken):
    assert [ordinal for ordinal, dummy in seen(pod(1, **status)).broken] == ([1] if broken else [])
