# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""meta/argument_specs.yml of the roles: what a role is, and of its variables what options.py of its noun says."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import options as cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options
from ansible_collections.kubermatic.caas.plugins.module_utils._node import options as node
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import options as node_pool
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import options as seed

HEAD = "# Made by scripts/reference.py (make docs) from options.py of the noun in plugins/module_utils/.\n"


@dataclass(frozen=True, slots=True)
class Role:
    """where: in the inventory its variables stand."""

    summary: str
    text: list[str]
    options: Options
    where: str


ROLES = {
    "seed": Role(
        "Builds a seed from machines, or checks a cluster that exists",
        ["Runs on the control host, for an inventory host of the group C(seeds). If hosts of the group C(seed_nodes) have its name in the variable C(seed), "
         "the role builds the seed on them over SSH, with kubeadm. Otherwise it only checks the cluster of O(seed_kubeconfig).",
         "A machine with C(seed_role) set to C(worker) joins as a worker. The others are control-plane machines, an odd number of them.",
         "A seed that the role builds needs O(seed_address)."],
        seed.ROLE, "For a seed: on its host of the group `seeds`, or in `group_vars`."),
    "control_plane": Role(
        "Creates and updates the control plane of a customer's cluster in a seed, and its add-ons",
        ["Runs on the control host (connection local), for an inventory host with the name of the cluster."],
        cluster.ROLE, "For a cluster: in `group_vars/cluster_<name>.yml`, on its host of the group `clusters`, or with `-e`."),
    "node": Role(
        "Makes a host a node of a customer's cluster, or removes it",
        ["Works over SSH, without Python on the host. Set C(gather_facts=false) in plays on nodes."],
        node.ROLE, "For nodes: on a host of the group `nodes`, for all nodes of a cluster in `group_vars/cluster_<name>.yml`."),
    "node_pools": Role(
        "Creates the machines of a cluster's node pools at their providers, and makes them hosts of the run",
        ["Runs on the control host (connection local), for an inventory host with the name of the cluster, after its control plane was created.",
         "Afterwards machines that are not nodes yet are in the inventory groups C(nodes), C(cluster_<name>) and C(node_pools_joining) of the run; role node "
         "makes them nodes. Machines that are too many stay until you use tasks_from C(surplus.yml). C(gone.yml) removes all machines of a cluster."],
        node_pool.ROLE, "For a cluster, as those of role control_plane. More in [Node pools](../node_pools.md)."),
}


class Dumper(yaml.SafeDumper):
    """Lists are indented, as in the rest of the YAML."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


# what Ansible itself would check in words of its own, and refuse if it is empty: modules do that better
KINDS = {"int": "A whole number", "bool": "V(true) or V(false)", "list": "A list", "dict": "A mapping"}


def _value(value: Any) -> str:
    return json.dumps(value).strip('"')


def _facts(one: Option) -> str:
    """What a spec would say of the value."""
    choices = f" of {', '.join(f'V({_value(choice)})' for choice in one.choices)}" if one.choices else ""
    kind = f"{KINDS.get(one.type, 'One')}{choices}" if one.type in KINDS or choices else ""
    keys = f" with the keys {', '.join(f'C({key.name})' for key in one.keys)}" if one.keys else ""
    default = f"{', by' if kind else 'By'} default V({_value(one.default)})" if one.default not in (None, "", [], {}) else ""
    return f"{kind}{keys}{default}." if kind or default else ""


def _option(one: Option) -> dict[str, Any]:
    words = [*one.paragraphs, *filter(None, [_facts(one)])]
    return {"description": words if len(words) > 1 else words[0], "type": "raw" if one.type in KINDS else one.type,
            **({"required": True} if one.required and not one.told_if_missing else {})}


def text(role: Role) -> str:
    options = {one.name: _option(one) for one in role.options}
    main = {"short_description": role.summary, "description": role.text, "author": "Kubermatic CaaS contributors", "options": options}
    return "---\n" + HEAD + yaml.dump({"argument_specs": {"main": main}}, Dumper=Dumper, sort_keys=False, width=130, allow_unicode=True)


def pages() -> dict[str, str]:
    """Path -> text."""
    return {f"roles/{name}/meta/argument_specs.yml": text(role) for name, role in ROLES.items()}
