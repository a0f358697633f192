# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import decide as node_pools
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.decide import Decision
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

POOL = NodePool("demo", "web", "digitalocean", 3, "fra1", "s-2vcpu-4gb", "ubuntu-24-04-x64")
PRICE = "0.036 USD an hour"


def machine(number: int, name: str = "", pool: str = "web", state: State = State.RUNNING, day: int = 1) -> Machine:
    return Machine(str(number), name or f"demo-web-{number}", pool, state, f"2026-01-{day:02}T00:00:00Z", "192.0.2.1", "", "fra1", "s-2vcpu-4gb")


def decided(*machines: Machine, count: int = 3, batch: int = 10, ready: tuple[str, ...] = (), taken: tuple[str, ...] = ()) -> Decision:
    return node_pools.decide(replace(POOL, node_count=count), machines, batch=batch, ready=set(ready), taken=set(taken))


def gone(decision: Decision) -> list[str]:
    return [one.machine.id for one in (*decision.broken, *decision.surplus)]


def test_nothing_to_do():
    decision = decided(machine(1), machine(2), machine(3))
    assert not decision
    assert not node_pools.plan(POOL, decision)


def test_what_is_missing_is_made_under_the_lowest_free_names():
    assert decided(machine(2)).create == (("demo-web-1", "demo-web-3"),)
    assert decided(machine(2), taken=("demo-web-1",)).create == (("demo-web-3", "demo-web-4"),)


def test_the_fewest_requests():
    assert [len(batch) for batch in decided(count=25, batch=10).create] == [10, 10, 5]


def test_a_machine_that_is_not_ready_goes_before_a_younger_one():
    machines = [machine(1, day=1), machine(2, day=2), machine(3, day=3)]
    assert gone(decided(*machines, count=2, ready=("demo-web-2", "demo-web-3"))) == ["1"]
    assert gone(decided(*machines, count=1, ready=("demo-web-1", "demo-web-2", "demo-web-3"))) == ["3", "2"]


def test_a_node_is_not_ready_whose_machine_is_off():
    machines = [machine(1, state=State.OFF), machine(2, day=2), machine(3, day=3)]
    assert gone(decided(*machines, count=2, ready=("demo-web-1", "demo-web-2", "demo-web-3"))) == ["1"]


def test_a_machine_that_is_switched_off_is_kept_while_it_is_wanted():
    assert not decided(machine(1, state=State.OFF), machine(2), machine(3))


def test_what_failed_is_replaced_under_another_name():
    decision = decided(machine(1), machine(2, state=State.FAILED), machine(3))
    assert gone(decision) == ["2"]
    assert decision.names == ("demo-web-4",)


def test_of_two_machines_with_one_name_the_younger_goes():
    decision = decided(machine(1), machine(2), machine(3), machine(9, name="demo-web-2", day=2))
    assert gone(decision) == ["9"]
    assert not decision.create
    # also if that leaves too few
    decision = decided(machine(1), machine(2, name="demo-web-1"), machine(3))
    assert gone(decision) == ["2"] and decision.names == ("demo-web-2",)


def test_a_machine_without_the_tag_of_its_pool_is_adopted():
    decision = decided(machine(1, pool=""), machine(2), machine(3))
    assert [one.id for one in decision.adopt] == ["1"]
    assert not decision.create and not gone(decision)


def test_machines_of_other_pools_and_names_are_left_alone():
    others = [machine(4, pool="db", name="demo-db-1"), machine(5, pool="", name="demo-web-x"), machine(6, pool="", name="demo-web-01"),
              machine(7, pool="", name="demo-web-2-1"), machine(8, pool="web-2", name="demo-web-2-3", state=State.FAILED)]
    decision = decided(*others, count=0)
    assert not decision
    # their names are taken all the same
    assert "demo-web-3" not in decided(machine(9, pool="db", name="demo-web-3"), count=3).names


def test_steps_name_machines_and_what_they_cost():
    decision = decided(machine(1, pool=""), machine(2, state=State.FAILED), count=3)
    steps = node_pools.plan(POOL, decision, price=PRICE)
    assert steps.titles() == [
        "Adopt machine demo-web-1 (1) into node pool web",
        "Remove machine demo-web-2 (2) at digitalocean: its creation failed",
        "Create machines demo-web-3, demo-web-4 at digitalocean: s-2vcpu-4gb in fra1 with ubuntu-24-04-x64, 0.036 USD an hour each"]
    assert steps.diff()[-1]["after"] == "demo-web-3 s-2vcpu-4gb fra1 0.036 USD an hour\ndemo-web-4 s-2vcpu-4gb fra1 0.036 USD an hour\n"


