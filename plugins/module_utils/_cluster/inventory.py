# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the records of a seed to what an inventory says about its clusters."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import variables
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of, name_mistake, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import specs as pool_specs


@dataclass(frozen=True, slots=True)
class ClusterHost:
    """wanted: variables that an inventory file would hold for the cluster. seen: variables about its state."""

    name: str
    group: str
    phase_group: str
    wanted: dict[str, Any]
    seen: dict[str, Any]


def host(seed: str, namespace: str, record: Record | InvalidInput) -> ClusterHost:
    """The host of one record. Raises InvalidInput if this collection can't have written it."""
    if isinstance(record, InvalidInput):
        raise record
    why = name_mistake(record.cluster) or ("" if namespace_of(record.cluster) == namespace else "it belongs to another cluster")
    if why or record.phase not in list(Phase):
        raise InvalidInput("A record of a cluster can't be used", where=f"seed {seed}, namespace {namespace}",
                           why=why or "its phase is unknown", fix="check who wrote ConfigMap cluster-record there")
    return ClusterHost(record.cluster, group_of(record.cluster), f"phase_{record.phase.lower()}",
                       wanted={**variables(record.spec), "cluster": record.cluster, "seed": seed},
                       seen={"cluster_phase": record.phase, "cluster_since": record.since, "cluster_last_error": record.last_error,
                             "cluster_node_error": record.node_error, "cluster_versions": record.versions,
                             "cluster_node_pools": list(pool_specs.recorded(record).values())})


def check_unique(hosts: Iterable[ClusterHost], new: ClusterHost) -> None:
    """Raises InvalidInput if a cluster of this name, and thus a host, came from another seed already."""
    for known in hosts:
        if known.group == new.group:
            raise InvalidInput(f"Cluster {new.name} is in two seeds, {known.wanted['seed']} and {new.wanted['seed']}",
                               fix="use one inventory for each seed, or delete one of the clusters")
