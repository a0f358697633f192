# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node pool of droplets."""
from __future__ import annotations

from functools import cached_property

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter import digitalocean_offer
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import DigitalOceanApi, checked_token
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_firewall import DigitalOceanFirewalls, Firewall, Rule
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_keys import DigitalOceanKeys, Key
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.droplets import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._door.digitalocean_options import DIGITALOCEAN
from ansible_collections.kubermatic.caas.plugins.module_utils._door.node_pool import LAG, POOL, NodePoolDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.pool_work import Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_url import digitalocean_url
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import pool_journal

# seconds between looks at a list that may be behind
LOOK_AGAIN = 10.0


class DigitalOceanNodePoolDoor(NodePoolDoor):
    PROVIDER = Droplets.name
    ARGUMENT_SPEC = {
        **POOL,
        "ssh_public_key": {"type": "str", "no_log": False},
        "ssh_cidrs": {"type": "list", "elements": "str"},
        **DIGITALOCEAN,
    }

    # whether an earlier run may have made something
    was_bound = False

    @cached_property
    def api(self) -> DigitalOceanApi:
        return DigitalOceanApi(self.params["digitalocean_token"], self.params["digitalocean_url"], clock=self.clock, progress=self.progress)

    @cached_property
    def provider(self) -> Droplets:
        return Droplets(self.api, self.uid)

    @cached_property
    def firewalls(self) -> DigitalOceanFirewalls:
        return DigitalOceanFirewalls(self.api, self.uid, self.cluster, self.pool.name)

    @cached_property
    def keys(self) -> DigitalOceanKeys:
        return DigitalOceanKeys(self.api, self.uid, self.pool.name)

    @cached_property
    def wanted_firewall(self) -> Firewall:
        return self.firewalls.wanted(self.pool)

    def check_provider_options(self) -> None:
        checked_token(self.params["digitalocean_token"])
        digitalocean_url(self.params["digitalocean_url"])

    def price(self) -> str:
        return digitalocean_offer.check(self.api, self.pool)

    def needed(self, observed: Seen) -> tuple[Step, ...]:
        return (*self.needed_firewall(), *(self.needed_key() if observed.decision.create else ()))

    def furnish(self) -> None:
        """Before the first machine, so that none is ever open."""
        self.furnish_firewall()
        if self.looked and self.looked.decision.create:
            self.furnish_key()

    def needed_key(self) -> tuple[Step, ...]:
        key = self.pool.ssh_public_key
        if not key:
            return ()
        new = () if self.keys.is_known(key) else (_new_key(self.keys.name(key)),)
        return (*new, *map(_removed_key, self.stale_keys()))

    def furnish_key(self) -> None:
        key = self.pool.ssh_public_key
        if not key:
            return
        if not self.keys.is_known(key):
            self.progress(_new_key(self.keys.name(key)).title)
            self.keys.make(key)
        self._remove_keys(self.stale_keys())

    def stale_keys(self) -> list[Key]:
        return [one for one in self.keys.own() if one.name != self.keys.name(self.pool.ssh_public_key)]

    def _remove_keys(self, keys: list[Key]) -> None:
        for one in keys:
            self.still_guarded()
            self.progress(_removed_key(one).title)
            self.keys.remove(one)

    def needed_firewall(self) -> tuple[Step, ...]:
        if not self.pool.ssh_cidrs:
            return ()
        self.was_bound = pool_journal.is_bound(self.journal.read(), self.pool.name)
        first, *others = self.firewalls.found() or [None]
        same = first and (first.inbound, first.outbound) == (self.wanted_firewall.inbound, self.wanted_firewall.outbound)
        return (*(() if same else (_step(first, self.wanted_firewall),)), *map(_removal, others))

    def furnish_firewall(self) -> None:
        if not self.pool.ssh_cidrs:
            return
        first, *others = self._found_in_the_end() or [None]
        if first is None:
            self.progress(_step(first, self.wanted_firewall).title)
            self._make()
        elif (first.inbound, first.outbound) != (self.wanted_firewall.inbound, self.wanted_firewall.outbound):
            self.progress(_step(first, self.wanted_firewall).title)
            self.firewalls.change(first, self.wanted_firewall)
        self._remove(others)

    def _found_in_the_end(self) -> list[Firewall]:
        """An earlier run may have made it, and a list not show it yet."""
        begin = self.clock.monotonic()
        while True:
            found = self.firewalls.found()
            if found or not self.was_bound or self.clock.monotonic() - begin > LAG:
                return found
            self.clock.sleep(LOOK_AGAIN)

    def _make(self) -> None:
        try:
            self.firewalls.make(self.wanted_firewall)
        except Unsure:
            if not self.firewalls.found():
                raise

    def unneeded(self) -> tuple[Step, ...]:
        return (*map(_removal, self.firewalls.found()), *map(_removed_key, self.keys.own()))

    def clear(self) -> None:
        self._remove(self.firewalls.found())
        self._remove_keys(self.keys.own())

    def _remove(self, firewalls: list[Firewall]) -> None:
        for one in firewalls:
            self.still_guarded()
            self.progress(_removal(one).title)
            self.firewalls.remove(one)

    def left_beside(self) -> list[str]:
        return [*(f"firewall {one.name} ({one.id})" for one in self.firewalls.found()), *(f"SSH key {one.name} ({one.id})" for one in self.keys.own())]


def _shown(firewall: Firewall | None) -> str:
    if firewall is None:
        return ""
    return "".join(f"{word} {rule}\n" for word, rules in (("in ", firewall.inbound), ("out", firewall.outbound)) for rule in sorted(rules))


def _step(found: Firewall | None, wanted: Firewall) -> Step:
    let_in = ", ".join(f"{rule.protocol} {rule.ports} from {rule.peer}" for rule in sorted(wanted.inbound, key=Rule.__str__) if rule.ports == "22")
    what = f"Change firewall {wanted.name} ({found.id})" if found else f"Create firewall {wanted.name}"
    return Step(f"{what}: let in {let_in}, and what nodes need", before=_shown(found), after=_shown(wanted), header=f"Firewall {wanted.name}")


def _removal(firewall: Firewall) -> Step:
    return Step(f"Remove firewall {firewall.name} ({firewall.id})", before=_shown(firewall), header=f"Firewall {firewall.name}")


def _new_key(name: str) -> Step:
    return Step(f"Add SSH key {name}", after=f"{name}\n", header="SSH keys")


def _removed_key(key: Key) -> Step:
    return Step(f"Remove SSH key {key.name} ({key.id})", before=f"{key.name}\n", header="SSH keys")
