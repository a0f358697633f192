# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/versions.md: the catalogue."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import OLDEST_SKEW
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import cloud_images
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.fitness import OLDEST
from reference_pages.markdown import MADE, table

BESIDE = {
    "etcd": "etcd", "coredns": "CoreDNS", "pause": "pause", "konnectivity": "konnectivity", "containerd": "containerd", "runc": "runc",
    "cni_plugins": "CNI plugins", "flannel": "flannel", "flannel_cni_plugin": "flannel's CNI plugin", "metrics_server": "metrics-server",
    "local_path_provisioner": "local-path-provisioner",
}


def told(versions: Mapping[str, Sequence[str]]) -> str:
    """versions: version of a component -> with which Kubernetes."""
    return ", ".join(version if len(versions) == 1 else f"{version} (with {', '.join(beside)})" for version, beside in versions.items())


def of_clouds() -> list[tuple[str, str]]:
    """Components of clusters with a cloud provider."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in catalogue.ROWS:
        for name, image in cloud_images(row.as_dict(), "registry", dict.fromkeys(INTEGRATIONS, "registry")).items():
            found.setdefault(name.replace("_", "-"), {}).setdefault(image.rpartition(":")[2], []).append(shortest_name(row.kubernetes))
    return [(name, told(versions)) for name, versions in found.items()]


def shortest_name(version: str) -> str:
    """The minor release, if no other patch of it is on offer."""
    minor = KubernetesVersion.of(version).minor_release
    return minor if sum(one.minor_release == minor for one in catalogue.on_offer()) == 1 else version


def page() -> str:
    names = [field.name for field in fields(catalogue.Components) if field.name in BESIDE]
    rows = [(f"**{row.kubernetes}**", f"{row.stage}" + (f", will be removed on {row.end_of_life}" if row.end_of_life else "")) for row in catalogue.ROWS]
    # components differ little from row to row: a column per version would repeat them
    beside = []
    for name in names:
        values: dict[str, list[str]] = {}
        for row in catalogue.ROWS:
            values.setdefault(getattr(row, name), []).append(row.kubernetes)
        beside.append((BESIDE[name], told(values)))
    newest = catalogue.newest_public()
    return "\n".join((
        MADE + "# Versions\n",
        f"Write `kubernetes_version: \"{newest}\"`, in quotes. `\"{newest.rpartition('.')[0]}\"` means its newest patch in this table. "
        "New clusters and seeds get these versions. Clusters and seeds that run keep the versions in their record, whatever a later release offers.\n",
        table(("Kubernetes", "[launch stage](stages.md)"), rows),
        "These versions run beside it:\n",
        table(("component", "version"), beside),
        "In clusters with a [cloud provider](../cloud_provider.md) also:\n",
        table(("component", "version"), of_clouds()),
        f"A node's kubelet is at most as new as its control plane, and at most {OLDEST_SKEW} minor versions older (`node_kubernetes_version`). "
        f"A seed that exists already needs Kubernetes {OLDEST.minor_release} or newer. "
        f"A seed that `create_seed` builds gets `seed_kubernetes_version`, by default {newest}.\n"))
