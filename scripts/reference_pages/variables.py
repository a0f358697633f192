# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/variables.md: what may be said of seeds, clusters and nodes, from the roles' argument_specs.

Roles hand most variables on to a module, so defaults and full descriptions are the module's.
"""
from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from reference_pages.markdown import MADE, code, table, text

HANDED_ON = re.compile(r"\{\{\s*(\w+)\s*(?:\|\s*default\((.*?)\)\s*)?\}\}")
OWN_DEFAULT = re.compile(r"\b(\w+) \| default\('([^']+)'\)")
WHERE = {
    "seed": "For a seed: on its host of the group `seeds`, or in `group_vars`.",
    "control_plane": "For a cluster: in `group_vars/cluster_<name>.yml`, on its host of the group `clusters`, or with `-e`.",
    "node": "For nodes: on a host of the group `nodes`, for all nodes of a cluster in `group_vars/cluster_<name>.yml`.",
    "node_pools": "For a cluster, as those of role control_plane. More in [Node pools](../node_pools.md).",
}
# what an inventory says beside the variables of roles
INVENTORY = {
    "cluster": "Of a node, usually set on the group `cluster_<name>`: the cluster that it belongs to.",
    "seed": "Of a cluster: the seed that holds its control plane. Of a machine in `seed_nodes`: the seed that it becomes.",
    "seed_role": "Of a machine in `seed_nodes`: `control_plane` (default) or `worker`.",
}
# playbook -> variables for -e; the same word in several playbooks means the same
PLAYBOOKS = {
    "create_cluster": {"cluster": "Only this cluster, which the inventory need not know.",
                       "seed": "Its seed, if the inventory doesn't know the cluster and has several."},
    "delete_cluster": {"cluster": "The cluster to delete.", "confirm": "Its name again.", "seed": "As in `create_cluster`.",
                       "node_forget": "Leaves the hosts as they are, for hosts that are gone for good.",
                       "cloud_wait_timeout": "Seconds until all that it made at its cloud must be gone, 600 by default."},
    "scale": {"cluster": "Only this cluster, which the inventory need not know.", "seed": "As in `create_cluster`.",
              "node_count": "How many machines its node pool shall have.", "pool": "Which pool, if it has several.",
              "drain_timeout": "Seconds to wait until pods have left a node that goes."},
    "remove_node": {"node": "The node to take out. Several: `--limit`.", "cluster": "Its cluster, if the inventory doesn't say.",
                    "node_forget": "Deletes only the Node, for a host that is gone for good."},
    "kubeconfig": {"cluster": "Only this cluster.", "path": "The file to write, `<cluster>.kubeconfig` in the current directory by default.",
                   "lifetime": "How long it is valid, such as `8h`."},
    "maintain_etcd": {"cluster": "Only this cluster, which the inventory need not know.", "seed": "As in `create_cluster`.",
                      "etcd_interruption": "Lets a cluster with a single member of etcd be away for as long as its defragmentation takes."},
    "renew": {"cluster": "Only this cluster and its seed.", "seed": "As in `create_cluster`.",
              "renew_within_days": "What ends within so many days is renewed, 30 by default, at most 182."},
    "status": {"cluster": "Only this cluster.", "format": "`table` (default) or `json`.", "path": "With `format=json`, the file to write.",
               "fail_if": "`down` or `degraded`: the playbook fails if a cluster is so. `never` by default."},
}


def tasks(loaded: Any) -> Iterator[dict[str, Any]]:
    for task in loaded or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks(task.get(part))


def documentation(path: Path) -> dict[str, Any]:
    """What ansible-doc shows of a module or a fragment, without importing it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            return yaml.safe_load(ast.literal_eval(node.value))
    return {}


def fragment_options(root: Path, name: str, part: str = "") -> dict[str, Any]:
    """part: of a fragment that is made of what there is, and so has to be imported."""
    if part:
        made = importlib.import_module(f"ansible_collections.kubermatic.caas.plugins.doc_fragments.{name}").ModuleDocFragment
        return yaml.safe_load(getattr(made, part.upper())).get("options") or {}
    return documentation(root / "plugins/doc_fragments" / f"{name}.py").get("options") or {}


def module_options(root: Path, module: str) -> dict[str, Any]:
    found = documentation(root / "plugins/modules" / f"{module}.py")
    options = dict(found.get("options") or {})
    for fragment in found.get("extends_documentation_fragment") or []:
        options = {**fragment_options(root, *fragment.split(".")[2:]), **options}
    return options


