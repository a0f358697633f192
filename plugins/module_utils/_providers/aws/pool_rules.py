# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS takes of what a node pool may have."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool

# AWS takes 50, some of which the collection needs for its own marks
MOST_TAGS = 40
LONGEST_TAG_KEY = 128


def check(pool: NodePool) -> None:
    """Raises InvalidInput with the first thing that is wrong."""
    where = f"node pool {pool.name} of cluster {pool.cluster}"
    for one, other in (("ssh_keys", "ssh_public_key"), ("security_groups", "ssh_cidrs"), ("subnets", "zones"), ("subnets", "network")):
        if getattr(pool, one) and getattr(pool, other):
            raise InvalidInput(f"{one} and {other} can't be given together", where=where, fix="leave one of them out")
    if len(pool.ssh_keys) > 1:
        raise InvalidInput(f"ssh_keys names {len(pool.ssh_keys)} key pairs", where=where, why="a machine at AWS gets one", fix="name one")
    if len(pool.tags) > MOST_TAGS:
        raise InvalidInput(f"{len(pool.tags)} tags are too many", where=where, fix=f"use at most {MOST_TAGS}")
    keys = [tag.partition(":")[0] for tag in pool.tags]
    for tag, key in zip(pool.tags, keys, strict=True):
        if key.lower() in ("aws", "name", "") or len(key) > LONGEST_TAG_KEY or keys.count(key) > 1:
            raise InvalidInput(f"Tag {shown(tag)} can't be given", where=where,
                               why=f"its key is what stands before the first ':', and {shown(key)} is not free or not possible", fix="choose another key")


def check_somebody_comes_in(pool: NodePool) -> None:
    """Raises InvalidInput if no SSH connection would ever reach the machines."""
    if not (pool.ssh_cidrs or pool.security_groups):
        raise InvalidInput("No SSH access to the machines is configured", where=f"node pool {pool.name} of cluster {pool.cluster}",
                           fix="give ssh_cidrs with the address of the control host, such as 203.0.113.7/32, or security_groups that let it in")
