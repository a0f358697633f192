# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When to send the next request to a provider."""
from __future__ import annotations

from collections import deque

from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock

# the whole of one request with its repetitions
PATIENCE = 900.0


class Pace:
    """At most so many requests in any minute, so that the server never refuses one because of its limit."""

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
