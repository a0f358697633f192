# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The benchmark's own arithmetic: who is held against whom, and what is said of it."""
from __future__ import annotations

import pytest

from benchmark.figures import Spread, Target, written


def test_at_most_holds_up_to_its_limit():
    target = Target("ours", "bare", at_most=2)
    assert target.holds({"ours": 4.0, "bare": 2.0})
    assert not target.holds({"ours": 4.1, "bare": 2.0})
    assert target.ratio({"ours": 5.0, "bare": 2.0}) == 2.5


def test_times_faster_turns_the_ratio_round():
    target = Target("ours", "theirs", times_faster=50)
    assert target.ratio({"ours": 0.5, "theirs": 30.0}) == 60
    assert target.holds({"ours": 0.5, "theirs": 25.0})
    assert not target.holds({"ours": 0.5, "theirs": 24.0})


def test_the_median_is_not_the_mean():
    assert Spread.of([1.0, 2.0, 30.0]) == Spread(2.0, 1.0, 30.0, 3)


@pytest.mark.parametrize(("value", "text"), [(0.3123, "0.312"), (4.512, "4.51"), (27.31, "27.3"), (431.8, "432"), (1250.4, "1250")])
def test_three_digits(value: float, text: str):
    assert written(value) == text
