# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hetzner Cloud, as data."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import checked
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Description, Option

URL = "https://api.hetzner.cloud/v1"


def checked_url(url: str) -> str:
    """Without a slash at its end. Raises InvalidInput."""
    return checked(url, api="Hetzner Cloud's API", like=URL, shows="the token to anyone on the network path", where="hetzner_url").rstrip("/")


DESCRIPTION = Description(
    name="hetzner", title="Hetzner Cloud", library="hcloud", url=URL, check_url=checked_url,
    access=(Option("hetzner_token", ("Token of a project of Hetzner Cloud that may read and write.",), secret=True, environment=("HCLOUD_TOKEN",),
                   credential=True),),
    ssh_user="root", pool_options=("node_address",), nodes_at_public_addresses=True, firewall_of_the_cluster=True)
