# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_leftovers import DigitalOceanLeftovers
from ansible_collections.kubermatic.caas.plugins.module_utils._door.digitalocean_options import DIGITALOCEAN
from ansible_collections.kubermatic.caas.plugins.module_utils._door.leftovers import LEFTOVERS, LeftoversDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_url import digitalocean_url


class DigitalOceanLeftoversDoor(LeftoversDoor):
    PROVIDER = "digitalocean"
    ARGUMENT_SPEC = {
        **LEFTOVERS,
        **DIGITALOCEAN,
    }

    @cached_property
    def cloud(self) -> DigitalOceanLeftovers:
        api = DigitalOceanApi(self.params["digitalocean_token"], self.params["digitalocean_url"], clock=self.clock, progress=self.progress)
        return DigitalOceanLeftovers(api, self.uid)

    def check_provider_options(self) -> None:
        checked_token(self.params["digitalocean_token"])
        digitalocean_url(self.params["digitalocean_url"])
