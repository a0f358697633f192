# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of droplets."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean import catalog_client
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.firewall_client import DigitalOceanFirewalls
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.machines_client import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.resources_client import DigitalOceanResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.ssh_keys_client import DigitalOceanKeys
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.firewalled_pool import FirewalledPool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import LAG

# seconds between looks at a list that may be behind
LOOK_AGAIN = 10.0


class DigitalOceanNodePool(FirewalledPool):

    # an earlier run may have made one
    may_have_firewall = False

    @cached_property
    def api(self) -> DigitalOceanApi:
        return DigitalOceanApi.of(self.run)

    @cached_property
    def machines(self) -> Droplets:
        return Droplets(self.api, self.run.uid)

    @cached_property
    def firewalls(self) -> DigitalOceanFirewalls:
        return DigitalOceanFirewalls(self.api, self.run.uid, self.run.cluster, self.run.pool.name)

    @cached_property
    def keys(self) -> DigitalOceanKeys:
        return DigitalOceanKeys(self.api, self.run.uid, self.run.pool.name)

    def check_options(self) -> None:
        DigitalOceanApi.check_options(self.run.params)

    def price(self) -> str:
        return catalog_client.check(self.api, self.run.pool)

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        self.may_have_firewall = bool(self.run.pool.ssh_cidrs) and self.run.is_bound()
        return super().missing(creates=creates)

    def make_missing(self, *, creates: bool) -> None:
        if self.may_have_firewall:
            self._wait_for_list()
        super().make_missing(creates=creates)

    def _wait_for_list(self) -> None:
        """An earlier run may have made a firewall, and the list not show it yet."""
        begin = self.run.clock.monotonic()
        while not self.firewalls.found() and self.run.clock.monotonic() - begin <= LAG:
            self.run.clock.sleep(LOOK_AGAIN)


PROVIDER = Provider(node_pool=DigitalOceanNodePool, resources=DigitalOceanResources)
