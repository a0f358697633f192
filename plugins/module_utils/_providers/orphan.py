# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at a cloud beside its control plane, how it is known to be the cluster's, and why something stays."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

# why something stays, as the end of a sentence
LENT = "an object in the cluster uses it, but it was not created for the cluster"
RETAINED = "the cluster's own object asks to keep it"
SHARED = "it also carries the mark of another cluster"
NAMED = "an object of the cluster names it, but it does not carry the cluster's tag"
ELSEWHERE = "it is attached to a machine that does not carry the cluster's tag"


def readable(name: str) -> str:
    """Anybody with write access to the account can choose it."""
    return "".join(char if char.isprintable() else " " for char in name[:120])


@dataclass(frozen=True, slots=True)
class Orphan:
    """kind: in the provider's words, such as "volume". why: how it is known whose it is, as the end of a sentence."""

    kind: str
    id: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" ({self.id})" if self.id != self.name else "")


@dataclass(frozen=True, slots=True)
class Found:
    """ours: certainly the cluster's. kept: perhaps the cluster's, perhaps of another owner, or it has to stay; the module only reports it."""

    ours: tuple[Orphan, ...] = ()
    kept: tuple[Orphan, ...] = ()

    def __or__(self, other: Found) -> Found:
        return Found((*self.ours, *other.ours), (*self.kept, *other.kept))


@dataclass(frozen=True, slots=True)
class Said:
    """What the cluster's own objects say. The customer writes them, so they can only keep something, never delete it.

    ids, names: of things at the cloud that they name; a load balancer may have either. lent: ids of what was there before. retained: ids and names of
    what is to outlive the object.
    """

    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    lent: frozenset[str] = frozenset()
    retained: frozenset[str] = frozenset()

    def __or__(self, other: Said) -> Said:
        return Said(*(getattr(self, one.name) | getattr(other, one.name) for one in fields(self)))

    def keeps(self, number: str, name: str = "") -> str:
        """Why something that carries the cluster's tag stays, "" if it goes."""
        if number in self.lent:
            return LENT
        return RETAINED if number in self.retained or (name and name in self.retained) else ""

    def mentions(self, number: str, name: str = "") -> bool:
        return number in self.ids | self.lent | self.retained or (bool(name) and name in self.names | self.retained)

    @classmethod
    def of(cls, notes: Any) -> Said:
        """Of what a record keeps. An earlier release called `lent` brought."""
        notes = notes if isinstance(notes, dict) else {}
        words = {name: frozenset(text for text in notes.get(name) or () if isinstance(text, str)) if isinstance(notes.get(name), list) else frozenset()
                 for name in ("lent", "brought", "retained")}
        return cls(lent=words["lent"] | words["brought"], retained=words["retained"])
