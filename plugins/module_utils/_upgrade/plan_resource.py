# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Asks what runs, and says by which steps a cluster comes to the version that is wanted. Refuses what can't be done before anything moves."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components, assumed, choose, is_meant, on_offer, trust
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import UNKNOWN
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as records
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.in_cluster_resource import ClusterApiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import what_runs
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade import world_client
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.gates import Closed, Passed, closed
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.options import UPGRADE_PLAN
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, Stage
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.steps import Steps, nodes_to_do, steps


@dataclass(frozen=True, slots=True)
class Seen:
    record: Record
    running: Components
    runs: Runs
    steps: Steps
    nodes: tuple[str, ...]
    passed: Passed


class UpgradePlanResource(ReadingResource, ClusterApiResource):
    """Reads only."""

    OPTIONS = UPGRADE_PLAN

    def observe(self) -> Seen:
        # mistakes come before what the seed answers
        assumed(self.params["kubernetes_version"])
        self.reach_seed()
        record, running = self.known()
        status = self.status()
        self.check_listed(status["unlisted_nodes"])
        api = self.cluster_api()
        if api is None:
            raise NotReady(f"The API of cluster {self.cluster} does not answer", fix="look at its status: ansible-playbook kubermatic.caas.status")
        nodes = api.list("v1", "Node")
        runs = Runs(world_client.serving_versions(self.seed, self.namespace), kubelets_of(nodes))
        row = self.row(running)
        found = steps(record, running, runs, row, on_offer(), self.pinned())
        self.check_stages(record, found)
        touched = nodes_to_do(found.stages, nodes, row)
        for line in found.lines(runs):
            self.progress(line)
        passed = Passed()
        if found or touched:
            self.lock.check()
            own = [name for name in touched if name in (self.params["inventory_nodes"] or touched)]
            passed = Passed.of(self.gates(api, status, nodes, row, own if found.drains else []), self.params["accept_gates"])
            for one in passed.accepted:
                self.progress(f"Accepted: {one.line()}")
            passed.check(self.cluster)
        return Seen(record, running, runs, found, tuple(touched), passed)

    def known(self) -> tuple[Record, Components]:
        record = records.read(self.seed, self.namespace)
        running = what_runs(record)
        if record is None or running is None:
            raise InvalidInput(f"Cluster {self.cluster} does not run yet", where=self.seed.server,
                               fix=f"create it: ansible-playbook kubermatic.caas.create_cluster -e cluster={self.cluster}")
        if record.phase == Phase.DELETING:
            raise InvalidInput(f"Cluster {self.cluster} is being deleted", where=self.seed.server, fix="take it out of the inventory")
        return record, running

    def row(self, running: Components) -> Components:
        """That of the version that is wanted; of one that is not on offer any more, what runs."""
        value = self.params["kubernetes_version"]
        offered = any(is_meant(value, str(version)) for version in on_offer())
        return choose(value, runs=None if offered else running).components

    def gates(self, api: KubeApi, status: dict[str, Any], nodes: list[dict[str, Any]], row: Components, drained: list[str]) -> tuple[Closed, ...]:
        """What the customer's API shows may have any shape."""
        try:
            return closed(world_client.look(api, status, nodes, KubernetesVersion.of(row.kubernetes), drained=drained))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CaasError(f"The API of cluster {self.cluster} shows objects that can't be read", where=api.server,
                            why=f"{type(error).__name__}: {error}"[:300], fix="look at its webhooks, PodDisruptionBudgets and pods") from None

    def check_stages(self, record: Record, found: Steps) -> None:
        """Also of the versions on the way: none of them is refused halfway."""
        hops = [launch_stages.known("kubernetes_version", str(hop)) for stage in found.stages for hop in stage.control_plane]
        launch_stages.check(self.cluster, hops, launch_stages.used_by(record), self.params["allowed_stages"])

    def status(self) -> dict[str, Any]:
        """As cluster_info returns it, over the same connection."""
        info = ClusterInfoResource({**self.params, "fail_if": "never"}, holder=self.holder, check_mode=self.check_mode, progress=self.progress)
        info.seed = self.seed
        return info.status(self.cluster)

    def check_listed(self, unlisted: list[str]) -> None:
        if unlisted:
            raise InvalidInput(f"Cluster {self.cluster} has nodes that the inventory does not know: {', '.join(unlisted)}", where="inventory",
                               why="their kubelets would be left behind, and the control plane could not go on without them",
                               fix=f"put the hosts into the groups nodes and {group_of(self.cluster)}, or remove the nodes (remove_node). Nothing was changed")

    def pinned(self) -> dict[str, KubernetesVersion]:
        """An exact version may also be one that was on offer once, as for a node that joins."""
        return {name: pin(value, f"node_kubernetes_version of {name}") for name, value in self.params["pinned"].items() if value not in ("", None)}

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        return {"runs": observed.running.kubernetes, "lines": observed.steps.lines(observed.runs),
                "stages": [shown(stage) for stage in observed.steps.stages],
                "nodes": list(observed.nodes), "max_api_gap": self.params["max_api_gap"],
                "components": {name: {"from": was, "to": now} for name, (was, now) in observed.steps.components.items()},
                "drains": observed.steps.drains, "accepted": [{"name": one.name, "wrong": one.wrong} for one in observed.passed.accepted]}


def pin(value: Any, where: str) -> KubernetesVersion:
    """Raises InvalidInput for a version that never was on offer."""
    exact = KubernetesVersion.of(str(value))
    return exact if exact and trust(exact)[0] != UNKNOWN else choose(value, where=where).version


def shown(stage: Stage) -> dict[str, Any]:
    return {"control_plane": [*map(str, stage.control_plane)], "nodes": str(stage.nodes),
            "nodes_now": {name: str(stage.kubelet(name)) for name in stage.nodes_now}}


def kubelets_of(nodes: list[dict[str, Any]]) -> dict[str, KubernetesVersion]:
    found = {node["metadata"]["name"]: KubernetesVersion.of(node_object.kubelet_version(node)) for node in nodes}
    return {name: version for name, version in found.items() if version}
