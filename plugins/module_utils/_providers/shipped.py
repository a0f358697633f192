# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# Made by scripts/reference.py (make docs) from the folders that are here.
"""What there is to know of each provider."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.description import DESCRIPTION as AWS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Description
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import DESCRIPTION as DIGITALOCEAN
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.description import DESCRIPTION as HETZNER

DESCRIPTIONS: dict[str, Description] = {
    "aws": AWS,
    "digitalocean": DIGITALOCEAN,
    "hetzner": HETZNER,
}
