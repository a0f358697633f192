# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the record of a cluster can hold what is about to be made: a machine whose host key can't be kept could neither join nor go."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool

# of a ConfigMap; an eighth is left for what a run notes while it makes and removes machines
CONFIG_MAP = 2**20
MOST = CONFIG_MAP * 7 // 8
# as long as ids and keys of machines are
_PIN = {"machine": "x" * 24, "host_keys": ["ssh-ed25519 " + "A" * 68]}


def with_machines(record: Record, pools: Iterable[NodePool]) -> Record:
    """The record as it will be once all machines of these pools are there."""
    pins = {pool.machine_name(number): {"pool": pool.name, **_PIN} for pool in pools for number in range(1, pool.node_count + 1)}
    return replace(record, nodes={**pins, **pool_hosts.one_key_each(record.nodes)})


def check(record: Record, pools: Iterable[NodePool]) -> None:
    """Raises InvalidInput if the machines of these pools, with those that are there already, are too many."""
    full = with_machines(record, pools)
    size = len(full.stored().encode())
    if size > MOST:
        raise InvalidInput(f"Cluster {record.cluster} can't have so many machines: its record, which keeps the host key of each of {len(full.nodes)}, "
                           f"would have {size // 1024} KiB", where="node pools", why=f"a ConfigMap holds {CONFIG_MAP // 1024} KiB",
                           fix="ask for fewer machines, or spread them over several clusters")
