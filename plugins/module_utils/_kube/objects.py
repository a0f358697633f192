# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubernetes objects by name. The object itself stays the dict that its manifest is."""
from __future__ import annotations

from typing import Any, NamedTuple


class ObjectKey(NamedTuple):
    """What makes an object the same one. The version is left out: one object can be read in several versions of its group."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """E.g. "Deployment cluster-demo/etcd", "ClusterRole viewer"."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def key_of(manifest: dict[str, Any]) -> ObjectKey:
    metadata = manifest["metadata"]
    return ObjectKey(manifest["apiVersion"].rpartition("/")[0], manifest["kind"], metadata.get("namespace") or "", metadata["name"])


def annotation(manifest: dict[str, Any], name: str, default: str = "") -> str:
    return (manifest["metadata"].get("annotations") or {}).get(name, default)


def is_being_deleted(manifest: dict[str, Any] | None) -> bool:
    """Its deletion was asked for, and something still holds it. False for None, an object that isn't there."""
    return bool(manifest and manifest["metadata"].get("deletionTimestamp"))
