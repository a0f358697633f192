# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options that providers bring along, as Ansible wants to be told of them."""
from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Option


def argument_spec(kind: str) -> dict[str, Any]:
    """kind: see registry.options."""
    return {one.name: _entry(one) for one in registry.options(kind)}


def _entry(option: Option) -> dict[str, Any]:
    return {"type": "str", "no_log": option.secret, **({"default": option.default} if option.default is not None else {}),
            **({"aliases": list(option.aliases)} if option.aliases else {}),
            **({"fallback": (env_fallback, list(option.environment))} if option.environment else {})}


def documentation(kind: str) -> dict[str, Any]:
    """The same for people: what stands under `options` of a module."""
    return {one.name: _page(one) for one in registry.options(kind)}


def _page(option: Option) -> dict[str, Any]:
    environment = [f"If not given, the environment variable {' or '.join(f'E({name})' for name in option.environment)} where the module runs."]
    return {"description": [*option.text, *(environment if option.environment else [])], "type": "str",
            **({"default": option.default} if option.default is not None else {}), **({"aliases": list(option.aliases)} if option.aliases else {})}
