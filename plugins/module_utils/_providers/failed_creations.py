# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines that never come to be. A list shows them as promised for ever; only their own actions tell that their creation failed."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

# a machine that is promised for longer may have failed; its actions tell, one request each, so only of a few, and not too often
LONG, LOOK_AGAIN, LOOKS = 180.0, 60.0, 10


class Clock(Protocol):
    def monotonic(self) -> float: ...
    def now(self) -> datetime: ...


class FailedCreations:
    """failed: whether the actions of the machine with this id say so."""

    def __init__(self, clock: Clock, failed: Callable[[str], bool]) -> None:
        self.clock, self.failed = clock, failed
        self._looked: dict[str, float] = {}
        self._known: set[str] = set()

    def told(self, machines: list[Machine]) -> list[Machine]:
        """The machines, with those as FAILED that failed."""
        now, looks = self.clock.monotonic(), 0
        for machine in machines:
            if (machine.state is State.CREATING and looks < LOOKS and self._is_old(machine) and machine.id not in self._known
                    and now - self._looked.get(machine.id, -LOOK_AGAIN) >= LOOK_AGAIN):
                looks += 1
                self._looked[machine.id] = now
                if self._has_failed(machine):
                    self._known.add(machine.id)
        return [replace(one, state=State.FAILED) if one.id in self._known else one for one in machines]

    def _is_old(self, machine: Machine) -> bool:
        try:
            return (self.clock.now() - datetime.fromisoformat(machine.created)).total_seconds() > LONG
        except (ValueError, TypeError):
            return False

    def _has_failed(self, machine: Machine) -> bool:
        try:
            return self.failed(machine.id)
        except (ApiError, Unreachable):
            return False
