# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean."""
from __future__ import annotations

from functools import cached_property

from ansible.module_utils.basic import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import URL, DigitalOceanApi, checked_token, checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_leftovers import DigitalOceanLeftovers
from ansible_collections.kubermatic.caas.plugins.module_utils._door.leftovers import LEFTOVERS, LeftoversDoor


class DigitalOceanLeftoversDoor(LeftoversDoor):
    PROVIDER = "digitalocean"
    ARGUMENT_SPEC = {
        **LEFTOVERS,
        "digitalocean_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["DIGITALOCEAN_TOKEN"])},
        "digitalocean_url": {"type": "str", "default": URL},
    }

    @cached_property
    def cloud(self) -> DigitalOceanLeftovers:
        api = DigitalOceanApi(self.params["digitalocean_token"], self.params["digitalocean_url"], clock=self.clock, progress=self.progress)
        return DigitalOceanLeftovers(api, self.uid)

    def check_provider_options(self) -> None:
        checked_token(self.params["digitalocean_token"])
        checked_url(self.params["digitalocean_url"])
