# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which node pools a cluster is to have: looked at before anything is made, and kept in its record afterwards."""
from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages, record_room
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as records
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import POD_CIDR
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import specs as pool_specs
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import NODE_POOLS
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.specs import Wanted


@dataclass(frozen=True, slots=True)
class Observed:
    """record: None where the cluster is not there (yet)."""

    record: Record | None
    wanted: Wanted
    ready: tuple[str, ...] = ()
    staying: tuple[str, ...] | None = None


class NodePoolsResource(SteppingResource, ClusterResource):
    OPTIONS = NODE_POOLS

    def observe(self) -> Observed:
        if self.params["state"] == "known":
            known = records.read(self.seed, self.namespace)
            pool_specs.check_removable(self.cluster, known)
            return Observed(known, Wanted(()))
        # what the inventory says comes before what others answer
        pool_specs.wanted(self.cluster, self.params["node_pools"], None)
        self.reach_seed()
        known = records.read(self.seed, self.namespace)
        wanted = pool_specs.wanted(self.cluster, self.params["node_pools"], known, pool=self.params["pool"], node_count=self.params["node_count"])
        if self.params["needed"] and known is None:
            raise InvalidInput(f"Cluster {self.cluster} is not there", where=self.seed.server, fix="create it first: kubermatic.caas.create_cluster")
        if self.params["needed"] and not wanted.pools:
            raise InvalidInput(f"Cluster {self.cluster} has no node pools", why="neither the inventory nor its record names one",
                               fix="write node_pools for it into the inventory")
        pool_specs.check_room(self.cluster, self.pod_cidr(known), machines=wanted.machines, own_nodes=self.params["own_nodes"])
        self.check_stages(wanted, known)
        record_room.check(known or Record(self.cluster, "", ""), wanted.pools)
        nodes = self.nodes() if self.params["ready"] and wanted.pools else None
        return Observed(known, wanted, node_object.names(nodes or (), lambda node: node_object.ready(node)[0]),
                        None if nodes is None else node_object.names(nodes, lambda node: not node_object.is_being_removed(node)))

    def pod_cidr(self, known: Record | None) -> str:
        """That of the inventory, else that of the record: a cluster that a survey made is in no file."""
        return self.params["pod_cidr"] or (known.spec.get("pod_cidr") if known else None) or POD_CIDR.default

    def check_stages(self, wanted: Wanted, known: Record | None) -> None:
        for pool in wanted.pools:
            provider = launch_stages.known("provider", pool.provider)
            launch_stages.check(self.cluster, [provider], [provider] if intent_log.is_bound(known, pool.name) else [], self.params["allowed_stages"])

    def nodes(self) -> list[dict[str, Any]] | None:
        try:
            return open_cluster(self.seed, self.namespace).list("v1", "Node")
        except NotReady:
            if not self.check_mode:
                raise
            return None

    def plan(self, observed: Observed) -> Plan:
        if self.params["state"] != "noted" or observed.record is None:
            return Plan()
        new = pool_specs.noted(observed.record, observed.wanted.pools)
        if new == observed.record:
            return Plan()
        return Plan((Step(f"Note in the record of cluster {self.cluster} what its node pools are", observed.wanted.pools,
                          before=observed.record.text(), after=new.text(), header=f"ConfigMap {self.namespace}/{records.NAME}"),))

    def apply_step(self, step: Step) -> None:
        def noted(old: Record | None) -> Record:
            if old is None:
                raise InvalidInput(f"Cluster {self.cluster} has no record any more", where=self.seed.server)
            return pool_specs.noted(old, step.target)
        records.write(self.seed, self.namespace, noted)

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return {"pools": [asdict(replace(pool, taints=tuple(map(dict, pool.taints)))) for pool in observed.wanted.pools],
                "exists": observed.record is not None, "bound": pool_specs.bound(observed.record), "by_record": list(observed.wanted.by_record),
                "ready_nodes": list(observed.ready), "nodes": None if observed.staying is None else list(observed.staying),
                "hints": list(observed.wanted.hints)}
