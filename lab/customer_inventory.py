# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user would write by hand beside a lab's inventory: customer clusters and the nodes that belong to them."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.artefacts import recipes

# given by the lab for its own mirror; without them the product's defaults, the upstream hosts, count
MIRROR_VARIABLES = ("kubernetes_mirror", "github_mirror", "registry_mirrors")
KUBERNETES_VERSION, NEWEST_KUBERNETES_VERSION = recipes.KUBERNETES, "1.37.2"


def write(directory: Path, clusters: dict[str, list[str]], *, mirror: str = "lab", variables: dict[str, Any] | None = None,
          seed: str = "lab", versions: dict[str, str] | None = None) -> Path:
    """Writes clusters (name -> names of its hosts) into the lab's inventory directory, which it returns.

    variables are set on every cluster, beside the version and the seed; versions: of clusters that have another one. JSON is YAML, and needs no library here.
    """
    inventory = directory / "inventory"
    children: dict[str, Any] = {
        "clusters": {"hosts": {name: {"ansible_connection": "local", "seed": seed,
                                      "kubernetes_version": (versions or {}).get(name, KUBERNETES_VERSION),
                                      **(variables or {})} for name in clusters}},
    }
    for name, nodes in clusters.items():
        children[group(name)] = {"hosts": {name: {}, **{node: {} for node in nodes}}, "vars": {"cluster": name}}
    file(directory).write_text(json.dumps({"all": {"children": children}}, indent=2) + "\n")
    if mirror == "upstream":
        everywhere = inventory / "group_vars" / "all.yml"
        given = json.loads(everywhere.read_text())
        everywhere.write_text(json.dumps({key: value for key, value in given.items() if key not in MIRROR_VARIABLES}, indent=2) + "\n")
    return inventory


def group(cluster: str) -> str:
    """Name of the inventory group that holds a cluster and its nodes; a group's name may hold no dash."""
    return "cluster_" + cluster.replace("-", "_")


def pair(words: str) -> tuple[str, list[str]]:
    """Of CLUSTER=HOST,HOST."""
    name, dummy, nodes = words.partition("=")
    return name, nodes.split(",") if nodes else []


def file(directory: Path) -> Path:
    return directory / "inventory" / "customers.yml"
