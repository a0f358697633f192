# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan is what a run will do, as sentences. Check mode shows them, a real run carries them out."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One change.

    title: a sentence in plain words, such as "Create Deployment cluster-demo/kube-apiserver".
    target: what the resource's apply needs to carry it out (an object, a name).
    before, after: text for --diff, never with a secret in it; None where the thing doesn't exist on that side.
    """

    title: str
    target: Any = None
    before: str | None = None
    after: str | None = None
    header: str = ""

    def diff(self) -> dict[str, str]:
        header = self.header or self.title
        return {"before": self.before or "", "after": self.after or "",
                "before_header": f"{header} (now)", "after_header": f"{header} (wanted)"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are carried out."""

    steps: tuple[Step, ...] = field(default=())

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def titles(self) -> list[str]:
        return [step.title for step in self.steps]

    def diff(self) -> list[dict[str, str]]:
        return [step.diff() for step in self.steps if step.before is not None or step.after is not None]
