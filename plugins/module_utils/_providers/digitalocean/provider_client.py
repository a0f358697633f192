# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of droplets."""
from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import PoolAtProvider, Provider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean import catalog_client as digitalocean_offer
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import checked_url
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.firewall_client import SSH, DigitalOceanFirewalls, Firewall
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.machines_client import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.resources_client import DigitalOceanResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.ssh_keys_client import DigitalOceanKeys, Key
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import LAG

# seconds between looks at a list that may be behind
LOOK_AGAIN = 10.0


class DigitalOceanNodePool(PoolAtProvider):

    # an earlier run may have made one
    may_have_firewall = False

    @cached_property
    def api(self) -> DigitalOceanApi:
        return DigitalOceanApi(self.run.params["digitalocean_token"], self.run.params["digitalocean_url"], clock=self.run.clock, progress=self.run.progress)

    @cached_property
    def machines(self) -> Droplets:
        return Droplets(self.api, self.run.uid)

    @cached_property
    def firewalls(self) -> DigitalOceanFirewalls:
        return DigitalOceanFirewalls(self.api, self.run.uid, self.run.cluster, self.run.pool.name)

    @cached_property
    def keys(self) -> DigitalOceanKeys:
        return DigitalOceanKeys(self.api, self.run.uid, self.run.pool.name)

    @cached_property
    def wanted_firewall(self) -> Firewall:
        return self.firewalls.wanted(self.run.pool)

    def check_options(self) -> None:
        checked_token(self.run.params["digitalocean_token"])
        checked_url(self.run.params["digitalocean_url"])

    def price(self) -> str:
        return digitalocean_offer.check(self.api, self.run.pool)

    def missing(self, *, creates: bool) -> tuple[Step, ...]:
        self.may_have_firewall = bool(self.run.pool.ssh_cidrs) and self.run.is_bound()
        return (*self.firewall_steps(), *(self.key_steps() if creates else ()))

    def make_missing(self, *, creates: bool) -> None:
        """Before the first machine, so that none is ever open."""
        if self.may_have_firewall:
            self._wait_for_list()
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
        wanted, (first, *others) = self.wanted_firewall, self.firewalls.found() or [None]
        change = None
        if first is None:
            change = _with_firewall(f"Create firewall {wanted.name}", None, wanted, self._make)
        elif not first.is_like(wanted):
            change = _with_firewall(f"Change firewall {wanted.name} ({first.id})", first, wanted, partial(self.firewalls.change, first, wanted))
        return (*([change] if change else []), *map(self._without_firewall, others))

    def key_steps(self) -> tuple[Step, ...]:
        key = self.run.pool.ssh_public_key
        if not key:
            return ()
        name = self.keys.name(key)
        new = () if self.keys.is_known(key) else (Step(f"Add SSH key {name}", partial(self.keys.make, key), after=f"{name}\n", header="SSH keys"),)
        return (*new, *(self._without_key(one) for one in self.keys.own() if one.name != name))

    def _do(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.run.still_guarded()
            self.run.progress(step.title)
            step.target()

    def _wait_for_list(self) -> None:
        """An earlier run may have made a firewall, and the list not show it yet."""
        begin = self.run.clock.monotonic()
        while not self.firewalls.found() and self.run.clock.monotonic() - begin <= LAG:
            self.run.clock.sleep(LOOK_AGAIN)

    def _make(self) -> None:
        try:
            self.firewalls.make(self.wanted_firewall)
        except Unsure:
            if not self.firewalls.found():
                raise

    def _without_firewall(self, one: Firewall) -> Step:
        return Step(f"Remove firewall {one.name} ({one.id})", partial(self.firewalls.remove, one), before=one.shown(), header=f"Firewall {one.name}")

    def _without_key(self, one: Key) -> Step:
        return Step(f"Remove SSH key {one.name} ({one.id})", partial(self.keys.remove, one), before=f"{one.name}\n", header="SSH keys")

    def left(self) -> list[str]:
        return [*(f"firewall {one.name} ({one.id})" for one in self.firewalls.found()), *(f"SSH key {one.name} ({one.id})" for one in self.keys.own())]


def _with_firewall(what: str, found: Firewall | None, wanted: Firewall, act: Callable[[], None]) -> Step:
    ssh = ", ".join(sorted(f"{rule.protocol} {rule.ports} from {rule.peer}" for rule in wanted.inbound if rule.ports == SSH))
    return Step(f"{what}: let in {ssh}, and what nodes need", act, before=found.shown() if found else "", after=wanted.shown(),
                header=f"Firewall {wanted.name}")


PROVIDER = Provider(node_pool=DigitalOceanNodePool, resources=DigitalOceanResources)
