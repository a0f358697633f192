# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import AT_ONCE, side_by_side


def test_answers_stand_in_the_order_of_the_items_however_long_each_takes():
    last = threading.Event()

    def ask(number: int) -> int:
        if number == 0:
            assert last.wait(10)
        if number == AT_ONCE + 1:
            last.set()
        return number * number

    assert side_by_side(ask, range(AT_ONCE + 2)) == [number * number for number in range(AT_ONCE + 2)]
    assert side_by_side(ask, []) == []


def test_as_many_at_once_as_there_are_connections():
    together = threading.Barrier(AT_ONCE)
    running, most, lock = 0, 0, threading.Lock()

    def ask(dummy: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(10)
        with lock:
            running -= 1

    side_by_side(ask, range(3 * AT_ONCE))
    assert most == AT_ONCE


def test_the_first_item_that_can_not_be_answered_is_told_and_no_further_one_is_asked_for():
    asked = []

    def ask(number: int) -> None:
        asked.append(number)
        if number in (1, 3):
            raise ValueError(number)
        time.sleep(0.001)

    with pytest.raises(ValueError, match="1"):
        side_by_side(ask, range(10_000))
    assert len(asked) < 10_000
