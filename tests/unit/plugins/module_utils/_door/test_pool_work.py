# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines come and go as wanted, whatever the cloud does and wherever a run dies. Against the lab's cloud, over HTTP, in simulated time."""
from __future__ import annotations

import contextlib
import itertools
import time
from random import Random

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, NotReady
from lab.cloud.digitalocean.api import Request
from lab.cloud.digitalocean.faults import Fault, once, sometimes
from lab.cloud.world import OTHER_UID, UID, World, world

OURS = f"kubermatic-caas:{UID}"


def is_create(request: Request) -> bool:
    return request.method == "POST" and request.path == "droplets"


def test_up_again_and_down():
    with world() as here:
        seen = here.run(12)
        assert here.names() == sorted(f"demo-web-{number}" for number in range(1, 13))
        assert all(one.address and one.state == "running" for one in seen.decision.keep)
        assert [one.path for one in here.cloud.writes] == ["droplets"] * 2
        calls, notes = len(here.cloud.heard), here.notes.writes
        here.run(12)
        assert len(here.cloud.heard) == calls + 1 and here.notes.writes == notes
        here.run(10, ready={f"demo-web-{number}" for number in range(1, 13)} - {"demo-web-4"})
        assert "demo-web-4" not in here.names() and len(here.names()) == 10
        here.run(0)
        assert here.names() == []


def test_every_machine_carries_the_clusters_tag_from_the_first_moment():
    with world() as here:
        here.run(3)
        assert all(one.tags == [OURS, "kubermatic-caas-pool:web"] for one in here.account.live())


def test_machines_of_others_survive():
    with world() as here:
        others = [here.stranger("demo-web-1", f"kubermatic-caas:{OTHER_UID}", "kubermatic-caas-pool:web"), here.stranger("demo-web-2"),
                  here.stranger("demo-web-3", "kubermatic-caas-pool:web"), here.stranger("demo-web-4", OURS + "0", "kubermatic-caas-pool:web"),
                  here.stranger("demo-db-1", OURS, "kubermatic-caas-pool:db")]
        tags = [list(one.tags) for one in others]
        for count in (3, 1, 0):
            here.run(count)
            mine = [one for one in here.account.live() if one not in others]
            assert len(mine) == count
        assert all(one.gone is None for one in others) and [one.tags for one in others] == tags


def test_a_machine_of_ours_without_a_pool_is_adopted():
    with world() as here:
        orphan = here.stranger("demo-web-7", OURS)
        here.run(2)
        assert orphan.gone is None and len(here.names()) == 2
        assert "kubermatic-caas-pool:web" in orphan.tags


def test_machines_that_fail_are_replaced():
    boots = itertools.chain([20.0, None, 20.0], itertools.repeat(20.0))
    with world(boots=lambda: next(boots)) as here:
        here.run(3)
        assert len(here.names()) == 3 and all(one.boots for one in here.account.live())


def test_what_is_not_delivered_is_asked_for_again():
    with world(partial=lambda count: max(1, count // 2)) as here:
        here.run(5)
        assert len(here.names()) == 5


def test_a_provider_that_delivers_nothing_is_told():
    with world(partial=lambda count: 0) as here, pytest.raises(NotReady, match="digitalocean made 0 of 2 machines"):
        here.run(2)


def test_a_machine_that_never_boots():
    with world(boots=lambda: 10_000.0) as here, pytest.raises(NotReady, match="don't run after") as error:
        here.run(1)
    assert "demo-web-1" in error.value.line()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.LATE_AFTER])
@pytest.mark.parametrize("lag", [0, 30])
def test_a_create_that_goes_wrong_makes_no_machine_twice(fault: Fault, lag: float):
    with world(faults=once(fault, is_create), lag=lag) as here:
        here.run(3)
        assert here.names() == ["demo-web-1", "demo-web-2", "demo-web-3"]


def test_a_reply_that_comes_too_late():
    with world(faults=once(Fault.LATE_AFTER, is_create)) as here:
        here.run(2, api=here.api(timeout=0.2))
        assert here.names() == ["demo-web-1", "demo-web-2"]


def dying(first: int, then: int, lag: float, carried_out: bool) -> int:
    """A run to `then` machines dies at each of its calls in turn; the next one must converge. Returns how many calls there are."""
    for call in itertools.count(1):
        with world(lag=lag, seed=call) as here:
            here.run(first)
            here.clock.sleep(1000)
            died = here.run_that_dies(then, call, carried_out=carried_out)
            here.run(then)
            assert len(here.names()) == len(set(here.names())) == then, f"killed at call {call}: {here.names()}"
            here.clock.sleep(1000)
            writes = len(here.cloud.writes)
            here.run(then)
            assert len(here.cloud.writes) == writes
        if not died:
            return call - 1
    raise AssertionError


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(("first", "then", "lag"), [(0, 12, 30), (13, 4, 30), (11, 12, 0)])
def test_killed_between_any_two_calls_the_next_run_converges(first: int, then: int, lag: float, carried_out: bool):
    assert dying(first, then, lag, carried_out) >= 4


def test_without_the_notes_a_killed_run_would_make_machines_twice(monkeypatch: pytest.MonkeyPatch):
    """The protection is needed: this is what the test above would see."""
    monkeypatch.setattr("ansible_collections.kubermatic.caas.plugins.module_utils._plan.pool_journal.awaited", lambda *args: frozenset())
    with world(lag=30, seed=3) as here:
        assert here.run_that_dies(3, 2, carried_out=True)
        work = here.work(3)
        work.provider.create(work.plan(work.look()).steps[0].target, work.pool)
        assert len(here.names()) == 6


def trial(seed: int) -> World:
    """Several runs to random counts, in each of them replies get lost, lists lag, and some are killed."""
    random = Random(seed)
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML, Fault.HTML_AFTER)
    faults = sometimes(random, random.choice((0.05, 0.2, 0.4)), kinds)
    with world(seed=seed, lag=random.choice((0, 5, 30)), faults=faults, partial=lambda count: random.choice((count, count, count - 1)) or 1) as here:
        stranger = here.stranger("demo-web-1", f"kubermatic-caas:{OTHER_UID}", "kubermatic-caas-pool:web")
        for count in (random.randint(0, 25), random.randint(0, 25)):
            if random.random() < 0.5:
                with contextlib.suppress(CaasError):
                    here.run_that_dies(count, random.randint(1, 12), carried_out=random.random() < 0.5)
            for _attempt in range(10):
                try:
                    here.run(count)
                    break
                except CaasError as error:
                    here.lines.append(error.line())
            live = [one.name for one in here.account.live() if OURS in one.tags]
            assert len(live) == len(set(live)) == count, f"seed {seed}: {count} are wanted, there are {sorted(live)}: {here.lines[-10:]}"
        assert stranger.gone is None
        assert here.cloud.most_in_a_minute() <= 250
    return here


@pytest.mark.parametrize("seed", range(12))
def test_lost_replies_and_lists_that_lag(seed: int):
    trial(seed)


def test_a_thousand_machines():
    with world() as here:
        work = here.work(1000)
        cpu = time.thread_time()
        work.converge()
        cpu = time.thread_time() - cpu
        assert len(here.names()) == 1000
        assert len(here.cloud.heard) <= 137  # and three of the offer
        assert here.cloud.most_in_a_minute() <= 250
        assert not any(one.status == 429 for one in here.cloud.heard)
        assert cpu < 3, f"{cpu:.1f} s"
        print(f"{len(here.cloud.heard)} calls, {cpu:.2f} s CPU, {here.cloud.most_in_a_minute()} in a minute, {here.clock.monotonic():.0f} s simulated")
