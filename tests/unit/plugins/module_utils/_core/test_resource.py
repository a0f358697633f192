# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the frame of all modules does around a plan, shown by a shelf of jars that two runs share."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource, SteppingResource, run, run_if_unchanged


class Shelf(SteppingResource):
    """Throws away what is empty. meanwhile: what another run does between this run's first look and its lock."""

    def __init__(self, jars: dict[str, str], *, had_the_lock: bool, meanwhile: dict[str, str]) -> None:
        super().__init__({}, holder="me", check_mode=False, progress=lambda text: None)
        self.jars, self.had_the_lock, self.meanwhile = jars, had_the_lock, meanwhile

    def observe(self) -> dict[str, str]:
        return dict(self.jars)

    def plan(self, observed: dict[str, str]) -> Plan:
        return Plan(tuple(Step(f"Throw away {name}", name) for name, content in observed.items() if content == "empty"))

    @contextmanager
    def locked(self, plan: Plan) -> Iterator[bool]:
        self.jars.update(self.meanwhile)
        yield not self.had_the_lock

    def apply_step(self, step: Step) -> None:
        del self.jars[step.target]


def test_what_another_run_changed_before_the_lock_was_taken_is_seen():
    jars = {"honey": "empty", "salt": "empty"}
    result = run(Shelf(jars, had_the_lock=False, meanwhile={"honey": "full"}))
    assert jars == {"honey": "full"}
    assert result["steps"] == ["Throw away salt"]


def test_a_plan_that_came_to_nothing_meanwhile_is_no_change():
    jars = {"honey": "empty"}
    assert run(Shelf(jars, had_the_lock=False, meanwhile={"honey": "full"}))["changed"] is False
    assert jars == {"honey": "full"}


@pytest.mark.parametrize("had_the_lock", [True, False])
def test_what_is_as_it_was_is_done_as_planned(had_the_lock: bool):
    jars = {"honey": "empty", "salt": "full"}
    assert run(Shelf(jars, had_the_lock=had_the_lock, meanwhile={}))["steps"] == ["Throw away honey"]
    assert jars == {"salt": "full"}


def test_a_look_ahead_at_something_to_do_does_nothing():
    jars = {"honey": "empty"}
    assert run_if_unchanged(Shelf(jars, had_the_lock=True, meanwhile={})) is None
    assert jars == {"honey": "empty"}


def test_a_look_ahead_at_nothing_to_do_is_as_good_as_a_run():
    jars = {"honey": "full"}
    assert run_if_unchanged(Shelf(jars, had_the_lock=True, meanwhile={})) == run(Shelf(jars, had_the_lock=True, meanwhile={}))


class Noted(Resource):
    """Notes what is done, in which order."""

    def __init__(self, *steps: str) -> None:
        super().__init__({}, holder="", check_mode=False, progress=print)
        self.wanted, self.done = steps, []

    def observe(self) -> None:
        self.done.append("observe")

    def plan(self, observed: Any) -> Plan:
        return Plan(tuple(map(Step, self.wanted)))

    @contextmanager
    def locked(self, plan: Plan) -> Iterator[bool]:
        self.done.append("lock")
        yield False
        self.done.append("free")

    def apply(self, observed: Any, plan: Plan) -> None:
        self.done.append("apply")

    def finish(self, observed: Any, plan: Plan) -> None:
        self.done.append("finish")


def test_what_is_waited_for_after_the_steps_is_waited_for_under_the_lock():
    resource = Noted("Write it")
    run(resource)
    assert resource.done == ["observe", "lock", "apply", "finish", "free"]


def test_where_there_is_nothing_to_do_nobody_takes_the_lock():
    resource = Noted()
    run(resource)
    assert resource.done == ["observe", "finish"]
