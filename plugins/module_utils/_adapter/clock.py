# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Time, as one thing that can be handed on: minutes of waiting pass in no time where nothing real is waited for."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ClockAhead(Clock):
    """Goes like another one, and shows another time: that of a server, which control hosts agree on."""

    def __init__(self, clock: Clock, ahead: Callable[[], timedelta]) -> None:
        self.clock, self.ahead = clock, ahead

    def now(self) -> datetime:
        return self.clock.now() + self.ahead()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
