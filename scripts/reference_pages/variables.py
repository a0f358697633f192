# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/variables.md: what may be said of seeds, clusters and nodes, and to playbooks."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_schema import schema
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from reference_pages.markdown import MADE, code, table, text
from reference_pages.role_specs import ROLES

# what an inventory says beside the variables of roles
INVENTORY = {
    "cluster": "Of a node, usually set on the group `cluster_<name>`: the cluster that it belongs to.",
    "seed": "Of a cluster: the seed that holds its control plane. Of a machine in `seed_nodes`: the seed that it becomes.",
    "seed_role": "Of a machine in `seed_nodes`: `control_plane` (default) or `worker`.",
}
# playbook -> variables for -e; the same word in several playbooks means the same
PLAYBOOKS = {
    "create_cluster": {"cluster": "Only this cluster, which need not be in the inventory.",
                       "seed": "Its seed, if the cluster is not in the inventory and there are several seeds."},
    "delete_cluster": {"cluster": "The cluster to delete.", "confirm": "Its name again.", "seed": "As in `create_cluster`.",
                       "node_forget": "Leaves the hosts as they are, if they are gone for good.",
                       "cloud_wait_timeout": "Seconds within which everything that it created at its cloud must be gone, 600 by default."},
    "scale": {"cluster": "Only this cluster, which need not be in the inventory.", "seed": "As in `create_cluster`.",
              "node_count": "The number of machines of its node pool.", "pool": "The pool, if the cluster has several.",
              "drain_timeout": "Seconds to wait until pods have left a node that is removed."},
    "remove_node": {"node": "The node to remove. For several nodes use `--limit`.",
                    "cluster": "Its cluster, if the inventory does not say to which one it belongs.",
                    "node_forget": "Only deletes the Node, for a host that is gone for good."},
    "kubeconfig": {"cluster": "Only this cluster.", "path": "The file to write, `<cluster>.kubeconfig` in the current directory by default.",
                   "lifetime": "How long it is valid, such as `8h`."},
    "maintain_etcd": {"cluster": "Only this cluster, which need not be in the inventory.", "seed": "As in `create_cluster`.",
                      "etcd_interruption": "Allows that a cluster with a single member of etcd is unavailable during its defragmentation."},
    "backup": {"cluster": "Only this cluster, which need not be in the inventory.", "seed": "As in `create_cluster`.",
               "snapshot_directory": "Directory of the control host for snapshots. Required.",
               "snapshot_key_file": "File with the key, 32 random bytes. Required unless `snapshot_encrypted=false`.",
               "snapshot_encrypted": "`false` stores snapshots that are not encrypted.",
               "snapshots_kept": "Number of snapshots of a cluster that stay, 7 by default."},
    "renew": {"cluster": "Only this cluster and its seed.", "seed": "As in `create_cluster`.",
              "renew_within_days": "Renews what expires within so many days, 30 by default, at most 182."},
    "upgrade": {"cluster": "Only this cluster, which need not be in the inventory.", "seed": "As in `create_cluster`.",
                "kubernetes_version": "The version that the cluster is to have, usually from the inventory.",
                "accept_gates": "Gates that are passed though they are closed, such as `[bare_pods]`.",
                "max_api_gap": "Seconds for which the API of a cluster may give no answer. After a longer gap the run stops before the nodes.",
                "upgrade_serial": "How many clusters are upgraded at a time, 1 by default.",
                "upgrade_max_unavailable": "How many nodes of these are upgraded at a time, 1 by default."},
    "status": {"cluster": "Only this cluster.", "format": "`table` (default) or `json`.", "path": "With `format=json`, the file to write.",
               "fail_if": "`down` or `degraded`: the playbook fails if a cluster is in this state. `never` by default."},
}


def keys(option: dict[str, Any]) -> str:
    parts = []
    for key, sub in (option.get("properties") or {}).items():
        default = "required" if key in option["required"] else code(sub.get("default"))
        parts.append(f"`{key}`" + (f" ({default})" if default else ""))
    return " Keys: " + ", ".join(parts) + "." if parts else ""


def row(name: str, option: dict[str, Any], *, required: bool) -> tuple[str, ...]:
    meaning, choices = option["description"], option.get("enum") or option.get("items", {}).get("enum")
    if choices and not all(f"`{choice}`" in meaning for choice in choices):
        meaning += " One of " + ", ".join(map(code, choices)) + "."
    return f"`{name}`", option["x-type"], "**required**" if required else code(option.get("default")), meaning + keys(option)


def role_table(name: str) -> str:
    role = ROLES[name]
    found = schema(role.options, text)
    rows = [row(variable, option, required=variable in found["required"]) for variable, option in found["properties"].items()]
    return f"## Role {name}\n\n{role.summary}. {role.where}\n\n" + table(("variable", "type", "default", "meaning"), rows)


def of_providers(root: Path) -> str:
    """Variables that each provider brings along. A name that means something of the run and of a cluster is described as the run needs it."""
    tables = []
    for name, one in registry.DESCRIPTIONS.items():
        found = {option.name: option for kind in (registry.SPEC, registry.CREDENTIALS, registry.RESOURCES) for option in registry.options(kind, name)}
        rows = [(f"`{option.name}`", code(option.default), text(" ".join(option.own_paragraphs)),
                 ", ".join(f"`{variable}`" for variable in option.environment)) for option in found.values()]
        page = f"node_pools_{name}.md"
        more = f" More in [{one.title}](../{page})." if (root / "docs" / page).exists() else ""
        tables.append(f"### {one.title}\n\n`provider: {name}`.{more}\n\n" + table(("variable", "default", "meaning", "environment, without it"), rows))
    return "\n".join(tables)


def page(root: Path) -> str:
    playbooks = [(f"`{playbook}`", f"`{name}`", meaning) for playbook, names in PLAYBOOKS.items() for name, meaning in names.items()]
    return "\n".join((
        MADE + "# Variables\n",
        "Variables of an inventory, and those for playbooks with `-e`. A name means the same everywhere. "
        "In a terminal: `ansible-doc -t role kubermatic.caas.node`.\n",
        *map(role_table, ROLES),
        "## Providers\n\nFor a cluster with machines at the provider or with `cloud_provider`. Modules read them from variables of these names.\n",
        of_providers(root),
        "## Inventory\n\nIn addition to the variables of roles, and to those of Ansible such as `ansible_host` and `ansible_user`.\n",
        table(("variable", "meaning"), [(f"`{name}`", meaning) for name, meaning in INVENTORY.items()]),
        "## Playbooks\n\nWith `-e name=value`. `--limit cluster_<name>` limits a run to one cluster of the inventory, with its nodes.\n",
        table(("playbook", "variable", "meaning"), playbooks)))
