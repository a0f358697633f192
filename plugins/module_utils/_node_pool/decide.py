# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which machines a pool lacks and which it has too many. The provider's words never come here, so that all providers decide alike."""
from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

Batch = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """why: completes the sentence "Remove machine NAME: ..."."""

    machine: Machine
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """In the order in which it is carried out: what never worked makes room first, what is too many goes last.

    keep: what stays of the pool. surplus: what is too many for the wanted node_count.
    """

    adopt: tuple[Machine, ...]
    broken: tuple[Removal, ...]
    create: tuple[Batch, ...]
    surplus: tuple[Removal, ...]
    keep: tuple[Machine, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for batch in self.create for name in batch)

    def __bool__(self) -> bool:
        return bool(self.adopt or self.broken or self.create or self.surplus)


def decide(pool: NodePool, machines: Iterable[Machine], *, batch: int, ready: Set[str] = frozenset(), taken: Set[str] = frozenset(),
           nodes: Set[str] | None = None, remove: Set[str] | None = None) -> Decision:
    """machines: all that carry the cluster's tag, also those of its other pools. batch: how many the provider makes by one request.

    ready: names of nodes that are Ready. taken: names that no new machine may get, beside those of machines that are there.
    nodes: names of nodes that are there and are to stay, None if that isn't known: a run that was killed may have emptied others already.
    remove: names of machines that an earlier task chose and whose nodes were drained: then these go, and nothing else is decided.
    """
    machines = list(machines)
    if remove is not None:
        return _removal(pool, machines, remove)
    adopt = [one for one in machines if not one.pool and pool.is_machine_name(one.name)]
    members = sorted([one for one in machines if one.pool == pool.name] + adopt, key=lambda one: one.age_key)
    failed = [one for one in members if one.state is State.FAILED]
    twins = _twins([one for one in members if one.state is not State.FAILED], ready)
    broken = [Removal(one, "its creation failed") for one in failed] + [Removal(one, "another machine has its name") for one in twins]
    unsound = {one.id for one in (*failed, *twins)}
    sound = [one for one in members if one.id not in unsound]
    surplus = _worth(sound, ready, nodes)[:max(0, len(sound) - pool.node_count)]
    going = unsound | {one.id for one in surplus}
    names = _free_names(pool, {one.name for one in machines} | taken, pool.node_count - len(sound))
    return Decision(
        adopt=tuple(one for one in adopt if one.id not in going),
        broken=tuple(broken),
        create=tuple(tuple(names[start:start + batch]) for start in range(0, len(names), batch)),
        surplus=tuple(Removal(one, _too_many(one, ready, pool)) for one in surplus),
        keep=tuple(one for one in sound if one.id not in going))


def _removal(pool: NodePool, machines: Iterable[Machine], names: Set[str]) -> Decision:
    members = [one for one in machines if one.pool == pool.name]
    return Decision(
        adopt=(), broken=(), create=(), surplus=tuple(Removal(one, "it is too many, and its node has left") for one in members if one.name in names),
        keep=tuple(one for one in members if one.name not in names))


def _is_ready(machine: Machine, ready: Set[str]) -> bool:
    return machine.name in ready and machine.state is State.RUNNING


def _worth(machines: Iterable[Machine], ready: Set[str], nodes: Set[str] | None = None) -> list[Machine]:
    """From the one that is missed least: those that are no nodes (any more) first, not ready before ready, young before old."""
    young_first = sorted(machines, key=lambda one: one.age_key, reverse=True)
    return sorted(young_first, key=lambda one: (nodes is not None and one.name in nodes, _is_ready(one, ready)))


def _twins(machines: Iterable[Machine], ready: Set[str]) -> list[Machine]:
    """All but one of each name: two machines can't be one node. Of machines of one name only one can be the Ready node, and that is the older one,
    as a younger one would not have been let in under a name that is in use."""
    by_name: dict[str, list[Machine]] = {}
    for machine in machines:
        by_name.setdefault(machine.name, []).append(machine)
    return [one for namesakes in by_name.values() for one in _worth(namesakes, ready)[:-1]]


def _free_names(pool: NodePool, used: Set[str], count: int) -> list[str]:
    """The lowest numbers first, so that the name of a lost request is tried next: should both
    come to be, they have one name, and one of them goes."""
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        name = pool.machine_name(number)
        if name not in used:
            names.append(name)
    return names


def _too_many(machine: Machine, ready: Set[str], pool: NodePool) -> str:
    return f"{pool.node_count} {'is' if pool.node_count == 1 else 'are'} wanted, {'it is the youngest' if _is_ready(machine, ready) else 'it is not ready'}"


def plan(pool: NodePool, decision: Decision, *, keep_surplus: bool = False, price: str = "") -> Plan:
    """keep_surplus: what is too many is not removed. price: of one machine, "" if the provider tells none."""
    def removed(one: Removal) -> Step:
        return Step(f"Remove machine {one.machine.name} ({one.machine.id}) at {pool.provider}: {one.why}", one,
                    before=f"{one.machine.name} {one.machine.size} {one.machine.region} {one.machine.address}".rstrip() + "\n",
                    header=f"Machines of node pool {pool.name}")

    def created(batch: Batch) -> Step:
        what = f"{pool.size} in {pool.region} with {pool.image}" + (f", {price}" + (" each" if len(batch) > 1 else "") if price else "")
        return Step(f"Create {'machine' if len(batch) == 1 else 'machines'} {', '.join(batch)} at {pool.provider}: {what}", batch,
                    after="".join(f"{name} {pool.size} {pool.region}" + (f" {price}" if price else "") + "\n" for name in batch),
                    header=f"Machines of node pool {pool.name}")

    return Plan((
        *(Step(f"Adopt machine {one.name} ({one.id}) into node pool {pool.name}", one) for one in decision.adopt),
        *map(removed, decision.broken),
        *map(created, decision.create),
        *(() if keep_surplus else map(removed, decision.surplus))))
