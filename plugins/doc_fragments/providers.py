# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that providers bring along, and which providers there are: made of their folders in module_utils/_providers/."""
from __future__ import annotations

import json
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers import option_specs, registry

VARIABLE = "In a playbook a variable of this name counts if the option is not given."


def _page(kind: str, **more: Any) -> str:
    """JSON is YAML, too."""
    found = option_specs.documentation(kind)
    return json.dumps({"options": {**more, **{name: {**option, "description": [*option["description"], VARIABLE]} for name, option in found.items()}}})


def _choice(texts: list[str], choices: list[str], **more: Any) -> dict[str, Any]:
    return {"description": texts, "type": "str", "choices": choices, **more}


class ModuleDocFragment:
    # with a type: sanity reads plain assignments in here as texts
    NODE_POOL: str = _page(registry.ACCESS, provider=_choice(
        ["Where the machines are. What it takes of these options, and what it makes beside machines, is in docs/node_pools.md."],
        list(registry.DESCRIPTIONS), required=True))
    CLOUD_RESOURCES: str = _page(registry.RESOURCES, provider=_choice(
        ["Only what it has there. Without it, at every provider that it has, or had, to do with, as its record says."], list(registry.DESCRIPTIONS)))
    CLUSTER_SPEC: str = _page(registry.SPEC, cloud_provider=_choice(
        ["The cloud whose machines all nodes of the cluster are.",
         "Nodes, Services of type LoadBalancer and volumes are then tied to it by add-ons, see O(add_ons).",
         "It can't change later."], ["none", *registry.INTEGRATIONS], default="none"))
    CLOUD_CREDENTIALS: str = _page(registry.CREDENTIALS, cloud_provider=_choice(["The cloud."], list(registry.INTEGRATIONS), required=True))