def test_surplus_can_be_kept_until_its_nodes_are_drained():
    decision = decided(machine(1), machine(2), count=1)
    assert node_pools.plan(POOL, decision).titles() == ["Remove machine demo-web-2 (2) at digitalocean: 1 is wanted, it is not ready"]
    assert not node_pools.plan(POOL, decision, keep_surplus=True)


def test_what_a_killed_run_emptied_goes_before_what_was_switched_off_since():
    """Its node has left already, or was about to; machine 3 is younger, and not ready either."""
    machines = [machine(1), machine(2, day=2), machine(3, day=3, state=State.OFF)]
    pool = replace(POOL, node_count=2)
    decision = node_pools.decide(pool, machines, batch=10, ready={"demo-web-2"}, nodes={"demo-web-2", "demo-web-3"})
    assert gone(decision) == ["1"]
    assert gone(node_pools.decide(pool, machines, batch=10, ready={"demo-web-2"})) == ["3"]


def test_what_was_emptied_goes_and_nothing_else_whatever_became_of_the_rest():
    """Machine 1 was chosen as it was not ready; while it was drained somebody switched machine 3 off."""
    before = [machine(1), machine(2, day=2), machine(3, day=3)]
    ready = {"demo-web-2", "demo-web-3"}
    assert gone(node_pools.decide(replace(POOL, node_count=2), before, batch=10, ready=ready)) == ["1"]
    after = [machine(1), machine(2, day=2), machine(3, day=3, state=State.OFF), machine(4, name="demo-web-2", day=4), machine(5, state=State.FAILED),
             machine(6, pool="", name="demo-web-6"), machine(7, pool="db", name="demo-web-1")]
    decision = node_pools.decide(replace(POOL, node_count=2), after, batch=10, ready=ready, remove={"demo-web-1"})
    assert gone(decision) == ["1"] and not decision.create and not decision.adopt
    # one that went by itself is no reason to take another, or to make one
    assert not node_pools.decide(replace(POOL, node_count=2), before[1:], batch=10, ready=ready, remove={"demo-web-1"})
    assert not node_pools.decide(replace(POOL, node_count=9), before, batch=10, ready=ready, remove=frozenset())


MACHINES = st.lists(st.builds(machine, st.integers(1, 60), name=st.sampled_from(["", "", "", "demo-web-1", "demo-web-2", "other"]),
                              pool=st.sampled_from(["web", "web", "web", "", "db"]), state=st.sampled_from(State), day=st.integers(1, 28)),
                    max_size=40, unique_by=lambda one: one.id)
READY = st.sets(st.integers(1, 60).map(lambda number: f"demo-web-{number}"))


@given(MACHINES, READY, st.integers(0, 50), st.integers(1, 12))
def test_once_carried_out_there_is_nothing_to_do(machines: list[Machine], ready: set[str], count: int, batch: int):
    pool = replace(POOL, node_count=count)
    decision = node_pools.decide(pool, machines, batch=batch, ready=ready)
    removed, adopted = set(gone(decision)), {one.id for one in decision.adopt}
    after = [replace(one, pool="web") if one.id in adopted else one for one in machines if one.id not in removed]
    after += [machine(1000 + number, name=name) for number, name in enumerate(decision.names)]
    assert not node_pools.decide(pool, after, batch=batch, ready=ready)
    members = [one for one in after if one.pool == "web"]
    assert len(members) == count == len({one.name for one in members})
    # of other pools nothing was touched
    touched = removed | adopted
    assert all(one.pool == "web" or (not one.pool and pool.is_machine_name(one.name)) for one in machines if one.id in touched)
    assert len(decision.create) == math.ceil(len(decision.names) / batch)


@given(MACHINES, READY, st.integers(0, 50))
# of two that came at one moment, their names and not their ids decide
@example([machine(1, day=2), machine(2), machine(3, name="demo-web-1")], set(), 1)
def test_no_machine_goes_while_one_that_is_missed_less_stays(machines: list[Machine], ready: set[str], count: int):
    decision = decided(*machines, count=count, ready=tuple(ready))

    def is_ready(one: Machine) -> bool:
        return one.name in ready and one.state is State.RUNNING

    assert not (decision.surplus and decision.create)
    for going in (removal.machine for removal in decision.surplus):
        for kept in decision.keep:
            assert is_ready(going) <= is_ready(kept)
            assert is_ready(going) < is_ready(kept) or going.age_key > kept.age_key


@given(MACHINES, st.permutations(range(40)), st.integers(0, 20))
def test_the_order_of_the_list_decides_nothing(machines: list[Machine], order: list[int], count: int):
    shuffled = [machines[index] for index in order if index < len(machines)]
    assert set(gone(decided(*machines, count=count))) == set(gone(decided(*shuffled, count=count)))
