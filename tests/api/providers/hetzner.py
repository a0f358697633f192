# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Node pools at Hetzner Cloud, for the tests of all providers."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from api.pools import PUBLIC_KEY, Provider
from lab.cloud.hetzner.project import NETWORK
from lab.cloud.hetzner.server import TOKEN

# each machine is a request of its own: fewer machines, and fewer random trials
PROVIDER = Provider(
    "hetzner", HetznerApi, {"pool": "web", "region": "fsn1", "size": "cx22", "image": "debian-12", "network": str(NETWORK["id"]),
                            "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY, "allowed_stages": ["alpha"]},
    {"ssh_keys": []}, {"hetzner_token": TOKEN}, TOKEN, kills=((0, 3, 2), (5, 2, 2), (2, None, 0)), trials=40)
