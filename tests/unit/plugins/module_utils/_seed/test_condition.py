# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.condition import below, free_space, problems, takes_nothing

GIB = 2**30


def node(name: str = "fra1-a", *, ready: str = "True", message: str = "", taints: tuple[str, ...] = (), cordoned: bool = False,
         **conditions: str) -> dict[str, Any]:
    kinds = [{"type": "Ready", "status": ready, "message": message}, *({"type": kind, "status": status} for kind, status in conditions.items())]
    listed = [dict(zip(("key", "effect"), taint.split(":"), strict=True)) for taint in taints]
    return {"metadata": {"name": name}, "spec": {"taints": listed, "unschedulable": cordoned},
            "status": {"conditions": kinds, "allocatable": {"cpu": "1900m", "memory": "4Gi"}}}


FULL = node(DiskPressure="True", taints=("node.kubernetes.io/disk-pressure:NoSchedule",))


def test_a_machine_under_pressure_is_named_with_what_is_left():
    free = {"fra1-a": {"disk-pressure": "38 GiB of 252 free"}}
    assert problems([FULL, node("fra1-b")], free) == ["fra1-a has disk-pressure: 38 GiB of 252 free"]
    assert problems([FULL]) == ["fra1-a has disk-pressure"]
    assert takes_nothing([FULL], free) == "fra1-a has disk-pressure: 38 GiB of 252 free"
    assert takes_nothing([FULL, node("fra1-b")], free) == ""


def test_status_says_it_below_the_clusters():
    assert below("CLUSTER\ndemo", ["fra1-a is cordoned"]) == "CLUSTER\ndemo\n\nThe seed: fra1-a is cordoned"
    assert below("CLUSTER\ndemo", []) == "CLUSTER\ndemo"


@pytest.mark.parametrize(("machine", "problem", "reason"), [
    (node(), [], ""),
    (node(DiskPressure="False", MemoryPressure="Unknown"), [], ""),
    # the taint outlives the condition for a moment, and keeps pods away
    (node(taints=("node.kubernetes.io/memory-pressure:NoSchedule",)), ["fra1-a has memory-pressure"], "fra1-a has memory-pressure"),
    (node(PIDPressure="True"), ["fra1-a has pid-pressure"], "fra1-a has pid-pressure"),
    (node(ready="Unknown", message="Kubelet stopped posting node status.", taints=("node.kubernetes.io/unreachable:NoExecute",)),
     ["fra1-a is not ready: Kubelet stopped posting node status."], "fra1-a is not ready: Kubelet stopped posting node status."),
    (node(cordoned=True, taints=("node.kubernetes.io/unschedulable:NoSchedule",)), ["fra1-a is cordoned"], "fra1-a is cordoned"),
    # somebody wanted it so
    (node(taints=("dedicated:NoSchedule",)), [], "fra1-a has the taint dedicated:NoSchedule"),
    (node(taints=("dedicated:PreferNoSchedule",)), [], ""),
    ({"metadata": {"name": "new"}}, ["new is not ready"], "new is not ready"),
])
def test_what_keeps_pods_from_a_machine(machine, problem, reason):
    assert problems([machine]) == problem
    assert takes_nothing([machine]) == reason


def test_many_machines_make_no_long_line_and_none_make_no_objection():
    assert takes_nothing([]) == ""
    machines = [node(f"m{number}", cordoned=True) for number in range(40)]
    assert takes_nothing(machines) == "m0 is cordoned; m1 is cordoned; m2 is cordoned; and 37 more"


def test_what_a_kubelet_tells_of_its_machine():
    summary = {"node": {"fs": {"availableBytes": 38 * GIB, "capacityBytes": 252 * GIB}, "memory": {"availableBytes": 1.25 * GIB},
                        "runtime": {"imageFs": {"availableBytes": 200 * GIB, "capacityBytes": 252 * GIB}}}}
    assert free_space(summary) == {"disk-pressure": "38 GiB of 252 free", "memory-pressure": "1.2 GiB free"}
    assert free_space({}) == {}
    # whatever a sick kubelet says
    assert free_space({"node": {"fs": {"availableBytes": "much", "capacityBytes": 0}, "memory": [], "runtime": None}}) == {}
    assert free_space({"node": "x"}) == {}
