# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When to send the next request to a provider, and how long to wait after an answer that asks for patience."""
from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.clock import Clock

# the whole of one request with its repetitions
PATIENCE = 900.0


class Pace:
    """At most so many requests in any minute: whoever keeps to the limit is never turned away."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self.clock, self.per_minute = clock, per_minute
        self._sent: deque[float] = deque()

    def wait(self) -> None:
        now = self.clock.monotonic()
        while self._sent and now - self._sent[0] >= 60:
            self._sent.popleft()
        if len(self._sent) >= self.per_minute:
            self.clock.sleep(self._sent[0] + 60 - now)
            self._sent.popleft()
        self._sent.append(self.clock.monotonic())


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the server wants to be asked again, None if it doesn't say. Retry-After is a number or a date."""
    text = headers.get("Retry-After", "").strip()
    if text:
        seconds = _number(text)
        if seconds is None:
            try:
                moment = parsedate_to_datetime(text)
                seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
            except (ValueError, TypeError, OverflowError):
                return None
        return max(0.0, seconds)
    # of the hour's quota: the moment at which the oldest request is forgotten
    reset = _number(headers.get("ratelimit-reset", ""))
    if reset is not None and headers.get("ratelimit-remaining", "").strip() == "0":
        return max(0.0, reset - now.timestamp())
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def backoff(attempt: int) -> float:
    """attempt: 1 for the first that failed."""
    return min(30.0, 0.5 * 2 ** (attempt - 1))
