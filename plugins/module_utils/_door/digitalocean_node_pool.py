# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of droplets."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter import digitalocean_offer
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.droplets import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._door.digitalocean_options import DIGITALOCEAN
from ansible_collections.kubermatic.caas.plugins.module_utils._door.node_pool import POOL, NodePoolDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_url import digitalocean_url


class DigitalOceanNodePoolDoor(NodePoolDoor):
    PROVIDER = Droplets.name
    ARGUMENT_SPEC = {
        **POOL,
        **DIGITALOCEAN,
    }

    @cached_property
    def api(self) -> DigitalOceanApi:
        return DigitalOceanApi(self.params["digitalocean_token"], self.params["digitalocean_url"], clock=self.clock, progress=self.progress)

    @cached_property
    def provider(self) -> Droplets:
        return Droplets(self.api, self.uid)

    def check_provider_options(self) -> None:
        checked_token(self.params["digitalocean_token"])
        digitalocean_url(self.params["digitalocean_url"])

    def price(self) -> str:
        return digitalocean_offer.check(self.api, self.pool)
