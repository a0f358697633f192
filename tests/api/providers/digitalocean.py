# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools at DigitalOcean, for the tests of all providers."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from api.pools import PUBLIC_KEY, Provider
from lab.cloud.digitalocean.server import TOKEN

PROVIDER = Provider(
    "digitalocean", DigitalOceanApi, {"pool": "web", "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64",
                                      "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY, "allowed_stages": ["alpha"]},
    {"network": "760e09ef-dc84-11e8-981e-3cfdfeaae000", "ssh_keys": []}, {"digitalocean_token": TOKEN}, TOKEN,
    kills=((0, 12, 2), (5, 2, 2), (2, None, 0)))
