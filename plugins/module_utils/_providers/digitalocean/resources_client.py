# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import DigitalOceanOrphans
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Orphan, Said


class DigitalOceanResources(ResourcesAtProvider):
    @cached_property
    def account(self) -> DigitalOceanOrphans:
        api = DigitalOceanApi.of(self.run)
        return DigitalOceanOrphans(api, self.run.uid)

    def check_options(self) -> None:
        DigitalOceanApi.check_options(self.run.params)

    def find(self, said: Said) -> Found:
        return self.account.find(said)

    def exists(self, one: Orphan) -> bool:
        return self.account.exists(one)

    def remove(self, one: Orphan) -> None:
        self.account.remove(one)
