# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nouns of a cluster's etcd: who is a member, and what its pods look like from outside."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ORDINAL = re.compile(r"https://etcd-(\d+)\.etcd\.")


def member_name(ordinal: int) -> str:
    return f"etcd-{ordinal}"


def peer_url(ordinal: int, namespace: str) -> str:
    """Where the other members find this one."""
    return f"https://{member_name(ordinal)}.etcd.{namespace}.svc:2380"


def initial_cluster(ordinals: Iterable[int], namespace: str) -> str:
    """Value of etcd's --initial-cluster."""
    return ",".join(f"{member_name(ordinal)}={peer_url(ordinal, namespace)}" for ordinal in sorted(ordinals))


@dataclass(frozen=True, slots=True)
class Member:
    """As etcd's own list has it. id: hexadecimal; votes: false while it is a learner, which only receives data."""

    id: str
    peer_url: str
    votes: bool = True

    @property
    def ordinal(self) -> int | None:
        """Which pod it is, by the address at which others find it; None of a stranger."""
        found = _ORDINAL.match(self.peer_url)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """What a member says of itself. size: bytes of its database; in_use: how many of them a defragmentation would leave; revision: of the last change."""

    ordinal: int
    id: str
    size: int
    in_use: int
    revision: int = 0
    leads: bool = False
    alarms: tuple[str, ...] = ()

    @property
    def free(self) -> int:
        return self.size - self.in_use


@dataclass(frozen=True, slots=True)
class Pods:
    """What the seed says. replicas: of the StatefulSet, None without one.

    ready: ordinals that serve; broken: ordinals whose data is proved to be lost, and by what; volumes: ordinals that have a claim;
    undecided: ordinals of which the next seconds tell whether they serve, and what is known so far; waiting: ordinals that wait for a
    machine, and for which; unwell: ordinals that don't serve for another reason; places: ordinal and machine; spread: they may not share one.
    """

    replicas: int | None = None
    ready: frozenset[int] = frozenset()
    broken: tuple[tuple[int, str], ...] = ()
    volumes: frozenset[int] = frozenset()
    undecided: tuple[tuple[int, str], ...] = ()
    waiting: tuple[tuple[int, str], ...] = ()
    unwell: tuple[tuple[int, str], ...] = ()
    places: tuple[tuple[int, str], ...] = ()
    spread: bool = False

    @property
    def all_ready(self) -> bool:
        return self.replicas is not None and self.ready >= frozenset(range(self.replicas))

    @property
    def serve(self) -> bool:
        """Most members are ready, so that etcd as a whole is."""
        return len(self.ready) * 2 > (self.replicas or 0)

    @property
    def shared(self) -> bool:
        """Two members are on one machine."""
        machines = [machine for dummy, machine in self.places]
        return len(set(machines)) < len(machines)

    def away(self) -> list[str]:
        """A line about each member that waits for a machine."""
        return [f"{member_name(ordinal)} {why}" for ordinal, why in self.waiting]

    def troubles(self) -> list[str]:
        """A line about each member of which it is known why it doesn't serve."""
        told = dict((*self.waiting, *self.unwell, *((ordinal, f"is lost: {why}") for ordinal, why in self.broken)))
        return [f"{member_name(ordinal)} {why}" for ordinal, why in sorted(told.items())]
