# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool with a firewall and an SSH key of its own at the provider, beside its machines."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import PoolAtProvider


class Named(Protocol):
    @property
    def id(self) -> int | str: ...

    @property
    def name(self) -> str: ...


class Firewall(Named, Protocol):
    def is_like(self, other: Firewall) -> bool:
        """Lets the same in, and out."""

    def lets_in(self) -> str:
        """What, and from where, for people."""

    def shown(self) -> str:
        """A line for each rule."""


class Firewalls(Protocol):
    """Of one pool of one cluster. make raises Unsure if the result is unknown; remove takes one that is gone already for as good."""

    def found(self) -> list[Firewall]: ...
    def wanted(self, pool: NodePool) -> Firewall: ...
    def make(self, wanted: Firewall) -> None: ...
    def change(self, found: Firewall, wanted: Firewall) -> None: ...
    def remove(self, found: Firewall) -> None: ...


class Keys(Protocol):
    """Of one pool of one cluster. own: those that were made for it. is_known: the account has it, under whatever name."""

    def name(self, public_key: str) -> str: ...
    def own(self) -> list[Named]: ...
    def is_known(self, public_key: str) -> bool: ...
    def make(self, public_key: str) -> None: ...
    def remove(self, key: Named) -> None: ...


class FirewalledPool(PoolAtProvider):
    @property
    @abstractmethod
    def firewalls(self) -> Firewalls:
        """Those of the pool."""

    @property
    @abstractmethod
    def keys(self) -> Keys:
        """Those of the pool."""

    @cached_property
    def wanted_firewall(self) -> Firewall:
        """Asked for once: it may depend on what the provider says of the network."""
        return self.firewalls.wanted(self.run.pool)

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        return (*self.firewall_steps(), *(self.key_steps() if creates else ()))

    def make_missing(self, *, creates: bool) -> None:
        """Before the first machine, so that none is ever open."""
        self._carry_out(self.firewall_steps())
        if creates:
            self._carry_out(self.key_steps())

    def removable(self) -> tuple[Step, ...]:
        return (*map(self._without_firewall, self.firewalls.found()), *map(self._without_key, self.keys.own()))

    def remove_removable(self) -> None:
        self._carry_out(self.removable())

    def left(self) -> list[str]:
        return [*(f"firewall {one.name} ({one.id})" for one in self.firewalls.found()), *(f"SSH key {one.name} ({one.id})" for one in self.keys.own())]

    def firewall_steps(self) -> tuple[Step, ...]:
        """There may be more than one: a request was carried out whose answer got lost."""
        if not self.run.pool.ssh_cidrs:
            return ()
        wanted, (first, *others) = self.wanted_firewall, self.firewalls.found() or [None]
        change = None
        if first is None:
            change = _with_firewall(f"Create firewall {wanted.name}", None, wanted, partial(self.firewalls.make, wanted))
        elif not first.is_like(wanted):
            change = _with_firewall(f"Change firewall {first.name} ({first.id})", first, wanted, partial(self.firewalls.change, first, wanted))
        return (*([change] if change else []), *map(self._without_firewall, others))

    def key_steps(self) -> tuple[Step, ...]:
        key = self.run.pool.ssh_public_key
        if not key:
            return ()
        name = self.keys.name(key)
        new = () if self.keys.is_known(key) else (Step(f"Add SSH key {name}", partial(self.keys.make, key), after=f"{name}\n", header="SSH keys"),)
        return (*new, *(self._without_key(one) for one in self.keys.own() if one.name != name))

    def _carry_out(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.run.must_hold_lock()
            self.run.progress(step.title)
            step.target()

    def _without_firewall(self, one: Firewall) -> Step:
        return Step(f"Remove firewall {one.name} ({one.id})", partial(self.firewalls.remove, one), before=one.shown(), header=f"Firewall {one.name}")

    def _without_key(self, one: Named) -> Step:
        return Step(f"Remove SSH key {one.name} ({one.id})", partial(self.keys.remove, one), before=f"{one.name}\n", header="SSH keys")


def _with_firewall(what: str, found: Firewall | None, wanted: Firewall, act: Callable[[], None]) -> Step:
    return Step(f"{what}: let in {wanted.lets_in()}", act, before=found.shown() if found else "", after=wanted.shown(), header=f"Firewall {wanted.name}")
