# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.api_url import digitalocean_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.options import DIGITALOCEAN
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import DigitalOceanLeftovers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphans_resource import LEFTOVERS, LeftoversResource


class DigitalOceanLeftoversResource(LeftoversResource):
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
