# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Brings a provider's machines to what a pool wants: look until the picture can be trusted, decide, note, act, look again."""
from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from itertools import count, takewhile
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import decide as node_pools
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.decide import Decision, Removal
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Machines
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock

# how often machines are asked for anew if the provider doesn't make what it promised
ROUNDS = 6
# one note for so many removals: they take less time than a note is believed
NOTED_AT_ONCE = 50
# so many are asked for one by one whether they are really gone, if a list goes on showing them
ASKED_ONE_BY_ONE = 20


class RecordStore(Protocol):
    def read(self) -> Record: ...
    def change(self, to: Callable[[Record], Record]) -> Record: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """leaving: machines whose end is near and has to be waited for, as none is to be left."""

    machines: tuple[Machine, ...]
    decision: Decision
    leaving: tuple[Machine, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of machines that aren't what they shall be yet."""
        return tuple(one.name for one in (*self.decision.keep, *self.leaving)
                     if one.state in (State.CREATING, State.LEAVING) or (one.state is State.RUNNING and not one.address))


@dataclass
class PoolWork:
    """uid: of the cluster. ready: names of Ready nodes. nodes: names of all that are to stay, None if they aren't known.

    keep_surplus: what is too many stays. remove: names of machines that go, and nothing else is done; None to decide here. makes: what is missing is made.
    patience: seconds for machines to come or go.
    """

    provider: Machines
    pool: NodePool
    pool_record: RecordStore
    uid: str
    ready: Set[str] = frozenset()
    nodes: Set[str] | None = None
    keep_surplus: bool = False
    remove: Set[str] | None = None
    makes: bool = True
    patience: float = 600
    clock: Clock = field(default_factory=Clock)
    progress: Callable[[str], None] = lambda text: None
    must_hold_lock: Callable[[], None] = lambda: None
    _noted: set[str] = field(default_factory=set)
    _removed: set[str] = field(default_factory=set)
    _proved: set[str] = field(default_factory=set)

    @property
    def _where(self) -> str:
        return f"node pool {self.pool.name} at {self.provider.name}"

    def look(self) -> Seen:
        """Waits while a note says more than the list shows. Writes nothing."""
        begin, told = self.clock.monotonic(), False
        record = self.pool_record.read()
        for attempt in count():
            listed = self.provider.machines()
            now = self.clock.now()
            awaited = intent_log.awaited(record, self.pool.name, now, listed)
            lingering = [one for one in listed if one.id in self._removed and one.state is not State.GONE and not self._is_proved(one, attempt)]
            if not awaited and not lingering:
                return self._seen(listed, record)
            passed = self.clock.monotonic() - begin
            if lingering and passed > self.patience:
                raise NotReady(f"Machines are still there: {_shown([one.name for one in lingering])}", where=self._where,
                               why=f"they were removed {passed:.0f} s ago", fix="look at the provider's control panel, and run this again")
            if not told and passed > 5:
                told = True
                self.progress(f"{self.provider.name} does not yet list the result for {_shown([*sorted(awaited), *(one.name for one in lingering)])}; "
                              f"waits up to {intent_log.TRUSTED_FOR.total_seconds():.0f} s")
            self._pause(attempt)
        raise AssertionError("count ends")

    def _is_proved(self, machine: Machine, attempt: int) -> bool:
        """The list still shows it; the question for the machine itself is the proof. What a list says of its end is up to date."""
        few = len(self._removed) - len(self._proved) <= ASKED_ONE_BY_ONE
        asks = attempt > 0 and few and machine.state is not State.LEAVING
        if machine.id not in self._proved and asks and not self.provider.exists(machine.id):
            self._proved.add(machine.id)
        return machine.id in self._proved

    def _seen(self, listed: list[Machine], record: Record) -> Seen:
        begun = intent_log.removing(record, self.pool.name, self.clock.now())
        machines, half_removed, leaving = [], [], []
        for one in listed:
            if one.id in self._removed or one.state is State.GONE:
                continue
            if one.state is State.LEAVING:
                leaving.append(one)
            elif one.id not in begun:
                machines.append(one)
            elif self.provider.exists(one.id):
                half_removed.append(Removal(one, "an earlier run began to remove it"))
        taken = {one.machine.name for one in half_removed} | {one.name for one in leaving}
        decision = node_pools.decide(self.pool, machines, batch=self.provider.batch, ready=self.ready, taken=taken,
                                     nodes=self.nodes, remove=self.remove)
        return Seen(tuple(machines), Decision(decision.adopt, (*half_removed, *decision.broken), decision.create if self.makes else (),
                                              decision.surplus, decision.keep),
                    tuple(one for one in leaving if one.pool == self.pool.name) if self.pool.node_count == 0 else ())

    def plan(self, seen: Seen, price: str = "") -> Plan:
        return node_pools.plan(self.pool, seen.decision, keep_surplus=self.keep_surplus, price=price)

    def converge(self) -> Seen:
        """Until the pool is as wanted and its machines run. Only while the cluster's lock is held."""
        rounds = 0
        while True:
            seen = self.look()
            steps = self.plan(seen)
            if steps:
                rounds += 1
                if rounds > ROUNDS:
                    raise NotReady(f"{self.provider.name} made {len(seen.decision.keep)} of {self.pool.node_count} machines",
                                   where=self._where, why=self.provider.complaint or f"it was asked {ROUNDS} times, and machines are missing",
                                   fix="look at its status page and at the limits of the account, and run this again")
                self._act(steps)
            elif not seen.waiting:
                return seen
            else:
                self.wait(seen)

    def wait(self, seen: Seen) -> Seen:
        """Until all machines that are to stay run, or something else has to be done about them."""
        begin = told = self.clock.monotonic()
        for attempt in count():
            if not seen.waiting or self.plan(seen):
                return seen
            passed = self.clock.monotonic() - begin
            if passed > self.patience:
                what = "are not gone" if seen.leaving else "don't run"
                raise NotReady(f"Machines {what} after {passed:.0f} s: {_shown(seen.waiting)}", where=self._where,
                               fix="look at the provider's status page; remove them there if they never come, and run this again")
            if self.clock.monotonic() - told > 20:
                told = self.clock.monotonic()
                self.progress(f"not running yet after {passed:.0f} s: {_shown(seen.waiting)}")
            self._pause(attempt)
            seen = self.look()
        raise AssertionError("count ends")

    def _act(self, steps: Plan) -> None:
        handled = 0
        for index, step in enumerate(steps):
            if index < handled:
                continue
            self.must_hold_lock()
            self.progress(step.title)
            if isinstance(step.target, Machine):
                self.provider.adopt(step.target, self.pool)
            elif isinstance(step.target, Removal):
                together = list(takewhile(lambda one: isinstance(one.target, Removal), steps.steps[index:index + self.provider.removes]))
                for one in together[1:]:
                    self.progress(one.title)
                self._remove([one.target.machine for one in together],
                             [one.target.machine for one in steps.steps[index:] if isinstance(one.target, Removal)])
                handled = index + len(together)
            elif not self._create(step):
                return

    def _create(self, step: Step) -> bool:
        """False if the result is unknown: then read the state again."""
        record = self._note(create=step.target)
        try:
            self.provider.create(step.target, self.pool, intent_log.request(record, self.pool.name, step.target))
        except Unsure as error:
            self.progress(f"{error.line()} Checking whether it was carried out.")
            return False
        return True

    def _remove(self, machines: list[Machine], coming: list[Machine]) -> None:
        """coming: these and all that are to be removed after them."""
        if not self._noted.issuperset(one.id for one in machines):
            chunk = {one.id: one.name for one in coming[:max(NOTED_AT_ONCE, len(machines))]}
            self._note(remove=chunk)
            self._noted.update(chunk)
        ids = [one.id for one in machines]
        self.provider.remove(ids)
        self._removed.update(ids)

    def _note(self, create: Sequence[str] = (), remove: dict[str, str] | None = None) -> Record:
        now = self.clock.now()
        return self.pool_record.change(lambda record: intent_log.noted(
            record, self.pool.name, self.provider.name, self.uid, now, place=self.provider.place, create=create, remove=remove or {}))

    def _pause(self, attempt: int) -> None:
        self.clock.sleep(min(30.0, 3.0 * 2 ** attempt))


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
