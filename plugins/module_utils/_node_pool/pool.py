# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user wants of a node pool: alike machines of one provider that are nodes of one cluster."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._node import labels_and_taints as node_marks
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import option_rules as options
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.option_rules import MOST
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

# what a node's name may have, see _node/join_rules.py
LONGEST_MACHINE_NAME = 52

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?", re.ASCII)
_MACHINE_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
# every node of a pool carries its name
POOL_LABEL = "kubermatic.caas/node-pool"
# which of its addresses a machine has as a node
NODE_ADDRESSES = ("private", "public")


@dataclass(frozen=True, slots=True)
class NodePool:
    """node_count: how many machines there shall be. min_node_count, max_node_count: what node_count may be. zones: for providers that have them.

    disk: GiB, None for what the size brings. tags: the user's own. labels, taints: of its nodes, in the form of role node.
    ssh_keys: names of keys that the provider has. network: the provider's id of a private network, "" for its default.
    ssh_user: the login user, "" for the usual one of the provider's images.
    subnets: ids; machines are spread over them. public_address: None for what the subnet says. ssh_public_key: becomes a key of the provider's.
    ssh_cidrs: who may reach the machines by SSH. security_groups: ids, in place of those that the pool gets of its own.
    node_address: one of NODE_ADDRESSES, "" for the provider's usual one.
    """

    cluster: str
    name: str
    provider: str
    node_count: int
    region: str
    size: str
    image: str
    min_node_count: int = 0
    max_node_count: int = MOST
    zones: tuple[str, ...] = ()
    disk: int | None = None
    network: str = ""
    ssh_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    taints: tuple[dict[str, str], ...] = ()
    ssh_user: str = ""
    subnets: tuple[str, ...] = ()
    public_address: bool | None = None
    ssh_public_key: str = ""
    ssh_cidrs: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    node_address: str = ""

    @property
    def has_nodes_at_public_addresses(self) -> bool:
        """Unless another is named."""
        known = registry.DESCRIPTIONS.get(self.provider)
        return known is not None and known.nodes_at_public_addresses

    @property
    def has_private_nodes(self) -> bool:
        """Nodes talk to each other over the private network; one that the user named is meant for that."""
        return self.node_address == "private" or (not self.node_address and bool(self.network) and self.has_nodes_at_public_addresses)

    def machine_name(self, number: int) -> str:
        return f"{self.cluster}-{self.name}-{number}"

    def is_machine_name(self, name: str) -> bool:
        """True if a machine of this pool could be called so."""
        prefix, dummy, number = name.rpartition("-")
        return prefix == f"{self.cluster}-{self.name}" and bool(_MACHINE_NUMBER.fullmatch(number))


# MiB
LEAST_MEMORY = 1024


def pool_name(name: Any, cluster: str, most: int = MOST) -> str:
    """The name itself. Raises InvalidInput, also if the names of its machines would become too long."""
    where = f"node pool of cluster {cluster}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(f"Node pool name {shown(name)} is not valid", where=where,
                           fix="use lower-case letters, digits and '-', first a letter, last a letter or digit")
    room = LONGEST_MACHINE_NAME - len(f"{cluster}--{most}")
    if len(name) > room:
        raise InvalidInput(f"Node pool name {shown(name)} is too long", where=where,
                           why=f"its machines are called {cluster}-{name[:10]}...-{most}, and {LONGEST_MACHINE_NAME} characters are the most",
                           fix=f"use at most {room} characters")
    return name


def check_memory(pool: NodePool, mebibytes: Any, where: str) -> None:
    """mebibytes: of the size, None if its provider does not tell. Part of it is the kernel's. Raises InvalidInput if no node fits in."""
    if isinstance(mebibytes, int) and mebibytes < LEAST_MEMORY:
        raise InvalidInput(f"Size {pool.size} has {mebibytes} MiB of memory", where=where, why=f"a node needs a size of at least {LEAST_MEMORY} MiB",
                           fix="use a larger size")


def _check_provider_has(given: dict[str, Any], provider: str, where: str) -> None:
    for key, providers in registry.pool_options().items():
        if provider not in providers and given.get(key) not in (None, "", [], ()):
            raise InvalidInput(f"{key} is only for node pools at {' and '.join(providers)}", where=where, fix="leave it out")


def node_pool(cluster: str, provider: str, given: dict[str, Any]) -> NodePool:
    """The pool that the variables describe; null and empty ones were not given. Raises InvalidInput with the first thing that is wrong."""
    given = {key: value for key, value in given.items() if value not in (None, "")}
    name = pool_name(given.get("name"), cluster)
    where = f"node pool {name} of cluster {cluster}"
    least = options.whole_number(given.get("min_node_count") or 0, "min_node_count", where)
    most = MOST if given.get("max_node_count") is None else options.whole_number(given["max_node_count"], "max_node_count", where)
    if least > most:
        raise InvalidInput(f"min_node_count {least} is more than max_node_count {most}", where=where, fix="swap them")
    count = options.whole_number(given.get("node_count"), "node_count", where)
    if not least <= count <= most:
        raise InvalidInput(f"node_count {count} is {'more than max_node_count ' + str(most) if count > most else 'less than min_node_count ' + str(least)}",
                           where=where, fix="change node_count, or the limit if that is meant")
    _check_provider_has(given, provider, where)
    return NodePool(
        cluster=cluster, name=name, provider=provider, node_count=count, min_node_count=least, max_node_count=most,
        region=options.word(given.get("region"), "Region", where), size=options.word(given.get("size"), "Size", where),
        image=options.word(given.get("image"), "Image", where), zones=options.words(given, "zones", "Zone", where),
        disk=None if given.get("disk") is None else options.whole_number(given["disk"], "disk", where, least=10, most=100_000),
        network=options.network(given.get("network"), where),
        ssh_keys=options.words(given, "ssh_keys", "SSH key", where),
        tags=options.words(given, "tags", "Tag", where, options.tag),
        labels=node_marks.labels(given.get("labels"), where), taints=node_marks.taints(given.get("taints"), where),
        ssh_user=options.ssh_user(given.get("ssh_user"), where),
        subnets=options.words(given, "subnets", "Subnet", where), security_groups=options.words(given, "security_groups", "Security group", where),
        public_address=options.switch(given.get("public_address"), "public_address", where),
        ssh_public_key=options.public_key(given.get("ssh_public_key"), where),
        ssh_cidrs=options.words(given, "ssh_cidrs", "ssh_cidrs", where, options.cidr),
        node_address=options.one_of(given.get("node_address"), NODE_ADDRESSES, "node_address", where))


def no_pool(cluster: str, provider: str, name: Any) -> NodePool:
    """The pool of that name with nothing in it."""
    return NodePool(cluster=cluster, name=pool_name(name, cluster), provider=provider, node_count=0, region="", size="", image="")


def check_unique(cluster: str, names: Iterable[str]) -> None:
    """Raises InvalidInput if two pools of one cluster have one name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(f"Two node pools are called {shown(name)}", where=f"cluster {cluster}", fix="give each a name of its own")
        seen.add(name)
