# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Unit tests open no sockets, start no programs and do not wait: each that tries fails with a line. Tests that need to are in tests/component."""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FORBIDDEN = {
    "socket.bind": "opens a socket", "socket.connect": "opens a socket", "socket.sendto": "opens a socket",
    "subprocess.Popen": "starts a program", "os.system": "starts a program", "os.exec": "starts a program", "os.posix_spawn": "starts a program",
    "os.fork": "starts a process", "os.forkpty": "starts a process",
}
# threads that give way to each other
LONGEST_SLEEP = 0.01


class Guard:
    """Python tells it what happens (sys.addaudithook), whoever does it and by whichever name."""

    def __init__(self) -> None:
        self.test = ""
        sys.addaudithook(self.hear)

    def hear(self, event: str, dummy: tuple[Any, ...]) -> None:
        if self.test and event in FORBIDDEN:
            self.refuse(FORBIDDEN[event])

    def sleep(self, seconds: float) -> None:
        if self.test and seconds > LONGEST_SLEEP:
            self.refuse(f"sleeps {seconds} s")
        SLEEP(seconds)

    def refuse(self, what: str) -> None:
        raise AssertionError(f"{self.test} {what}, which no unit test may: such tests are in tests/component.")


SLEEP = time.sleep
GUARD = Guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    # pytest asks this also about tests of other folders
    if not item.path.is_relative_to(HERE):
        return (yield)
    GUARD.test, time.sleep = item.nodeid, GUARD.sleep
    try:
        return (yield)
    finally:
        GUARD.test, time.sleep = "", SLEEP
