# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides from machines of node pools, Nodes and pinned host keys to which machines a run has to log in, and how."""
from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import POOL_LABEL, NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import provider as cloud_provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|sk-[a-z0-9@.-]+) ([A-Za-z0-9+/]{40,2000}={0,2})", re.ASCII)
# the shortest that everybody has first
_PREFERRED = ("ssh-ed25519 ", "ecdsa-sha2-nistp256 ", "ecdsa-", "ssh-rsa ")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PoolHost:
    """A machine as a host that can be logged in to. join: why it has to become a node, "" if it is one as it should be.

    alias: by which its host key is known, made of the machine's id: an address may be another machine's tomorrow. keys: what is pinned, or what the
    provider tells of it. pinned: the record holds keys. provider_id: what the cloud controller manager calls the machine. node_address: of the node, "" for
    the one from which the machine reaches the seed.
    """

    name: str
    pool: str
    machine: str
    address: str
    user: str
    alias: str
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]
    join: str = ""
    keys: tuple[str, ...] = ()
    pinned: bool = False
    provider_id: str = ""
    node_address: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """hosts: of machines that are switched on. off: names of those that are not. stale: Nodes whose machine is gone. forgotten: pins that mean nothing
    any more."""

    hosts: tuple[PoolHost, ...]
    off: tuple[str, ...]
    stale: tuple[str, ...]
    forgotten: tuple[str, ...]


def host_keys(given: Any) -> tuple[str, ...]:
    """Lines "TYPE KEY", without comments and what is no key."""
    found = [_KEY.match(line) for line in (given if isinstance(given, (list, tuple)) else ()) if isinstance(line, str)]
    return tuple(dict.fromkeys(match[0] for match in found if match))


def one_key(keys: Sequence[str]) -> tuple[str, ...]:
    """The one that is pinned: ssh then asks for a key of that kind. Keys of all kinds would fill the record three times as fast."""
    return tuple(sorted(keys, key=lambda key: next((rank for rank, kind in enumerate(_PREFERRED) if key.startswith(kind)), len(_PREFERRED)))[:1])


