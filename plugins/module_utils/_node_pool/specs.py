# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what an inventory, a command line and the record say about node pools to the pools that are wanted."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import networks
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, check_unique, node_pool, pool_name
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

# in the record: what the pool is to be, beside its provider and its intent log
SPEC = "spec"
KEYS = tuple(one.name for one in fields(NodePool) if one.name != "cluster")


@dataclass(frozen=True, slots=True)
class Wanted:
    """pools: to be brought to their node_count. hints: sentences for users who would be surprised later. machines: of all pools of the cluster together.

    by_record: names of those that only the record describes. Others may write that, so no machine is made by it.
    """

    pools: tuple[NodePool, ...]
    hints: tuple[str, ...] = ()
    machines: int = 0
    by_record: tuple[str, ...] = ()


def providers() -> tuple[str, ...]:
    """Those that make machines."""
    return tuple(registry.DESCRIPTIONS)


def spec_of(pool: NodePool) -> dict[str, Any]:
    """As an inventory would say it, without what is a default."""
    said = {}
    for one in fields(NodePool):
        value = getattr(pool, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if one.name != "cluster" and value != default:
            said[one.name] = list(value) if isinstance(value, tuple) else value
    return said


def recorded(record: Record | None) -> dict[str, dict[str, Any]]:
    """Name of a pool -> its spec, of those whose spec the record holds."""
    found = {name: entry.get(SPEC) for name, entry in (record.pools if record else {}).items() if isinstance(entry, dict)}
    own = {name: spec for name, spec in sorted(found.items()) if isinstance(spec, dict) and spec.get("name") == name}
    return {name: {key: spec[key] for key in KEYS if key in spec} for name, spec in own.items()}


def bound(record: Record | None) -> list[dict[str, str]]:
    """Pools that may have machines."""
    return [{"name": name, "provider": str(entry["provider"])} for name, entry in sorted((record.pools if record else {}).items())
            if isinstance(entry, dict) and entry.get("provider")]


def check_removable(cluster: str, record: Record | None) -> None:
    """Raises InvalidInput if the cluster has machines at a provider that this release does not know."""
    unknown = sorted({one["provider"] for one in bound(record)} - {*providers()})
    if unknown:
        raise InvalidInput(f"Cluster {cluster} has machines at {', '.join(unknown)}, which this release of the collection can't remove",
                           why="nothing was removed", fix="use the release that made them")


def noted(record: Record, pools: Iterable[NodePool]) -> Record:
    """The record with these specs. A pool without machines is at no provider yet."""
    def entry(pool: NodePool) -> dict[str, Any]:
        before = record.pools.get(pool.name)
        return {**(before if isinstance(before, dict) else {"provider": ""}), SPEC: spec_of(pool)}
    return replace(record, pools={**record.pools, **{pool.name: entry(pool) for pool in pools}})


def wanted(cluster: str, given: Any, record: Record | None, *, pool: Any = None, node_count: Any = None) -> Wanted:
    """given: node_pools of the inventory, which counts more than the record; None if it says nothing. pool, node_count: of the command line.

    Everything is looked at, also what is not asked for now. Raises InvalidInput for the first mistake.
    """
    listed = {spec["name"]: spec for spec in _listed(cluster, given)}
    known = recorded(record)
    specs: dict[str, Mapping[str, Any]] = {**listed, **{name: spec for name, spec in known.items() if name not in listed}}
    chosen = _chosen(cluster, list(specs), pool, node_count, [one["name"] for one in bound(record)])
    pools = []
    for name, spec in specs.items():
        asked = node_count if name in chosen else None
        pools.append(_pool(cluster, spec, asked if asked is not None else _count(cluster, spec, known.get(name) or {}, listed=name in listed)))
        intent_log.check_provider(record, name, pools[-1].provider)
    _check_firewalls(cluster, pools)
    asked_for = tuple(one for one in pools if one.name in chosen)
    return Wanted(asked_for, (*_hints(asked_for, listed), *_open_networks(asked_for)), sum(one.node_count for one in pools),
                  tuple(one.name for one in asked_for if one.name not in listed))


def check_room(cluster: str, pod_cidr: Any, *, machines: int, own_nodes: int) -> None:
    """Raises InvalidInput if a node would get no addresses for its pods. own_nodes: nodes that are not machines of a pool."""
    pods = networks.network(pod_cidr, networks.POD_SIZE, where="pod_cidr")
    room, nodes = networks.room_for_nodes(pods), machines + own_nodes
    if nodes > room:
        raise InvalidInput(f"Cluster {cluster} would have {nodes} nodes, and pod_cidr {pods} has room for {room}", where="pod_cidr, node_count",
                           why=f"{networks.POD_SIZE.why}", fix="have fewer nodes, or give a new cluster a wider pod_cidr: it can't change later")


def _check_firewalls(cluster: str, pools: Iterable[NodePool]) -> None:
    """At some providers a firewall stands before all machines of the cluster. Raises InvalidInput if it would shut some to everybody."""
    pools = list(pools)
    for name, provider in registry.DESCRIPTIONS.items():
        at = [one for one in pools if one.provider == name and provider.firewall_of_the_cluster]
        closed, open_ones = [one.name for one in at if one.ssh_cidrs], [one.name for one in at if not one.ssh_cidrs and one.node_count]
        if closed and open_ones:
            raise InvalidInput(f"Node pool {open_ones[0]} has no ssh_cidrs, and {closed[0]} has", where=f"node_pools of cluster {cluster}",
                               why=f"a firewall at {provider.title} applies to all machines of a cluster",
                               fix="write ssh_cidrs for all pools there, or for none")


def _hints(pools: Iterable[NodePool], listed: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for pool in pools:
        said = listed.get(pool.name, {}).get("node_count", pool.node_count)
        if str(said) != str(pool.node_count):
            yield f"The inventory said node_count: {said} for node pool {pool.name}. Where a file says so, write {pool.node_count}, or the next run goes back."


def _open_networks(pools: Iterable[NodePool]) -> Iterator[str]:
    for pool in pools:
        if pool.has_nodes_at_public_addresses and pool.node_count and not pool.node_address and not pool.network:
            yield (f"Nodes of pool {pool.name} talk to each other over public addresses, in clear text. If all nodes of the cluster are in one VPC, "
                   "write its id as network. If public addresses are meant, write node_address: public.")


def _listed(cluster: str, given: Any) -> list[dict[str, Any]]:
    where = f"node_pools of cluster {cluster}"
    if given in (None, ""):
        return []
    if not isinstance(given, (list, tuple)):
        raise InvalidInput(f"node_pools {shown(given)} is not a list", where=where, fix="write them as a list, each with name, provider and node_count")
    for number, spec in enumerate(given, start=1):
        if not isinstance(spec, dict):
            raise InvalidInput(f"Node pool {number} is {shown(spec)}, not a mapping", where=where, fix="give it name, provider and node_count")
        unknown = [key for key in spec if key not in KEYS]
        if unknown:
            raise InvalidInput(f"{shown(unknown[0])} is not a key of a node pool", where=f"node pool {shown(spec.get('name'))} of cluster {cluster}",
                               fix=f"it can have {', '.join(KEYS)}")
        pool_name(spec.get("name"), cluster)
        if spec.get("provider") not in providers():
            own = " machines of your own are hosts of the group nodes, not a node pool;" if spec.get("provider") == "hosts" else ""
            raise InvalidInput(f"Provider {shown(spec.get('provider'))} of node pool {spec['name']} makes no machines", where=where,
                               fix=f"{own} use {' or '.join(providers())}".strip())
    check_unique(cluster, [spec["name"] for spec in given])
    return list(given)


def _chosen(cluster: str, names: list[str], pool: Any, node_count: Any, others: list[str]) -> list[str]:
    there = f"its pools: {', '.join(names)}" if names else "it has none"
    if pool is not None:
        if pool in others and pool not in names:
            raise InvalidInput(f"Node pool {shown(pool)} is not defined", where=f"cluster {cluster}",
                               why="its record does not contain it", fix="write the pool into node_pools of the cluster")
        if pool not in names:
            raise InvalidInput(f"Cluster {cluster} has no node pool {shown(pool)}", why=there, fix="name one of them, or write it into node_pools")
        return [pool]
    if node_count is not None and len(names) > 1:
        raise InvalidInput(f"Cluster {cluster} has {len(names)} node pools, and node_count is for one", why=there, fix=f"add -e pool={names[0]}")
    return names


def _count(cluster: str, spec: Mapping[str, Any], recorded: Mapping[str, Any], *, listed: bool) -> Any:
    """Of the inventory, else of the record, as far as the inventory lets it. listed: the inventory describes the pool."""
    said = spec.get("node_count")
    if said not in (None, "") or recorded.get("node_count") is None:
        return None if said == "" else said
    if listed and spec.get("max_node_count") in (None, ""):
        raise InvalidInput(f"Node pool {spec['name']} has no node_count", where=f"node_pools of cluster {cluster}",
                           why=f"its record says {shown(recorded['node_count'])}, and others may write that",
                           fix="write node_count, or max_node_count: then the record counts up to that")
    return recorded["node_count"]


def _pool(cluster: str, spec: Mapping[str, Any], count: Any) -> NodePool:
    if spec.get("provider") not in providers():
        raise InvalidInput(f"Machines at {shown(spec.get('provider'))} are not supported by this release of the collection",
                           where=f"node pool {spec['name']} of cluster {cluster}", fix=f"use {' or '.join(providers())}")
    if count is None:
        raise InvalidInput(f"Node pool {spec['name']} has no node_count", where=f"node_pools of cluster {cluster}",
                           fix="write how many machines there shall be")
    return node_pool(cluster, str(spec.get("provider")), {**spec, "node_count": count})
