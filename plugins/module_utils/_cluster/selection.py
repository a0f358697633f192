# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which hosts of the inventory a play is for. Names are compared, so none of them is ever a pattern."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import CONTROL_PLANE, NODE, NODE_POOLS, failed, registered
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of

Variables = Mapping[str, Any]
# results of the tasks that look at what is wanted of a cluster
SPEC, POOLS = "control_plane_spec", "node_pools_checked"


@dataclass(frozen=True, slots=True)
class Selection:
    """groups: group -> its hosts. hosts: host -> its variables, {} with --list-hosts, where Ansible has none.

    named: a cluster is given, by -e cluster=NAME or as a variable of the host that asks; cluster is it then.
    within: hosts that --limit leaves, None for all. at_once: clusters of a ring.
    """

    groups: Mapping[str, list[str]]
    hosts: Mapping[str, Variables]
    named: bool = False
    cluster: Any = None
    within: frozenset[str] | None = None
    at_once: int = 1
    # Ansible puts the variables of a host together each time that it is asked for them
    _asked: dict[str, Variables] = field(default_factory=dict, repr=False)

    def clusters(self) -> list[str]:
        """All of the inventory, or the one of the command line."""
        known = list(self.groups.get("clusters", []))
        return [name for name in known if name == self.cluster] if self.named else known

    def another_cluster(self) -> list[str]:
        """One that the run is about beside that of the host, if there is any: to look at all of them for each host takes time."""
        others = (name for name in self.groups.get("clusters", []) if name != self.cluster and self.of(name, SPEC))
        return [name for name in [next(others, None)] if name]

    def new_clusters(self) -> list[str]:
        """Those whose wish was found good in this run, and which don't run yet."""
        return [name for name in self.clusters() if self.of(name, SPEC).get("cluster") and not self.of(name, SPEC).get("runs") and self.is_good(name)]

    def is_good(self, cluster: str) -> bool:
        """Whether all that looked at what is wanted of it found nothing wrong."""
        asked = {name: self.variables(cluster)[name] for name in self.variables(cluster) if name.startswith((CONTROL_PLANE, NODE_POOLS))}
        return "pools" in self.of(cluster, POOLS) and not any(failed(result) for result in asked.values())

    def clusters_with_node_pools(self) -> list[str]:
        return [name for name in self.clusters() if self.of(name, POOLS).get("pools")]

    def nodes(self) -> list[str]:
        """Of all clusters, or of the one of the command line."""
        hosts = list(self.groups.get("nodes", []))
        return [name for name in hosts if name in self.groups.get(group_of(str(self.cluster)), [])] if self.named else hosts

    def nodes_of_new_clusters(self) -> list[str]:
        new = self.new_clusters()
        return [name for name in self.nodes() if self.cluster_of(name) in new] if new else []

    def nodes_to_fetch(self) -> list[str]:
        """Those that lack something, of new clusters all of whose nodes are well."""
        lacking, given_up = self.lacking_and_given_up()
        return [name for name in lacking if self.cluster_of(name) not in given_up]

    def nodes_to_clean(self) -> list[str]:
        """Those that fetched something, of new clusters that are not going to be made. One whose fetching failed has dropped it itself."""
        lacking, given_up = self.lacking_and_given_up()
        return [name for name in lacking if self.cluster_of(name) in given_up]

    def lacking_and_given_up(self) -> tuple[list[str], set[str]]:
        """Of new clusters the nodes that lack something, and the names of clusters with a node that failed."""
        new = self.nodes_of_new_clusters()
        broken = [name for name in new if failed(self.of(name, NODE))]
        return [name for name in new if name not in broken and self.of(name, NODE).get("lacking")], {self.cluster_of(name) for name in broken}

    def nodes_to_join(self) -> list[str]:
        """All that belong to a cluster, but those of one that just failed."""
        if not self.hosts:
            return self.nodes()
        known = set(self.groups.get("clusters", []))
        broken = {name for name in known if self.takes_part(name) and not self.of(name, "control_plane_noted").get("phase")}
        return [name for name in self.nodes() if self.cluster_of(name) in known - broken]

    def nodes_alone(self) -> list[str]:
        """Those whose cluster takes no part in this run, as with --limit web-1."""
        there = {name for name in self.groups.get("clusters", []) if self.takes_part(name)}
        return [name for name in self.nodes() if (cluster := self.cluster_of(name)) and cluster not in there]

    def rings(self) -> list[list[str]]:
        """Clusters that are upgraded side by side, each followed by its nodes; ring after ring."""
        there = self.within if self.within is not None else frozenset(name for names in self.groups.values() for name in names)
        clusters, nodes = [name for name in self.clusters() if name in there], set(self.groups.get("nodes", [])) & there
        parts = []
        for name in clusters:
            own = [host for host in self.groups.get(group_of(name), []) if host in nodes]
            # a play has a host once, though it may be in the groups of two clusters
            nodes -= set(own)
            parts.append([name, *own])
        return [[host for part in parts[begin:begin + self.at_once] for host in part] for begin in range(0, len(parts), self.at_once)]

    def upgrade_hosts(self) -> list[str]:
        return [host for ring in self.rings() for host in ring]

    def upgrade_rings(self) -> list[int]:
        """How many of those hosts each ring has."""
        return [len(ring) for ring in self.rings()]

    def takes_part(self, cluster: str) -> bool:
        """The first question of a run about a cluster is the one for its seed."""
        return bool(self.of(cluster, "seed_known"))

    def cluster_of(self, node: str) -> str:
        return str(self.variables(node).get("cluster") or "")

    def variables(self, host: str) -> Variables:
        if host not in self._asked:
            self._asked[host] = self.hosts[host] if self.hosts else {}
        return self._asked[host]

    def of(self, host: str, result: str) -> Variables:
        """The result that a task registered, or that of the look ahead at it. {} if neither came to it."""
        return registered(self.variables(host), result)


SELECTIONS: dict[str, Callable[[Selection], list[Any]]] = {
    "clusters": Selection.clusters, "another_cluster": Selection.another_cluster, "clusters_with_node_pools": Selection.clusters_with_node_pools,
    "nodes": Selection.nodes, "nodes_of_new_clusters": Selection.nodes_of_new_clusters, "nodes_to_fetch": Selection.nodes_to_fetch,
    "nodes_to_clean": Selection.nodes_to_clean, "nodes_to_join": Selection.nodes_to_join, "nodes_alone": Selection.nodes_alone,
    "upgrade_hosts": Selection.upgrade_hosts, "upgrade_rings": Selection.upgrade_rings,
}
