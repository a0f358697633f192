# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nodes of a cluster that no host of the inventory is: they would go on running its containers after it was deleted."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import no_pool


def unlisted(cluster: str, nodes: Iterable[Mapping[str, Any]], inventory: Iterable[str], record: Record | None) -> list[str]:
    """Names, sorted. inventory: node names of its hosts. Machines of the cluster's pools are found at their provider, and need no host."""
    pools = [no_pool(cluster, "", name) for name in (record.pools if record else {})]
    known = set(inventory)
    names = {str(node["metadata"]["name"]) for node in nodes}
    return sorted(name for name in names - known if not any(pool.is_machine_name(name) for pool in pools))