def handed_on(root: Path, role: str) -> dict[str, tuple[dict[str, Any], str, dict[str, str]]]:
    """Variable -> option of the module that gets it, the role's own default as written, and the module's options as variables."""
    found: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {}
    for path in sorted((root / "roles" / role / "tasks").glob("*.yml")):
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for name, parameters in task.items():
                if not name.startswith("kubermatic.caas.") or not isinstance(parameters, dict):
                    continue
                options = module_options(root, name.rpartition(".")[2])
                matches = {option: HANDED_ON.fullmatch(value) for option, value in parameters.items() if isinstance(value, str)}
                names = {option: match[1] for option, match in matches.items() if match}
                for option, match in matches.items():
                    if match and option in options:
                        found.setdefault(match[1], (options[option], match[2] or "", names))
    return found


def keys(option: dict[str, Any], names: dict[str, str]) -> str:
    parts = []
    for key, sub in (option.get("suboptions") or {}).items():
        default = "required" if sub.get("required") else code(sub.get("default"))
        parts.append(f"`{key}`" + (f" ({default})" if default else ""))
    return " Keys: " + ", ".join(parts) + "." if parts else ""


def row(name: str, own: dict[str, Any], module: tuple[dict[str, Any], str, dict[str, str]] | None, literal: str) -> tuple[str, ...]:
    option, written, names = module or ({}, "", {})
    # computed: by the role, of other variables
    computed = written if written not in ("", "omit") and not written.startswith(("'", '"')) else ""
    # the role hands on empty text so that the module can say what is missing
    required = own.get("required") or (option.get("required") and written == "''")
    own_words = not option or "(" in computed or "[" in computed or "RV(" in str(option["description"]) or bool(option.get("required")) != bool(required)
    meaning = text(own["description"] if own_words else option["description"], names)
    choices = option.get("choices") or own.get("choices")
    if choices and not all(f"`{choice}`" in meaning for choice in choices):
        meaning += " One of " + ", ".join(map(code, choices)) + "."
    default = code(own.get("default")) or code(literal) or code("" if "[" in computed else computed) or code(option.get("default"))
    return f"`{name}`", own["type"], "**required**" if required else default, meaning + keys(option, names)


def role_table(root: Path, role: str) -> str:
    spec = yaml.safe_load((root / "roles" / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"]
    modules = handed_on(root, role)
    written = "".join(path.read_text(encoding="utf-8") for path in sorted((root / "roles" / role / "tasks").glob("*.yml")))
    literals = dict(OWN_DEFAULT.findall(written))
    rows = [row(name, own, modules.get(name), literals.get(name, "")) for name, own in spec["options"].items()]
    return f"## Role {role}\n\n{spec['short_description']}. {WHERE[role]}\n\n" + table(("variable", "type", "default", "meaning"), rows)


def of_providers(root: Path) -> str:
    """Variables that each provider brings along. A name that means something of the run and of a cluster is told as the run needs it."""
    tables = []
    for name, one in registry.DESCRIPTIONS.items():
        found = {option.name: option for kind in (registry.SPEC, registry.CREDENTIALS, registry.RESOURCES) for option in registry.options(kind, name)}
        rows = [(f"`{option.name}`", code(option.default), text(list(option.text), {}),
                 ", ".join(f"`{variable}`" for variable in option.environment)) for option in found.values()]
        page = f"node_pools_{name}.md"
        more = f" More in [{one.title}](../{page})." if (root / "docs" / page).exists() else ""
        tables.append(f"### {one.title}\n\n`provider: {name}`.{more}\n\n" + table(("variable", "default", "meaning", "environment, without it"), rows))
    return "\n".join(tables)


def page(root: Path) -> str:
    playbooks = [(f"`{playbook}`", f"`{name}`", meaning) for playbook, names in PLAYBOOKS.items() for name, meaning in names.items()]
    return "\n".join((
        MADE + "# Variables\n",
        "What an inventory may say, and what is handed to a playbook with `-e`. A name means the same everywhere. "
        "The same in a terminal: `ansible-doc -t role kubermatic.caas.node`.\n",
        *(role_table(root, role) for role in WHERE),
        "## Providers\n\nFor a cluster that has machines there or is tied to it (`cloud_provider`). Modules take them from variables of these names.\n",
        of_providers(root),
        "## Inventory\n\nBeside the variables of roles, and Ansible's own such as `ansible_host` and `ansible_user`.\n",
        table(("variable", "meaning"), [(f"`{name}`", meaning) for name, meaning in INVENTORY.items()]),
        "## Playbooks\n\nWith `-e name=value`. `--limit cluster_<name>` addresses one cluster that the inventory knows, with its nodes.\n",
        table(("playbook", "variable", "meaning"), playbooks)))
