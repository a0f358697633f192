# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What talks to a provider, loaded when it is first needed."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.shipped_client import PROVIDERS


def provider(name: str) -> Provider:
    """name: one of registry.DESCRIPTIONS."""
    return PROVIDERS[name]()
