# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/versions.md: the catalogue."""
from __future__ import annotations

from dataclasses import fields

from ansible_collections.kubermatic.caas.plugins.module_utils._model import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.node import OLDEST_SKEW
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.seed_fitness import OLDEST
from reference_pages.markdown import MADE, table

BESIDE = {
    "etcd": "etcd", "coredns": "CoreDNS", "pause": "pause", "konnectivity": "konnectivity", "containerd": "containerd", "runc": "runc",
    "cni_plugins": "CNI plugins", "flannel": "flannel", "flannel_cni_plugin": "flannel's CNI plugin", "metrics_server": "metrics-server",
    "local_path_provisioner": "local-path-provisioner",
}


def page() -> str:
    names = [field.name for field in fields(catalogue.Components) if field.name in BESIDE]
    rows = [(f"**{row.kubernetes}**", f"{row.stage}" + (f", goes on {row.goes}" if row.goes else "")) for row in catalogue.ROWS]
    # components differ little from row to row: a column per version would repeat them
    beside = []
    for name in names:
        values: dict[str, list[str]] = {}
        for row in catalogue.ROWS:
            values.setdefault(getattr(row, name), []).append(row.kubernetes)
        shown = [value if len(values) == 1 else f"{value} (with {', '.join(versions)})" for value, versions in values.items()]
        beside.append((BESIDE[name], ", ".join(shown)))
    newest = catalogue.newest_public()
    return "\n".join((
        MADE + "# Versions\n",
        f"Write `kubernetes_version: \"{newest}\"`, in quotes. `\"{newest.rpartition('.')[0]}\"` means its newest patch in this table.\n",
        table(("Kubernetes", "[launch stage](stages.md)"), rows),
        "What runs beside it, each chosen to fit:\n",
        table(("component", "version"), beside),
        f"A node's kubelet is at most as new as its control plane, and at most {OLDEST_SKEW} minor versions older (`node_kubernetes_version`). "
        f"A seed that exists already needs Kubernetes {OLDEST.minor_release} or newer. "
        f"One that is built here gets `seed_kubernetes_version`, by default {newest}.\n"))
