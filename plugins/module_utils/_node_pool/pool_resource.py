# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool, whatever its provider: machines that carry the cluster's UID, as many as are wanted."""
from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages, record_room
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.uid_client import cluster_uid
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import NODE_POOL
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, no_pool, node_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.reconcile_client import PoolWork, Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.record_store import PoolRecord
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import PoolAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import LAG, Machine
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.providers_client import provider
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock, ClockAhead


@dataclass(frozen=True, slots=True)
class Observed:
    """seen: None where nothing of the cluster was looked at. price: of what is to be made. missing: what is made beside the machines, such as a firewall.

    removable: what goes with the pool. bound: the record says that the pool may have something at the provider.
    """

    seen: Seen | None = None
    price: str = ""
    missing: tuple[Step, ...] = ()
    removable: tuple[Step, ...] = ()
    bound: bool = False


class NodePoolResource(ClusterResource):
    """What it tells the provider is what contract.PoolRun says."""

    OPTIONS = NODE_POOL
    clock = Clock()
    residual: list[str] = []
    # what there was in the end; None if nothing was to be done
    seen: Seen | None = None

    def __init__(self, params: dict[str, Any], **given: Any) -> None:
        super().__init__({**params, **_of_the_environment(params)}, **given)

    @property
    def name(self) -> str:
        """Of the provider."""
        return self.params["provider"]

    @cached_property
    def at(self) -> PoolAtProvider:
        return provider(self.name).node_pool(self)

    def is_bound(self) -> bool:
        return intent_log.is_bound(self.pool_record.read(), self.pool.name)

    def noted_place(self) -> str:
        return intent_log.place(self.pool_record.read(), self.pool.name)

    def bind(self) -> None:
        """Before the first request: a run that deletes the cluster must know where it may have resources."""
        if not self.is_bound():
            now = self.clock_of_seed.now()
            self.pool_record.change(lambda record: intent_log.noted(record, self.pool.name, self.name, self.uid, now, place=self.at.machines.place))

    def left(self) -> list[str]:
        """Of a pool that has ended. Disks go a moment after their machine, and lists may be behind."""
        begin, patience = self.clock.monotonic(), self.params["wait_timeout"] if self.seen else LAG
        for attempt in count():
            left = self.at.left()
            if not left or self.clock.monotonic() - begin > patience:
                return left
            self.clock.sleep(min(30.0, 3.0 * 2 ** attempt))
        raise AssertionError("count ends")

    @property
    def ends(self) -> bool:
        return self.params["state"] == "absent"

    @property
    def outlives_namespace(self) -> bool:
        return self.ends

    @cached_property
    def pool(self) -> NodePool:
        if self.ends:
            return no_pool(self.cluster, self.name, self.params["pool"])
        return node_pool(self.cluster, self.name, {**self.params, "name": self.params["pool"]})

    @cached_property
    def removed(self) -> frozenset[str] | None:
        """Names of machines that were chosen to go, None if it is to be decided here."""
        names = None if self.ends else self.params["remove"]
        for name in names or ():
            if not self.pool.is_machine_name(name):
                raise InvalidInput(f"{shown(name)} is not a machine of node pool {self.pool.name}", where="remove",
                                   fix=f"name machines such as {self.pool.machine_name(1)}")
        return None if names is None else frozenset(names)

    @cached_property
    def pool_record(self) -> PoolRecord:
        return PoolRecord(self.seed, self.cluster, self.namespace)

    @cached_property
    def clock_of_seed(self) -> ClockAhead:
        """Notes in the record are read by other control hosts, and none of their clocks need agree."""
        return ClockAhead(self.clock, lambda: self.seed.ahead)

    @cached_property
    def uid(self) -> str:
        """By which the machines are found: of the namespace in which the cluster was when it got its first machine."""
        return cluster_uid(self, self.pool_record.read())

    @property
    def makes(self) -> bool:
        return self.params["shortage"] == "make"

    @cached_property
    def work(self) -> PoolWork:
        return PoolWork(self.at.machines, self.pool, self.pool_record, self.uid, ready=frozenset(self.params["ready_nodes"]),
                        nodes=None if self.params["nodes"] is None else frozenset(self.params["nodes"]),
                        keep_surplus=self.params["surplus"] == "keep" and not self.ends, remove=self.removed, makes=self.makes,
                        patience=self.params["wait_timeout"], clock=self.clock_of_seed,
                        progress=self.progress, must_hold_lock=self.must_hold_lock)

    def observe(self) -> Observed:
        """Reads nothing of the cluster for state=fit: then the cluster need not exist."""
        # what the user gave comes before what others answer
        self.at.check_options()
        pool, dummy = self.pool, self.removed
        if self.params["state"] == "fit":
            return Observed(price=self.at.price())
        self.reach_seed()
        record = self.pool_record.read()
        intent_log.check_provider(record, pool.name, self.name, self.at.machines.place)
        stage = launch_stages.known("provider", self.name)
        if not self.ends:
            launch_stages.check(self.cluster, [stage], [stage] if intent_log.is_bound(record, pool.name) else [], self.params["allowed_stages"])
        seen = self.work.look()
        self.check_shortage(seen)
        creates = bool(seen.decision.create)
        if creates:
            record_room.check(record, [self.pool])
        return Observed(seen, price=self.at.price() if creates else "",
                        missing=() if self.ends or not self.makes else self.at.missing(creates=creates),
                        removable=self.at.removable() if self.ends else (), bound=intent_log.is_bound(record, self.pool.name))

    def check_shortage(self, seen: Seen) -> None:
        """Of a pool that only the record describes."""
        lacking = self.pool.node_count - len(seen.decision.keep)
        if self.makes or self.removed is not None or lacking <= 0:
            return
        error = InvalidInput(f"Node pool {self.pool.name} of cluster {self.cluster} lacks {lacking} machine{'s' if lacking > 1 else ''}, and only the record "
                             "of the cluster describes them", where=self.name,
                             why="others may write the record, so the collection creates no machine from it alone",
                             fix="write the pool into node_pools of the cluster, in the inventory or by -e")
        if self.params["shortage"] == "refuse":
            raise error
        self.progress(error.line())

    def plan(self, observed: Observed) -> Plan:
        if observed.seen is None:
            return Plan()
        noted = (Step(f"Note in the record of cluster {self.cluster} that node pool {self.pool.name} is gone"),) if self.ends and observed.bound else ()
        return Plan((*observed.missing, *self.work.plan(observed.seen, observed.price), *observed.removable, *noted))

    def apply(self, observed: Observed, plan: Plan) -> None:
        """Not step by step: under the lock things may look different, and what a provider promised it may not keep."""
        creates = bool(observed.seen and observed.seen.decision.create)
        if observed.missing:
            self.bind()
        if observed.missing or creates:
            self.at.make_missing(creates=creates)
        self.seen = self.work.converge()
        if self.ends:
            self.at.remove_removable()
            self.progress(f"Node pool {self.pool.name} is gone")
            self.pool_record.change(lambda record: intent_log.released(record, self.pool.name))

    def finish(self, observed: Any, plan: Plan) -> None:
        """An earlier run may have asked for machines that don't run yet."""
        if not plan and observed.seen and observed.seen.waiting:
            self.seen = self.work.wait(observed.seen)
        if self.seen and self.work.plan(self.seen):
            raise NotReady(f"Machines of node pool {self.pool.name} changed during this run", where=self.name, fix="run this again")
        self.residual = self.left() if self.ends else []
        if self.residual:
            raise NotReady(f"Resources are left of node pool {self.pool.name}: {', '.join(self.residual)}", where=self.name,
                           fix="remove them there if they are not needed, and run this again")

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        if observed.seen is None:
            return {"price": observed.price}
        seen = self.seen or observed.seen
        residual = [f"machine {one.name} ({one.id})" for one in (*seen.machines, *seen.leaving) if one.pool == self.pool.name]
        return {
            "machines": [self.shown(one) for one in seen.decision.keep],
            "create": list(observed.seen.decision.names),
            "surplus": [one.machine.name for one in observed.seen.decision.surplus],
            "price": observed.price, "uid": self.uid,
            **({"residual": [] if self.check_mode else [*residual, *self.residual]} if self.ends else {}),
        }

    def shown(self, machine: Machine) -> dict[str, Any]:
        asked = self.params["host_keys"] and not self.check_mode and machine.name not in self.params["ready_nodes"]
        return {**{name: str(value) for name, value in asdict(machine).items() if name != "request"},
                "host_keys": self.at.host_keys(machine) if asked else []}


def _of_the_environment(params: dict[str, Any]) -> dict[str, str]:
    """Options that are not given, and that the provider's own tools take from the environment."""
    known = registry.DESCRIPTIONS[params["provider"]].environment
    found = {name: next((os.environ[one] for one in variables if os.environ.get(one)), "") for name, variables in known.items() if not params[name]}
    return {name: value for name, value in found.items() if value}
