# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials by which this run itself acts at any provider, so that they are never given to a cluster."""
from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import DESCRIPTIONS, PACKAGE

if TYPE_CHECKING:
    # Ansible sends it, and what it imports, to other hosts
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers import shipped_client  # noqa: F401


def own_credentials(options: Mapping[str, Any], environment: Mapping[str, str]) -> frozenset[str]:
    """Of the options, of the environment, and what providers know beside. Asks nobody."""
    found: set[Any] = set()
    for name, description in DESCRIPTIONS.items():
        credentials = [one for one in description.access if one.credential]
        found.update(options.get(one.name) for one in credentials)
        found.update(environment.get(variable) for one in credentials for variable in one.environment)
        if description.further_credentials:
            found.update(import_module(f"{PACKAGE}.{name}.own_credentials_store").own_credentials(options, environment))
    return frozenset(value.strip() for value in found if isinstance(value, str) and value.strip())
