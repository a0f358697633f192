# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of node pools become hosts of a run: their host keys are pinned at first contact, and strict from then on."""
from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import labels_and_taints as node_marks
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import host_keys_client as host_keys
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.hosts import Picture, PoolHost
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import NODE_POOL_HOSTS
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, node_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.record_store import PoolRecord
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State
from ansible_collections.kubermatic.caas.plugins.module_utils._system import private_file
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock


@dataclass(frozen=True, slots=True)
class Observed:
    record: Record
    picture: Picture


class NodePoolHostsResource(ClusterResource):
    OPTIONS = NODE_POOL_HOSTS
    clock = Clock()

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        # keys that were seen for the first time in this run; why there are none of others
        self.met: dict[str, tuple[str, ...]] = {}
        self.silent: dict[str, str] = {}

    @cached_property
    def pools(self) -> tuple[NodePool, ...]:
        return tuple(node_pool(self.cluster, str(one.get("provider")), one) for one in self.params["pools"])

    @cached_property
    def known_hosts(self) -> str:
        if not self.params["known_hosts"]:
            raise InvalidInput("known_hosts is missing", where="known_hosts", fix="set it to the path of a file for this run")
        return os.path.abspath(self.params["known_hosts"])

    @cached_property
    def pool_record(self) -> PoolRecord:
        return PoolRecord(self.seed, self.cluster, self.namespace)

    @cached_property
    def api(self) -> KubeApi:
        return open_cluster(self.seed, self.namespace)

    def machines(self) -> dict[str, list[tuple[Machine, tuple[str, ...]]]]:
        given = self.params["machines"]
        strange = [pool for pool, found in given.items() if not isinstance(found, (list, tuple))]
        if strange:
            raise InvalidInput(f"Machines of node pool {strange[0]} are not a list", where="machines",
                               fix="pass on the result of the module node_pool unchanged")
        return {pool: [(machine(one), pool_hosts.host_keys(one.get("host_keys"))) for one in found] for pool, found in given.items()}

    def observe(self) -> Observed:
        pools, machines = self.pools, self.machines()
        labels, taints = self.marks()
        record = self.record()
        nodes = self.nodes() if any(machines.values()) or record.nodes else []
        return Observed(record, pool_hosts.look(pools, machines, nodes, record, labels=labels, taints=taints))

    def marks(self) -> tuple[dict[str, str], tuple[dict[str, str], ...]]:
        """Labels and taints of all nodes of the cluster, beside those of their pools."""
        where = f"of cluster {self.cluster}"
        return node_marks.labels(self.params["node_labels"], f"node_labels {where}"), node_marks.taints(self.params["node_taints"], f"node_taints {where}")

    def record(self) -> Record:
        try:
            return self.pool_record.read()
        except InvalidInput:
            if not self.check_mode:
                raise
            return Record(self.cluster, "", "")

    def nodes(self) -> list[dict[str, Any]]:
        try:
            return self.api.list("v1", "Node")
        except NotReady:
            if not self.check_mode:
                raise
            return []

    def contacted(self, picture: Picture) -> list[PoolHost]:
        """Those that this run logs in to."""
        return [host for host in picture.hosts if self.params["contact"] and (self.params["every"] or host.join)]

    def plan(self, observed: Observed) -> Plan:
        picture = observed.picture
        forgotten = [name for name in picture.forgotten if name not in picture.stale]
        return Plan((
            *(Step(f"Delete node {name}, whose machine is gone", name) for name in picture.stale),
            *(Step(f"Forget the host key of {name}, whose machine is gone") for name in forgotten),
            *(Step(f"Pin the host key of machine {host.name} ({host.machine}) at {host.address}") for host in self.contacted(picture) if not host.pinned)))

    def apply(self, observed: Observed, plan: Plan) -> None:
        picture = observed.picture
        for step in plan:
            if step.target:
                self.must_hold_lock()
                self.progress(step.title)
                self.api.delete("v1", "Node", step.target)
        new = [host for host in self.contacted(picture) if not host.pinned]
        self.meet([host for host in new if not host.keys])
        self.met |= {host.name: host.keys for host in new if host.keys}
        pins = [replace(host, keys=self.met[host.name]) for host in new if host.name in self.met]
        for host in pins:
            self.progress(f"Host key of machine {host.name} ({host.machine}) pinned")
        self.must_hold_lock()
        # the pin of a former machine with a stale node goes with it
        self.pool_record.change(lambda record: pool_hosts.pinned(record, pins, [*picture.forgotten, *picture.stale]))

    def meet(self, hosts: list[PoolHost]) -> None:
        if not hosts:
            return
        self.progress(f"First contact over SSH: {', '.join(host.name for host in hosts)}")
        contacts = host_keys.first_contacts([(host.name, host.address) for host in hosts], arguments=self.params["ssh_arguments"],
                                            patience=self.params["ssh_timeout"], clock=self.clock, progress=self.progress)
        for host, contact in zip(hosts, contacts, strict=True):
            keys = pool_hosts.one_key(pool_hosts.host_keys(contact.keys))
            if keys:
                self.met[host.name] = keys
            else:
                self.silent[host.name] = contact.why

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        """The file of known hosts is the run's own, and is written in check mode, too: also then ssh refuses a host whose key differs."""
        hosts = [replace(host, keys=self.met.get(host.name, host.keys)) for host in self.contacted(observed.picture)]
        hosts = [host for host in hosts if host.keys]
        if hosts:
            private_file.write(self.known_hosts, pool_hosts.known_hosts(hosts))
        return {"hosts": [self.described(host) for host in hosts], "switched_off": list(observed.picture.off),
                "errors": [self.error(host).line() for host in observed.picture.hosts if host.name in self.silent],
                "waiting": [host.name for host in observed.picture.hosts if host.join]}

    def described(self, host: PoolHost) -> dict[str, Any]:
        return {"name": host.name, "pool": host.pool, "address": host.address, "user": host.user, "join": host.join, "labels": dict(host.labels),
                "taints": [dict(taint) for taint in host.taints], "alias": host.alias, "provider_id": host.provider_id, "node_address": host.node_address,
                "ssh_arguments": pool_hosts.strict(host, self.known_hosts)}

    def error(self, host: PoolHost) -> NotReady:
        return NotReady(f"Machine {host.name} ({host.machine}) doesn't answer over SSH", where=f"{host.address}, port 22",
                        why=f"it runs, but: {self.silent[host.name]}",
                        fix="look at its console at the provider and let SSH in (firewall, image), or replace it: scale the pool down by one, which takes it "
                            "first, and up again")


def machine(given: Any) -> Machine:
    """As a module of a provider returned it."""
    try:
        known = {one.name: str(given[one.name]) for one in fields(Machine) if one.name in given}
        return Machine(**{**known, "state": State(known["state"])})
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("A machine is not valid", where="machines", why=f"{type(error).__name__}: {error}",
                           fix="pass on the result of the module node_pool unchanged") from None
