# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import DigitalOceanLeftovers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Leftover, Said


class DigitalOceanResources(ResourcesAtProvider):
    @cached_property
    def account(self) -> DigitalOceanLeftovers:
        params = self.run.params
        api = DigitalOceanApi(params["digitalocean_token"], params["digitalocean_url"], clock=self.run.clock, progress=self.run.progress)
        return DigitalOceanLeftovers(api, self.run.uid)

    def check_options(self) -> None:
        checked_token(self.run.params["digitalocean_token"])
        checked_url(self.run.params["digitalocean_url"])

    def find(self, said: Said) -> Found:
        return self.account.find(said)

    def exists(self, one: Leftover) -> bool:
        return self.account.exists(one)

    def remove(self, one: Leftover) -> None:
        self.account.remove(one)
