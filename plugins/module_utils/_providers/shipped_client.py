# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
"""Clients of all providers, for Ansible. It sends a module to another host with what it finds by such imports."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import own_credentials_store as aws_own_credentials_store  # noqa: F401
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import provider_client as aws_provider_client  # noqa: F401
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean import provider_client as digitalocean_provider_client  # noqa: F401
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import provider_client as hetzner_provider_client  # noqa: F401
