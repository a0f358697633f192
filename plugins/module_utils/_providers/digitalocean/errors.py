# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How DigitalOcean's API words an error."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import DESCRIPTION
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_errors import RestErrors


class DigitalOceanErrors(RestErrors):
    title = DESCRIPTION.title
    unknown_token = ("it is wrong, revoked or has run out", "make a new one at the control panel of DigitalOcean, under API")
    missing_rights = ("give it the scopes droplet, tag, ssh_key and firewall with create, read, update and delete, and regions, sizes, image "
                      "and vpc with read; to find what clusters leave also block_storage, block_storage_snapshot, load_balancer and reserved_ip")
