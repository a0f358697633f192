# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an upgrade does to a cluster, from its record and from what was seen to run."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade import path_lines
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, Stage, path

# the path tells of it
_OF_KUBERNETES = ("kubernetes",)
# on machines; their change ends containers
_OF_NODES = ("containerd", "runc")


@dataclass(frozen=True, slots=True)
class Steps:
    """stages: one after the other. components: name -> its version now and afterwards, of all that is not Kubernetes itself. drains: nodes are drained."""

    stages: tuple[Stage, ...]
    components: Mapping[str, tuple[str, str]]
    drains: bool

    def __bool__(self) -> bool:
        return bool(self.stages)

    def lines(self, runs: Runs) -> list[str]:
        return [*path_lines.lines(runs, self.stages), *(f"{name}: {was} -> {now}" for name, (was, now) in self.components.items())]


def steps(record: Record, running: Components, runs: Runs, row: Components, offered: Iterable[KubernetesVersion],
          pinned: Mapping[str, KubernetesVersion]) -> Steps:
    """running: the row of what the record says runs. row: of the version that is wanted. Raises InvalidInput for a way that does not exist."""
    wanted = KubernetesVersion.of(row.kubernetes)
    stages = path(runs, wanted, offered, pinned)
    components = changes(running, row, str(record.spec.get("cloud_provider")))
    unfinished = record.phase == Phase.UPDATING or running.kubernetes != row.kubernetes or bool(components)
    if unfinished and not any(stage.control_plane for stage in stages):
        # a run was killed after kube-apiserver and before the rest, or what belongs to this version is another than when it was installed
        stages = (replace(stages[0], control_plane=(wanted,)), *stages[1:]) if stages else (Stage((wanted,), wanted, ()),)
    return Steps(stages, components, drains(stages, runs, components))


def nodes_to_do(stages: tuple[Stage, ...], nodes: Iterable[Mapping[str, Any]], row: Components) -> list[str]:
    """Names of nodes that the first stage goes over: those with an older kubelet or another containerd, and those that an earlier run has begun with."""
    older = set(stages[0].nodes_now) if stages else set()
    unfinished = node_object.names(nodes, lambda node: node_object.is_being_upgraded(node) or node_object.containerd_version(node) not in ("", row.containerd))
    return sorted({*older, *unfinished})


def changes(running: Components, row: Components, cloud_provider: str) -> dict[str, tuple[str, str]]:
    """Of what the cluster has: rows also name what clusters at providers have."""
    integration = registry.INTEGRATIONS.get(cloud_provider)
    own = {one.name for one in integration.components} if integration else set()
    elsewhere = {*_OF_KUBERNETES, *(one.name for one in registry.components() if one.name not in own)}
    was, now = running.versions(), row.versions()
    return {name: (was.get(name, "none"), version) for name, version in now.items() if name not in elsewhere and was.get(name) != version}


def drains(stages: Iterable[Stage], runs: Runs, components: Mapping[str, tuple[str, str]]) -> bool:
    """A kubelet of another minor, or another containerd, ends containers; a newer patch of the kubelet doesn't."""
    moves = any(runs.kubelets[name].minor_release != stage.kubelet(name).minor_release for stage in stages for name in stage.nodes_now)
    return moves or any(name in components for name in _OF_NODES)
