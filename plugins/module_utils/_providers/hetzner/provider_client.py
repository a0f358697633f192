# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of servers at Hetzner Cloud."""
from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import PoolAtProvider, Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import catalog_client, labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.firewall_client import Firewall, HetznerFirewalls
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.machines_client import Servers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.resources_client import HetznerResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.ssh_keys_client import HetznerKeys, Key


class HetznerNodePool(PoolAtProvider):
    @cached_property
    def api(self) -> HetznerApi:
        params = self.run.params
        return HetznerApi(params["hetzner_token"], params["hetzner_url"], clock=self.run.clock, progress=self.run.progress)

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
        checked_token(self.run.params["hetzner_token"])
        checked_url(self.run.params["hetzner_url"])
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

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        return (*self.firewall_steps(), *(self.key_steps() if creates else ()))

    def make_missing(self, *, creates: bool) -> None:
        """Before the first machine, so that none is ever open. Names are unique in a project, so nothing is made twice by a list that is behind."""
        self._do(self.firewall_steps())
        if creates:
            self._do(self.key_steps())

    def removable(self) -> tuple[Step, ...]:
        return (*map(self._without_firewall, self.firewalls.found()), *map(self._without_key, self.keys.own()))

    def remove_removable(self) -> None:
        self._do(self.removable())

    def firewall_steps(self) -> tuple[Step, ...]:
        if not self.run.pool.ssh_cidrs:
            return ()
        wanted, found = self.firewalls.wanted(self.run.pool), self.firewalls.found()
        if not found:
            return (_with_firewall(f"Create firewall {wanted.name}", None, wanted, partial(self.firewalls.make, wanted)),)
        first = found[0]
        if first.is_like(wanted):
            return ()
        return (_with_firewall(f"Change firewall {first.name} ({first.id})", first, wanted, partial(self.firewalls.change, first, wanted)),)

    def key_steps(self) -> tuple[Step, ...]:
        key = self.run.pool.ssh_public_key
        if not key:
            return ()
        name = self.keys.name(key)
        new = () if self.keys.known(key) else (Step(f"Add SSH key {name}", partial(self.keys.make, key), after=f"{name}\n", header="SSH keys"),)
        return (*new, *(self._without_key(one) for one in self.keys.own() if one.name != name))

    def _do(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.run.still_guarded()
            self.run.progress(step.title)
            step.target()

    def _without_firewall(self, one: Firewall) -> Step:
        return Step(f"Remove firewall {one.name} ({one.id})", partial(self.firewalls.remove, one), before=one.shown(), header=f"Firewall {one.name}")

    def _without_key(self, one: Key) -> Step:
        return Step(f"Remove SSH key {one.name} ({one.id})", partial(self.keys.remove, one), before=f"{one.name}\n", header="SSH keys")

    def left(self) -> list[str]:
        return [*(f"firewall {one.name} ({one.id})" for one in self.firewalls.found()), *(f"SSH key {one.name} ({one.id})" for one in self.keys.own())]


def _with_firewall(what: str, found: Firewall | None, wanted: Firewall, act: Callable[[], None]) -> Step:
    return Step(f"{what}: let in {', '.join(map(str, sorted(wanted.rules)))}", act, before=found.shown() if found else "", after=wanted.shown(),
                header=f"Firewall {wanted.name}")


PROVIDER = Provider(node_pool=HetznerNodePool, resources=HetznerResources)