def one_key_each(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """The same pins, each of one key; runs of the first release pinned all keys of a machine."""
    def short(pin: Any) -> Any:
        known = host_keys(pin.get("host_keys")) if isinstance(pin, dict) else ()
        return {**pin, "host_keys": list(one_key(known))} if len(known) > 1 else pin

    return {name: short(pin) for name, pin in nodes.items()}


def alias(provider: str, machine_id: str) -> str:
    if not _ID.fullmatch(machine_id):
        raise InvalidInput(f"{machine_id[:80]!r} can't be the id of a machine", where=provider)
    return f"{provider}-{machine_id}".lower()


def look(pools: Iterable[NodePool], machines: Mapping[str, Sequence[tuple[Machine, tuple[str, ...]]]], nodes: Iterable[Mapping[str, Any]], record: Record, *,
         labels: Mapping[str, str] | None = None, taints: Sequence[Mapping[str, str]] = ()) -> Picture:
    """machines: pool -> its machines and the host keys that the provider tells. nodes: all of the cluster. labels, taints: of all nodes of the cluster."""
    by_name = {node["metadata"]["name"]: node for node in nodes}
    hosts, off, stale, forgotten = [], [], [], []
    for pool in pools:
        there = {machine.name: machine for machine, dummy in machines.get(pool.name, ())}
        for machine, told in machines.get(pool.name, ()):
            if machine.state is not State.RUNNING or not machine.address:
                off.append(machine.name)
                continue
            host = _host(pool, machine, told, record, {**(labels or {}), **pool.labels, POOL_LABEL: pool.name}, (*taints, *pool.taints))
            gone = _of_former_machine(record, host)
            node = None if gone else by_name.get(machine.name)
            host = replace(host, node_address=_node_address(pool, machine, node))
            hosts.append(replace(host, join="its node belongs to a machine that is gone" if gone and machine.name in by_name else _why(node, host)))
            if gone and machine.name in by_name:
                stale.append(machine.name)
        for name, pin in record.nodes.items():
            if isinstance(pin, dict) and pin.get("pool") == pool.name and name not in there:
                forgotten.append(name)
                # a list of machines may be wrong; a node that still reports is not
                if name in by_name and not node_object.ready(by_name[name])[0]:
                    stale.append(name)
    return Picture(tuple(hosts), tuple(off), tuple(stale), tuple(forgotten))


def _host(pool: NodePool, machine: Machine, told: Sequence[str], record: Record, labels: Mapping[str, str], taints: Sequence[Mapping[str, str]]) -> PoolHost:
    name = alias(pool.provider, machine.id)
    pin = record.nodes.get(machine.name)
    pinned = host_keys(pin.get("host_keys")) if isinstance(pin, dict) and pin.get("machine") == name else ()
    known = registry.DESCRIPTIONS.get(pool.provider)
    return PoolHost(
        name=machine.name, pool=pool.name, machine=machine.id, address=machine.address, alias=name, user=pool.ssh_user or (known.ssh_user if known else "root"),
        labels=labels, taints=tuple(taints), keys=pinned or one_key(told), pinned=bool(pinned),
        provider_id=cloud_provider.provider_id(pool.provider, machine.id, machine.region))


def _node_address(pool: NodePool, machine: Machine, node: Mapping[str, Any] | None) -> str:
    """"" for the address from which the machine reaches the seed. A node keeps the address it has: others know it by that."""
    if not pool.has_nodes_at_public_addresses:
        return ""
    wanted = machine.private_address if pool.has_private_nodes else machine.address
    has = [one for one in (node_object.addresses(node) if node else ()) if one and one in (machine.address, machine.private_address)]
    if has and wanted not in has:
        wanted = has[0]
    if not wanted:
        raise InvalidInput(f"Machine {machine.name} has no address in a private network", where=f"node pool {pool.name} of cluster {pool.cluster}",
                           why="its node is to have one", fix="replace the machine, or write node_address: public")
    return "" if wanted == machine.address else wanted


def _of_former_machine(record: Record, host: PoolHost) -> bool:
    pin = record.nodes.get(host.name)
    return isinstance(pin, dict) and bool(pin.get("machine")) and pin["machine"] != host.alias


def _why(node: Mapping[str, Any] | None, host: PoolHost) -> str:
    if node is None:
        return "it is not a node yet"
    ready, message = node_object.ready(node)
    if not ready:
        return f"its node is not ready ({message})" if message else "its node is not ready"
    if node_object.is_being_removed(node):
        return "its removal was interrupted"
    if node_object.labels_differ(node, host.labels):
        return "its labels differ"
    return "its taints differ" if node_object.taints_patch(node, host.taints) else ""


def pinned(record: Record, hosts: Iterable[PoolHost], forgotten: Iterable[str]) -> Record:
    """The record with the keys of these hosts, and without those of machines that are gone."""
    gone = set(forgotten)
    kept = one_key_each({name: pin for name, pin in record.nodes.items() if name not in gone})
    return replace(record, nodes={**kept, **{host.name: {"pool": host.pool, "machine": host.alias, "host_keys": list(host.keys)} for host in hosts}})


def known_hosts(hosts: Iterable[PoolHost]) -> str:
    return "".join(f"{host.alias} {key}\n" for host in hosts for key in host.keys)


def strict(host: PoolHost, known_hosts: str) -> str:
    """Arguments of ssh by which no other host key is accepted than those in that file, whatever address the machine has."""
    words = (f"HostKeyAlias={host.alias}", f'UserKnownHostsFile="{known_hosts}"', "GlobalKnownHostsFile=/dev/null", "StrictHostKeyChecking=yes",
             "CheckHostIP=no", "UpdateHostKeys=no")
    return " ".join(f"-o {shlex.quote(word)}" for word in words)
