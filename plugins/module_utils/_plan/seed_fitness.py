# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster must have to be a seed."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.versions import KubernetesVersion

OLDEST = KubernetesVersion(1, 30, 0)
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of the seed; None for what this kubeconfig may not look at.

    may_create_namespaces: also the answer for a namespace that exists, see missing_rights. missing_rights: resources that may not
    be created, in the namespace asked for or everywhere.
    """

    version: str
    storage_classes: list[dict[str, Any]] | None
    nodes: list[dict[str, Any]] | None
    may_create_namespaces: bool
    namespace: str
    namespace_exists: bool
    missing_rights: list[str]


def default_storage_class(classes: list[dict[str, Any]] | None) -> str:
    """Name of the default StorageClass, "" if there is none."""
    marked = [one["metadata"] for one in classes or [] if (one["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true"]
    # of several, Kubernetes takes the youngest
    newest = max(marked, key=lambda metadata: (metadata.get("creationTimestamp", ""), metadata["name"]), default=None)
    return newest["name"] if newest else ""


def missing(seen: Seen) -> list[str]:
    """One line "what - why - what to do" for each thing that a seed needs and this one lacks."""
    lines = []
    version = KubernetesVersion.of(seen.version)
    if version is None or version < OLDEST:
        lines.append(f"Kubernetes {OLDEST.minor_release} or newer - the seed runs {seen.version} - upgrade the seed")
    if seen.storage_classes is not None and not default_storage_class(seen.storage_classes):
        lines.append("a default storage class - etcd keeps the data of clusters on volumes - install a provisioner and mark its "
                     "StorageClass as default, or set etcd_storage_class")
    if seen.nodes is not None and not any(_is_usable(node) for node in seen.nodes):
        lines.append("a node that is ready - control planes run as pods - look at: kubectl get nodes")
    if not seen.namespace_exists and not seen.may_create_namespaces:
        what = f"namespace {seen.namespace}" if seen.namespace else "the right to create namespaces"
        lines.append(f"{what} - every cluster lives in one, and this kubeconfig may not create it - let an administrator of the seed "
                     "create it, or use another kubeconfig")
    if seen.missing_rights:
        place = f"in namespace {seen.namespace}" if seen.namespace else "in namespaces of clusters"
        lines.append(f"the right to create {', '.join(seen.missing_rights)} {place} - control planes are made of them - bind the "
                     "operator's Role of this collection there, or use another kubeconfig")
    return lines


def _is_usable(node: dict[str, Any]) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
    return ready and not (node.get("spec") or {}).get("unschedulable")
