# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at a cloud beside its control plane, and how it is known to be the cluster's."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


def readable(name: str) -> str:
    """Whoever may write to the account chose it."""
    return "".join(char if char.isprintable() else " " for char in name[:120])


@dataclass(frozen=True, slots=True)
class Leftover:
    """kind: in the provider's words, such as "volume". why: how it is known whose it is, as the end of a sentence."""

    kind: str
    id: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" ({self.id})" if self.id != self.name else "")


@dataclass(frozen=True, slots=True)
class Found:
    """ours: certainly the cluster's. kept: near to it, but perhaps somebody's own; only told."""

    ours: tuple[Leftover, ...] = ()
    kept: tuple[Leftover, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What the cluster's own objects tell, by ids of the cloud.

    volumes, snapshots: made for its claims. balancers: of its Services; balancer_names: which the cloud's controller gives them.
    brought: volumes and snapshots that were there before, and that somebody lent to the cluster.
    """

    volumes: frozenset[str] = frozenset()
    snapshots: frozenset[str] = frozenset()
    balancers: frozenset[str] = frozenset()
    balancer_names: frozenset[str] = frozenset()
    brought: frozenset[str] = frozenset()

    def __or__(self, other: Made) -> Made:
        return Made(*(getattr(self, one.name) | getattr(other, one.name) for one in fields(self)))

    def notes(self) -> dict[str, list[str]]:
        """As they are kept in a record; what is empty is left out."""
        return {one.name: sorted(getattr(self, one.name)) for one in fields(self) if getattr(self, one.name)}

    @classmethod
    def of(cls, notes: Any) -> Made:
        """Of what a record keeps; anything else in it is left out."""
        notes = notes if isinstance(notes, dict) else {}
        return cls(*(frozenset(text for text in notes.get(one.name) or () if isinstance(text, str))
                     if isinstance(notes.get(one.name), list) else frozenset() for one in fields(cls)))
