# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.firewall_client import DigitalOceanFirewalls
from worlds.digitalocean import World, world
from worlds.world import UID

POOL = NodePool("demo", "web", "digitalocean", 1, "fra1", "s-2vcpu-4gb", "debian-12-x64", ssh_cidrs=("203.0.113.7/32",))


def of(here: World) -> DigitalOceanFirewalls:
    return DigitalOceanFirewalls(here.api(), UID, "demo", "web")


def test_what_was_made_is_what_is_found():
    with world() as here:
        wanted = of(here).wanted(POOL)
        of(here).make(wanted)
        (found,) = of(here).found()
        assert (found.name, found.inbound, found.outbound) == (wanted.name, wanted.inbound, wanted.outbound)
        of(here).remove(found)
        of(here).remove(found)
        assert of(here).found() == []


@pytest.mark.parametrize("change", [
    lambda rule: {**rule, "ports": "all"} if rule["ports"] == "0" else rule,
    lambda rule: {name: value for name, value in rule.items() if name != "ports"} if rule["protocol"] == "icmp" else rule], ids=["all", "icmp"])
def test_other_words_for_the_same(change: Any):
    with world() as here:
        wanted = of(here).wanted(POOL)
        of(here).make(wanted)
        (kept,) = here.account.all_of("firewalls")
        kept.fields.update({side: [change(rule) for rule in reversed(kept.fields[side])] for side in ("inbound_rules", "outbound_rules")})
        (found,) = of(here).found()
        assert (found.inbound, found.outbound) == (wanted.inbound, wanted.outbound)


@pytest.mark.parametrize(("pool_network", "region", "rules"), [("", "fra1", 2), ("", "ams3", 0), ("760e09ef-dc84-11e8-981e-3cfdfeaae000", "fra1", 2)])
def test_node_ports_are_for_the_network_of_the_machines(pool_network: str, region: str, rules: int):
    pool = NodePool("demo", "web", "digitalocean", 1, region, "s-2vcpu-4gb", "debian-12-x64", ssh_cidrs=("203.0.113.7/32",), network=pool_network)
    with world() as here:
        found = [rule for rule in of(here).wanted(pool).inbound if rule.ports == "30000-32767"]
        assert len(found) == rules and {rule.peer for rule in found} <= {"10.114.0.0/20"}
