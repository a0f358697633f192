# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Errors that a user can act on. Each one is a single line: what, where, why, and what to do."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# foreign text may have any size
LONGEST_LINE = 4000


class CaasError(Exception):
    """Root of all errors of the collection.

    what: the thing that went wrong, e.g. "Cluster name 'Demo' is not valid".
    where: the place, e.g. "inventory host demo" or a URL; why: the cause as far as it is known; fix: what the user can do.
    code: what the other side calls the error, such as "InsufficientCapacity". Programs decide by it and by the class, never by the sentences.
    """

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "", code: str = "") -> None:
        self.what, self.where, self.why, self.fix, self.code = what, where, why, fix, code
        super().__init__(self.line())

    def line(self) -> str:
        """The one line shown to the user; control characters and line breaks of foreign text are neutralised."""
        text = self.what + (f" ({self.where})" if self.where else "")
        for part in (self.why, self.fix):
            if part:
                text = f"{text.rstrip('.')}. {part[0].upper()}{part[1:]}"
        words = " ".join(text.split())
        words = words if len(words) <= LONGEST_LINE else f"{words[:LONGEST_LINE]} (and more)"
        return "".join(char if char.isprintable() else " " for char in words).rstrip(".") + "."


class InvalidInput(CaasError):
    """A value the user gave can't be used."""


class Unreachable(CaasError):
    """A seed, a cluster or a host doesn't answer. repeatable: what was asked for may be asked again without harm."""

    def __init__(self, what: str, *, repeatable: bool = False, **words: str) -> None:
        self.repeatable = repeatable
        super().__init__(what, **words)


class Misunderstood(Unreachable):
    """Something answered, and not as a Kubernetes API does. Asking again is of no use."""


class Refused(CaasError):
    """The other side answered: you may not."""


class NotReady(CaasError):
    """Something didn't become ready in time; why carries what was seen last."""


class Unsure(CaasError):
    """A request was sent and no answer came: it may or may not have been carried out."""


class LockHeld(CaasError):
    """Another run works on the same cluster."""


class ApiError(CaasError):
    """A Kubernetes API answered with an error. status is the HTTP code, reason the API's machine-readable reason."""

    def __init__(self, what: str, *, status: int, reason: str, where: str = "", why: str = "", fix: str = "") -> None:
        self.status, self.reason = status, reason
        super().__init__(what, where=where, why=why, fix=fix, code=reason)


def shown(value: Any) -> str:
    """The value for an error line: quoted, and cut if it is long."""
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def listed(words: Iterable[str]) -> str:
    """Sorted, and cut if there are many."""
    found = sorted(words)
    return ", ".join(found[:40]) + (f" and {len(found) - 40} more" if len(found) > 40 else "")
