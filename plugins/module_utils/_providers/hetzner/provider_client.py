# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of servers at Hetzner Cloud."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.firewalled_pool import FirewalledPool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import catalog_client, labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.firewall_client import HetznerFirewalls
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.machines_client import Servers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.resources_client import HetznerResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.ssh_keys_client import HetznerKeys, Key


class HetznerNodePool(FirewalledPool):
    @cached_property
    def api(self) -> HetznerApi:
        return HetznerApi.of(self.run)

    @cached_property
    def machines(self) -> Servers:
        return Servers(self.api, self.run.uid, self.keys_of)

    @cached_property
    def firewalls(self) -> HetznerFirewalls:
        return HetznerFirewalls(self.api, self.run.uid, self.run.cluster, self.run.pool.name)

    @cached_property
    def keys(self) -> HetznerKeys:
        return HetznerKeys(self.api, self.run.uid, self.run.cluster, self.run.pool.name)

    @cached_property
    def pool_key(self) -> Key | None:
        """Asked for once in a run, after it was made."""
        return self.keys.known(self.run.pool.ssh_public_key)

    def keys_of(self, pool: NodePool) -> list[int | str]:
        named: list[int | str] = [int(key) if key.isdecimal() else key for key in pool.ssh_keys]
        if not pool.ssh_public_key:
            return named
        if self.pool_key is None:
            raise InvalidInput("The SSH key of the node pool is gone", where=f"node pool {pool.name} of cluster {pool.cluster}", fix="run this again")
        return [*named, self.pool_key.id]

    def check_options(self) -> None:
        HetznerApi.check_options(self.run.params)
        if self.run.ends:
            return
        pool = self.run.pool
        where = f"node pool {pool.name} of cluster {pool.cluster}"
        labels.of_tags(pool.tags, where)
        if pool.network and not pool.network.isdecimal():
            raise InvalidInput(f"Network {pool.network} can't be one at Hetzner Cloud", where=where, fix="write the number that is its id")
        if pool.ssh_cidrs and not pool.has_private_nodes:
            raise InvalidInput("ssh_cidrs need a private network for the nodes", where=where,
                               why="a firewall at Hetzner Cloud knows addresses only, and would keep nodes from each other",
                               fix="write the id of a network as network, and no node_address: public; or leave ssh_cidrs out")

    def price(self) -> str:
        return catalog_client.check(self.api, self.run.pool)


PROVIDER = Provider(node_pool=HetznerNodePool, resources=HetznerResources)
