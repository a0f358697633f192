# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Time of a cloud. Without hosts it passes when somebody waits, so that an hour of waiting takes no time."""
from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class RealClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """Like the product's Clock. Each look at it costs a moment: nothing happens at the same time."""

    def __init__(self, tick: float = 0.001) -> None:
        self.tick, self._passed, self._lock = tick, 0.0, threading.Lock()

    def monotonic(self) -> float:
        with self._lock:
            self._passed += self.tick
            return self._passed

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.monotonic())

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._passed += max(0.0, seconds)
