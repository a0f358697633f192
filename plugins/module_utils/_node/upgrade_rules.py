# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decisions about the versions of a node that runs: what it keeps, to which kubelet an upgrade brings it, and whether its pods must leave for that."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components, is_meant
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import PLACES, Capability, Host, minor
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.cluster_access import ClusterAccess

# what runs containers: under another version of these no pod stays
RUNTIME = ("containerd", "runc")
# MiB: downloads and the copies of what they replace lie in one place
ROOM = {"usr": 200, "downloads": 400}
# of the host's own words, which become parts of URLs
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def as_installed(cluster: ClusterAccess, host: Host) -> ClusterAccess:
    """The cluster as a node sees it that runs: with the runtime that is installed there, whatever runs elsewhere by now."""
    row = installed_components(cluster.components, host)
    return replace(cluster, components=row, pause_image=f"{cluster.pause_image.rpartition(':')[0]}:{row.pause}")


def installed_components(row: Components, host: Host) -> Components:
    """The row with what is installed on the host in place of what runs containers elsewhere."""
    said = {**{name: host.installed.get(name, "") for name in ("containerd", "runc", "cni_plugins")}, "pause": host.sandbox_image.rpartition(":")[2]}
    return replace(row, **{name: version for name, version in said.items() if VERSION.fullmatch(version)})


def kubelet_target(*, cluster: str, wanted: str | None, runs: str, capability: Capability, known: Iterable[str]) -> tuple[str, list[str]]:
    """Version to which an upgrade brings the kubelet, and warnings. Raises InvalidInput. cluster, wanted, capability, known: as of kubelet_version.

    runs: the kubelet before. It never gets an older one.
    """
    if not wanted and nodes.age(runs) > nodes.age(cluster):
        return runs, [f"kubelet {runs} runs here, which is newer than the control plane ({cluster}). Remove the node (remove_node) and let it join again"]
    version, warnings = nodes.kubelet_version(cluster=cluster, wanted=wanted, capability=capability, known=known)
    if nodes.age(version) >= nodes.age(runs):
        return version, warnings
    if wanted and not is_meant(wanted, runs):
        raise InvalidInput(f"kubelet {runs} runs on this node, and {version} would be a downgrade", where=nodes.WANTED,
                           fix=f"write {nodes.WANTED}: '{runs}', or remove the node (remove_node) and let it join again")
    return runs, []


def check_others(name: str, others: Iterable[Mapping[str, Any]], *, run: str, at_once: int) -> None:
    """Raises InvalidInput if the run must not begin with one more node. others: the other Nodes of the cluster. at_once: how many it upgrades at a time."""
    failed = node_object.names(others, lambda node: node_object.upgrade_failed_in(node) == run)
    if failed:
        raise InvalidInput(f"Node {name} stays as it is, because the upgrade of node {failed[0]} failed in this run",
                           fix=f"mend what is wrong with {failed[0]}, then run this again")
    begun = node_object.names(others, node_object.is_being_upgraded)
    if len(begun) >= at_once:
        raise InvalidInput(f"Node {name} stays as it is, because the upgrade of {', '.join(begun)} has begun and has not ended",
                           why=f"at most {at_once} at a time are without pods (upgrade_max_unavailable)",
                           fix=f"let the run reach {', '.join(begun)}, which it completes first, or remove what can't come back (remove_node)")


@dataclass(frozen=True, slots=True)
class Change:
    """Of one node. before, after: name -> version, of kubelet, containerd, runc and cni_plugins. began: an earlier run began it and did not end it."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    began: bool = False

    @classmethod
    def of(cls, host: Host, after: Mapping[str, str]) -> Change:
        return cls({name: host.former.get(name) or host.installed.get(name, "") for name in after}, dict(after), host.upgrade_began)

    @property
    def names(self) -> tuple[str, ...]:
        """Of what gets another version."""
        return tuple(name for name, version in self.after.items() if self.before.get(name) != version)

    @property
    def needs_drain(self) -> bool:
        """A kubelet of the same minor release takes over the pods of the one before it; upstream asks for empty nodes in between two of them."""
        return minor(self.before.get("kubelet", "")) != minor(self.after["kubelet"]) or any(name in RUNTIME for name in self.names)

    def lacking_room(self, host: Host) -> list[str]:
        """Sentences. An upgrade that began has what it needs."""
        if self.began or not self.names:
            return []
        return [f"{PLACES[place]} has {host.free.get(place, 0)} MiB free, at least {least} are needed" for place, least in ROOM.items()
                if host.free.get(place, 0) < least]

    def __str__(self) -> str:
        changes = [f"{name} {self.before.get(name) or 'none'} -> {self.after[name]}" for name in self.names]
        return ", ".join(changes) or f"configuration of kubelet {self.after['kubelet']}"
