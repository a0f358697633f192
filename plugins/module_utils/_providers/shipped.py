# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
"""Descriptions of all providers, for Ansible. It sends a module to another host with what it finds by such imports."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import description as aws_description  # noqa: F401
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean import description as digitalocean_description  # noqa: F401
    from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import description as hetzner_description  # noqa: F401
