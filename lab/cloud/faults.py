# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes wrong at a cloud."""
from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Protocol


class Request(Protocol):
    """What a cloud was asked. Where an API has no paths, the path is the name of what is to be done."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...


class Fault(StrEnum):
    """AFTER: the request is carried out. The others: it is not."""

    LIMITED = "429 with Retry-After"
    ERROR = "500"
    ERROR_AFTER = "500 after it was done"
    DROPPED = "the connection breaks before it was done"
    LOST_AFTER = "the reply is lost"
    LATE_AFTER = "the reply comes too late"
    HTML = "a proxy answers"
    HTML_AFTER = "a proxy answers in place of the reply"
    HUGE = "an answer without end"


AFTER = {Fault.ERROR_AFTER, Fault.LOST_AFTER, Fault.LATE_AFTER, Fault.HTML_AFTER}
Faults = Callable[[Request], Fault | None]


def none(request: Request) -> Fault | None:
    return None


def sometimes(random: Random, share: float, kinds: tuple[Fault, ...]) -> Faults:
    """A share of all requests goes wrong in one of these ways, but never two of them in a row on one path for long."""
    in_a_row: dict[str, int] = {}

    def fault(request: Request) -> Fault | None:
        count = in_a_row.get(request.path, 0)
        if count < 3 and random.random() < share:
            in_a_row[request.path] = count + 1
            return random.choice(kinds)
        in_a_row[request.path] = 0
        return None

    return fault


def once(kind: Fault, when: Callable[[Request], bool]) -> Faults:
    """The first request of that sort goes wrong."""
    done: list[Request] = []

    def fault(request: Request) -> Fault | None:
        if done or not when(request):
            return None
        done.append(request)
        return kind

    return fault
