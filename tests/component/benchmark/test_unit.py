# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Measuring: whose turn it is, what is noted, and the page that is made of it."""
from __future__ import annotations

import itertools

import pytest

from benchmark import report
from benchmark.figures import Target
from benchmark.unit import Unit, Value, measured


def taken(slow: list[float], fast: list[float]) -> tuple[dict, list[str]]:
    order: list[str] = []

    def sampler(name: str, values: list[float]):
        numbers = itertools.cycle(values)

        def take() -> Value:
            order.append(name)
            return Value(next(numbers), {"part": 1.0})
        return take

    unit = Unit("x", "Something", "About it.", "s", {"slow": sampler("slow", slow), "fast": sampler("fast", fast)},
                (Target("fast", "slow", at_most=0.5), Target("slow", "fast", at_most=1)))
    return measured(unit, 2, lambda text: None), order


def test_variants_take_turns():
    assert taken([2.0], [1.0])[1] == ["slow", "fast", "slow", "fast"]


def test_the_page_is_made_of_the_data_alone():
    found, dummy = taken([4.0, 8.0], [1.0, 2.0])
    page = report.page({"x": found})
    assert "| x. Something | fast against slow | ≤ 0.5× | 0.250× | holds |" in page
    assert "| x. Something | slow against fast | ≤ 1× | 4.00× | **missed** |" in page
    assert "| slow | 6.00 s | 4.00 to 8.00 | 2 |" in page
    assert "part 1.00" in page


def test_a_busy_machine_is_told():
    found, dummy = taken([2.0], [1.0])
    for busy, told in ((0.9, True), (0.1, False)):
        for samples in found["samples"].values():
            for sample in samples:
                sample["busy"] = busy
        assert ("busy with other things" in report.page({"x": found})) is told


def test_an_interrupt_keeps_the_rounds_that_were_complete():
    def until(number: int):
        numbers = itertools.count(1)

        def take() -> Value:
            if next(numbers) == number:
                raise KeyboardInterrupt
            return Value(1.0)
        return take

    def unit(number: int) -> Unit:
        return Unit("x", "Something", "", "s", {"one": lambda: Value(1.0), "other": until(number)}, (Target("one", "other", at_most=1),))

    assert {name: len(samples) for name, samples in measured(unit(3), 5, lambda text: None)["samples"].items()} == {"one": 2, "other": 2}
    with pytest.raises(KeyboardInterrupt):
        measured(unit(1), 5, lambda text: None)


def test_conditions_and_load_are_noted():
    found, dummy = taken([2.0], [1.0])
    assert all({"load", "busy"} <= sample.keys() for samples in found["samples"].values() for sample in samples)
    assert found["conditions"]["cores"] and found["conditions"]["ansible-core"]


def test_where_the_seconds_go_and_why_a_target_is_missed():
    moments = iter([{"read": 1.0, "made": 3.0, "answers": 4.0}, {"read": 2.0, "answers": 5.0}])
    unit = Unit("x", "Something", "About it.", "s", {"ours": lambda: Value(4.0, marks=next(moments)), "bare": lambda: Value(1.0)},
                (Target("ours", "bare", at_most=2),), why="It takes longer.")
    page = report.page({"x": measured(unit, 2, lambda text: None)})
    assert "| read | 1.50 s | 1.50 s |\n| made | 3.00 s | 1.50 s |\n| answers | 4.50 s | 1.50 s |" in page
    assert "Why a target is missed: It takes longer." in page
    found = measured(Unit("x", "Something", "", "s", {"ours": lambda: Value(1.0), "bare": lambda: Value(1.0)}, unit.targets, why="It takes longer."), 1, print)
    assert "Why a target" not in report.page({"x": found})
