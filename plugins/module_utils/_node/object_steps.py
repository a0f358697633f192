# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run does to the Node object of a host that joins."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object


def join_steps(node: Mapping[str, Any] | None, *, name: str, cluster: str, provider_id: str, serving_ends: datetime | None, labels: Mapping[str, str],
               taints: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """node: as it is, None if the kubelet has still to register it."""
    if node is None:
        yield Step(f"Register node {name} in cluster {cluster}")
    elif node_object.is_ours_to_uncordon(node):
        yield Step(f"Uncordon node {name}, whose {'removal' if node_object.is_being_removed(node) else 'upgrade'} was interrupted")
    if node and node_object.provider_id_patch(node, provider_id):
        yield Step(f"Set the provider ID of node {name} to {provider_id}")
    yield from ends_steps(node, name=name, serving_ends=serving_ends)
    if node_object.labels_differ(node, labels) if node else labels:
        yield Step(f"Label node {name}: {', '.join(f'{key}={value}' for key, value in labels.items()) or 'none of ours'}")
    if node_object.taints_patch(node, taints) if node else taints:
        yield Step(f"Taint node {name}: {', '.join(map(node_object.taint_name, taints)) or 'none of ours'}")


def ends_steps(node: Mapping[str, Any] | None, *, name: str, serving_ends: datetime | None) -> Iterator[Step]:
    """Only what is noted about its certificate."""
    if node and serving_ends and node_object.ends_patch(node, serving_ends):
        yield Step(f"Note on node {name} that its serving certificate expires on {serving_ends:%Y-%m-%d}")
