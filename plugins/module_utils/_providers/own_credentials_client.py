# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials by which this run itself acts at any provider, so that they are never given to a cluster."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import DESCRIPTIONS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.shipped_client import OWN_CREDENTIALS


def own_credentials(options: Mapping[str, Any], environment: Mapping[str, str]) -> frozenset[str]:
    """Of the options, of the environment, and what providers know beside. Sends no request."""
    found: set[Any] = set()
    for name, description in DESCRIPTIONS.items():
        credentials = [one for one in description.access if one.credential]
        found.update(options.get(one.name) for one in credentials)
        found.update(environment.get(variable) for one in credentials for variable in one.environment)
        if name in OWN_CREDENTIALS:
            found.update(OWN_CREDENTIALS[name]()(options, environment))
    return frozenset(value.strip() for value in found if isinstance(value, str) and value.strip())
