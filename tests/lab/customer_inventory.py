# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user would write by hand beside a lab's inventory: customer clusters and the nodes that belong to them."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# given by the lab for its own mirror; without them the product's defaults, the upstream hosts, count
MIRROR_VARIABLES = ("kubernetes_mirror", "github_mirror", "registry_mirrors")
KUBERNETES_VERSION, NEWEST_KUBERNETES_VERSION = "1.36.3", "1.37.2"


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
    (inventory / "customers.yml").write_text(json.dumps({"all": {"children": children}}, indent=2) + "\n")
    if mirror == "upstream":
        everywhere = inventory / "group_vars" / "all.yml"
        given = json.loads(everywhere.read_text())
        everywhere.write_text(json.dumps({key: value for key, value in given.items() if key not in MIRROR_VARIABLES}, indent=2) + "\n")
    return inventory


def group(cluster: str) -> str:
    """Name of the inventory group that holds a cluster and its nodes; a group's name may hold no dash."""
    return "cluster_" + cluster.replace("-", "_")


def main() -> None:
    """customer_inventory.py LAB CLUSTER=HOST,HOST ...: prints the inventory directory, and whether it was so before."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from hosts import state  # only the command knows where labs lie

    lab, *pairs = sys.argv[1:]
    clusters = {name: nodes.split(",") if nodes else [] for name, dummy, nodes in (pair.partition("=") for pair in pairs)}
    file = state.lab_directory(lab) / "inventory" / "customers.yml"
    before = file.read_text() if file.exists() else ""
    inventory = write(state.lab_directory(lab), clusters)
    print(inventory, "(as it was)" if file.read_text() == before else "")


if __name__ == "__main__":
    main()
