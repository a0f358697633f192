# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The contract of all providers: machines come and go as wanted, whatever the cloud does and wherever a run dies.

Each case runs against the provider's simulator in the lab, over HTTP, in simulated time: `test_machine_contract.py` in the folder of each provider.
TRIALS is the number of random trials for each provider.
"""
from __future__ import annotations

import contextlib
import itertools
import math
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from random import Random

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, NotReady
from lab.cloud.faults import Fault, once, sometimes
from worlds.providers import makes_machines, world
from worlds.world import OTHER_UID, UID, World

TRIALS = int(os.environ.get("TRIALS", "12"))
At = Callable[..., AbstractContextManager[World]]


def named(*numbers: int) -> list[str]:
    return sorted(f"demo-web-{number}" for number in numbers)


def never_more_than_250_a_minute(there: World) -> bool:
    times = sorted(one.at for one in there.cloud.heard)
    return all(late - early >= 60 for early, late in zip(times, times[250:], strict=False))


def dying(at: At, first: int, then: int, lag: float, carried_out: bool) -> int:
    """A run to `then` machines dies at each of its calls in turn; the next one must converge. Returns how many calls there are."""
    for call in itertools.count(1):
        with at(lag=lag, seed=call) as there:
            there.run(first)
            there.clock.sleep(1000)
            died = there.run_that_dies(then, call, carried_out=carried_out)
            there.run(then)
            assert len(there.names()) == len(set(there.names())) == then == there.count(), f"killed at call {call}: {there.names()}"
            there.clock.sleep(1000)
            writes = there.writes
            there.run(then)
            assert there.writes == writes
        if not died:
            return call - 1
    raise AssertionError


def trial(at: At, seed: int) -> None:
    """Several runs to random counts, in each of them replies get lost, lists lag, and some are killed."""
    random = Random(seed)
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML, Fault.HTML_AFTER)
    faults = sometimes(random, random.choice((0.05, 0.2, 0.4)), kinds)
    with at(seed=seed, lag=random.choice((0, 5, 30)), faults=faults, partial=lambda count: random.choice((count, count, count - 1)) or 1) as there:
        stranger = there.somebodys("demo-web-1", OTHER_UID, "web")
        for count in (random.randint(0, 25), random.randint(0, 25)):
            if random.random() < 0.5:
                with contextlib.suppress(CaasError):
                    there.run_that_dies(count, random.randint(1, 12), carried_out=random.random() < 0.5)
            for _attempt in range(10):
                try:
                    there.run(count)
                    break
                except CaasError as error:
                    there.lines.append(error.line())
            live = there.names()
            assert len(live) == len(set(live)) == count == there.count() - 1, f"seed {seed}: {count} are wanted, there are {live}: {there.lines[-10:]}"
        assert stranger()[0]
        assert never_more_than_250_a_minute(there)


class MachineContract:
    """A subclass names the provider whose simulator the tests run against."""

    provider: str

    @pytest.fixture
    def at(self) -> At:
        """with at(lag=30) as there: ... a cloud of the provider."""
        return partial(world, self.provider)

    @pytest.fixture
    def cpu(self) -> Callable[[], float]:
        """CPU seconds since the test began."""
        begin = time.thread_time()
        return lambda: time.thread_time() - begin

    def test_up_again_and_down(self, at: At):
        with at() as there:
            seen = there.run(12)
            # each carries the tags of cluster and pool, and they came with the few requests that made them
            assert there.names() == named(*range(1, 13))
            assert [one.name for one in seen.decision.keep] == [f"demo-web-{number}" for number in range(1, 13)]
            assert all(one.address and one.state == "running" for one in seen.decision.keep)
            assert there.writes <= max(2, math.ceil(12 / there.batch))
            calls, notes = there.calls, there.notes.writes
            # nothing to do is one look, and no write
            there.run(12)
            assert there.calls == calls + 1 and there.notes.writes == notes
            there.run(10, ready={f"demo-web-{number}" for number in range(1, 13)} - {"demo-web-4"})
            assert there.names() == named(1, 2, 3, *range(5, 12))
            there.run(12)
            assert there.names() == named(*range(1, 13))
            there.run(0)
            assert there.names() == [] and there.count() == 0

    def test_machines_of_others_survive(self, at: At):
        with at() as there:
            others = [there.somebodys("demo-web-1", OTHER_UID, "web"), there.somebodys("demo-web-2"), there.somebodys("demo-web-3", "", "web"),
                      there.somebodys("demo-web-4", UID + "0", "web"), there.somebodys("demo-db-1", UID, "db")]
            before = [state() for state in others]
            for count in (3, 1, 0):
                there.run(count)
                assert there.count() == count + len(others)
            assert [state() for state in others] == before and all(alive for alive, dummy in before)

    def test_a_machine_of_ours_without_a_pool_is_adopted(self, at: At):
        with at() as there:
            orphan = there.somebodys("demo-web-7", UID)
            there.run(2)
            assert orphan()[0] and there.names() == named(1, 7)

    def test_machines_that_fail_are_replaced(self, at: At):
        boots = itertools.chain([20.0, None, 20.0], itertools.repeat(20.0))
        with at(boots=lambda: next(boots)) as there:
            there.run(3)
            assert len(there.names()) == len(set(there.names())) == 3 == there.count()

    def test_machines_that_always_fail_are_told(self, at: At):
        with at(boots=lambda: None) as there, pytest.raises(NotReady, match="made 0 of 2 machines"):
            there.run(2)

    def test_what_is_not_delivered_is_asked_for_again(self, at: At):
        with at(partial=lambda count: max(1, count // 2)) as there:
            there.run(5)
            assert there.names() == named(*range(1, 6))

    def test_a_machine_that_never_boots(self, at: At):
        with at(boots=lambda: 10_000.0) as there, pytest.raises(NotReady, match="don't run after") as error:
            there.run(1)
        assert "demo-web-1" in error.value.line()

    def test_a_limit_of_the_account_in_its_own_words(self, at: At):
        with at(limit=1) as there:
            with pytest.raises(InvalidInput, match=there.no_room) as failure:
                there.run(3)
            assert "\n" not in failure.value.line() and there.count() <= 1

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.LATE_AFTER])
    @pytest.mark.parametrize("lag", [0, 30])
    def test_a_create_that_goes_wrong_makes_no_machine_twice(self, at: At, fault: Fault, lag: float):
        with at(faults=once(fault, makes_machines), lag=lag) as there:
            there.run(3)
            assert there.names() == named(1, 2, 3) and there.count() == 3

    def test_a_reply_that_comes_too_late(self, at: At):
        with at(faults=once(Fault.LATE_AFTER, makes_machines)) as there:
            there.run(2, api=there.api(timeout=0.2))
            assert there.names() == named(1, 2) and there.count() == 2

    @pytest.mark.parametrize("carried_out", [True, False])
    @pytest.mark.parametrize(("first", "then", "lag"), [(0, 12, 30), (7, 3, 30), (11, 12, 0)])
    def test_killed_between_any_two_calls_the_next_run_converges(self, at: At, first: int, then: int, lag: float, carried_out: bool):
        assert dying(at, first, then, lag, carried_out) >= 4

    def test_without_the_notes_a_killed_run_would_make_machines_twice(self, at: At, monkeypatch: pytest.MonkeyPatch):
        """The protection is needed: this is what the test above would see."""
        monkeypatch.setattr("ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.intent_log.awaited", lambda *args: frozenset())
        with at(lag=30, seed=3) as there:
            assert there.run_that_dies(3, 2, carried_out=True)
            work, made = there.work(3), there.count()
            work.provider.create(work.plan(work.look()).steps[0].target, work.pool, "another request")
            assert there.count() == there.again * made

    @pytest.mark.parametrize("seed", range(TRIALS))
    def test_lost_replies_and_lists_that_lag(self, at: At, seed: int):
        trial(at, seed)

    def test_many_machines(self, at: At, cpu: Callable[[], float]):
        with at() as there:
            there.run(there.many)
            seconds = cpu()
            assert there.count() == len(set(there.names())) == there.many
            heard = there.cloud.heard
            assert len(heard) <= there.most_calls
            assert never_more_than_250_a_minute(there)
            assert not any(one.status in (429, 503) for one in heard)
            # alone it is under 3 s; cores are slow beside other tests
            assert seconds < 6, f"{seconds:.1f} s"
            print(f"{there.provider}: {len(heard)} calls, {seconds:.2f} s CPU, {there.clock.monotonic():.0f} s simulated")
