# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Time, as one thing that can be handed on: minutes of waiting pass in no time where nothing real is waited for. And whether this machine's is right."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError

# a certificate is valid from five minutes before it is signed
MOST_OFF = timedelta(minutes=1)


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


class Seed(Protocol):
    """ahead: by how much its clock is ahead of this machine's."""

    server: str
    ahead: timedelta


def must_agree(seed: Seed, most: timedelta = MOST_OFF) -> None:
    """Before anything is signed: raises CaasError if this machine and the seed don't agree on the time. most: by which they may differ."""
    if abs(seed.ahead) > most:
        early = seed.ahead < timedelta(0)
        raise CaasError(f"The clock of this control host is {abs(seed.ahead).total_seconds():.0f} s {'ahead of' if early else 'behind'} that of the seed",
                        where=seed.server, why=f"certificates that it makes would {'not be valid yet' if early else 'end too early'}",
                        fix="set the clock right here, or on the seed (timedatectl set-ntp true)")
