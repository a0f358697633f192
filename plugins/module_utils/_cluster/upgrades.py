# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Upgrades that have not ended, and newer versions that wait for a cluster."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object

MOST_NAMED = 3


def unfinished(record: Record) -> list[str]:
    """A line about an upgrade that has begun and not ended."""
    if record.phase != Phase.UPDATING:
        return []
    return [f"the upgrade from Kubernetes {record.upgrade.get('from')} to {record.upgrade.get('to')} began at {record.upgrade.get('began')} and has not ended. "
            f"Go on: ansible-playbook kubermatic.caas.upgrade -e cluster={record.cluster}"]


def waiting(version: str, nodes: Iterable[Mapping[str, Any]] | None) -> list[str]:
    """A line each about a newer patch of the release that runs, and about nodes that are behind their control plane. nodes: None if they are not known."""
    runs = KubernetesVersion.of(version)
    return [*newer_patch(str(runs)), *nodes_behind(runs, nodes or ())] if runs else []


def newer_patch(runs: str) -> list[str]:
    newer = catalogue.newer_patch(runs)
    return [f"Kubernetes {newer} is on offer and {runs} runs. To upgrade, write kubernetes_version: '{newer}' and run upgrade"] if newer else []


def nodes_behind(runs: KubernetesVersion, nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    found = {str((node.get("metadata") or {}).get("name")): KubernetesVersion.of(node_object.kubelet_version(node)) for node in nodes}
    behind = sorted((name, kubelet) for name, kubelet in found.items() if kubelet and kubelet < runs)
    if not behind:
        return []
    named = ", ".join(f"{name} ({kubelet})" for name, kubelet in behind[:MOST_NAMED])
    more = f" and {len(behind) - MOST_NAMED} more" if len(behind) > MOST_NAMED else ""
    return [f"kubelets older than the control plane's {runs}: {named}{more}. Unless that is intended, run upgrade"]
