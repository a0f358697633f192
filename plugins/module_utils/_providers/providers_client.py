# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What talks to a provider, loaded when it is first needed."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import PACKAGE

if TYPE_CHECKING:
    # Ansible sends it, and what it imports, to other hosts
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers import shipped_client  # noqa: F401


def provider(name: str) -> Provider:
    """name: one of registry.DESCRIPTIONS."""
    return import_module(f"{PACKAGE}.{name}.provider_client").PROVIDER
