# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster must have to be a seed."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.condition import problems, takes_nothing

OLDEST = KubernetesVersion(1, 30, 0)
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of the seed; None for what this kubeconfig may not look at.

    may_create_namespaces: also the answer for a namespace that exists, see missing_rights. missing_rights: resources that may not
    be created, in the namespace asked for or everywhere. free: machine -> pressure -> what is left.
    offer: what it offers to clusters. api_server_flags: None also where its API server is no pod. takes_external_ips: of a Service.
    """

    version: str
    storage_classes: list[dict[str, Any]] | None
    nodes: list[dict[str, Any]] | None
    may_create_namespaces: bool
    namespace: str
    namespace_exists: bool
    missing_rights: list[str]
    free: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    offer: Mapping[str, str] | None = None
    api_server_flags: Sequence[str] | None = None
    takes_external_ips: bool | None = None


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
    if seen.nodes is not None and not seen.nodes:
        lines.append("a node that is ready - control planes run as pods - look at: kubectl get nodes")
    elif seen.nodes is not None and (why := takes_nothing(seen.nodes, seen.free)):
        lines.append(f"a node that is ready and takes pods - {why} - look at: kubectl describe nodes")
    if not seen.namespace_exists and not seen.may_create_namespaces:
        what = f"namespace {seen.namespace}" if seen.namespace else "the right to create namespaces"
        lines.append(f"{what} - every cluster lives in one, and this kubeconfig may not create it - ask an administrator of the seed to "
                     "create it, or use another kubeconfig")
    if seen.missing_rights:
        place = f"in namespace {seen.namespace}" if seen.namespace else "in namespaces of clusters"
        lines.append(f"the right to create {', '.join(seen.missing_rights)} {place} - control planes are made of them - bind the "
                     "operator's Role of this collection there, or use another kubeconfig")
    return lines


def notes(seen: Seen) -> list[str]:
    """A line for each thing that a seed should have for the sake of its customers, and does without or doesn't show."""
    lines = problems(seen.nodes or [], seen.free)
    if seen.api_server_flags is None:
        lines.append("Whether Secrets are encrypted in its etcd can't be seen from here: the keys of all customers are Secrets. Ask its provider")
    elif not any(flag.startswith("--encryption-provider-config=") for flag in seen.api_server_flags):
        lines.append("Secrets are not encrypted in its etcd, and the keys of all customers are Secrets. Set --encryption-provider-config of its API server")
    if seen.takes_external_ips:
        lines.append("It accepts Services with externalIPs, with which an operator of one cluster can divert connections to others. Apply "
                     "deny-external-ips.yaml of the role seed")
    if not (seen.offer or {}).get("control_plane_priority_class"):
        lines.append("It offers no PriorityClass for control planes, so they are evicted like other pods when a machine runs out of memory. "
                     "Set control_plane_priority_class, such as system-cluster-critical")
    return lines
