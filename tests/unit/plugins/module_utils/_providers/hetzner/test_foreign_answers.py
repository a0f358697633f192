# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Good answers, changed at random: each is understood or is one line. FUZZ and FUZZ_FROM as in tests/unit/fuzz."""
from __future__ import annotations

import json
from random import Random
from types import SimpleNamespace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import catalog_client
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.firewall_client import HetznerFirewalls
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.machines_client import Servers
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.resources_client import HetznerResources
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.ssh_keys_client import HetznerKeys
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Said
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.rest_errors import Answer
from lab.cloud.clock import SimulatedClock
from lab.cloud.hetzner import project as offer
from lab.cloud.hetzner.server import TOKEN
from unit.fuzz.mutations import body_of
from unit.fuzz.test_foreign_answers import try_all
from worlds.hetzner import world
from worlds.world import UID

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"
POOL = NodePool("demo", "web", "hetzner", 1, "fsn1", "cx22", "debian-12", network="4711", ssh_keys=("key",), ssh_public_key=KEY)


def good_answers() -> list[tuple[str, Any]]:
    """Path -> what the cloud of the lab answers there."""
    own = {"kubermatic-caas": UID, "kubermatic-caas-pool": "web"}
    with world() as there:
        add = there.project.add
        server = add("servers", "demo-web-1", own, networks=[4711])
        things = [server, add("volumes", "data", own, server=server.id), add("load_balancers", "shop", own), add("ssh_keys", "key", own, public_key=KEY),
                  add("firewalls", "ssh", own, rules=[{"direction": "in", "protocol": "tcp", "port": "22", "source_ips": ["203.0.113.7/32"]}],
                      apply_to=[{"type": "label_selector", "label_selector": {"selector": f"kubermatic-caas={UID}"}}])]
        singles = [(f"{one.kind}/{one.id}", {one.kind.removesuffix("s"): offer.thing_json(one, there.clock.now())}) for one in things]
        lists = [(one.kind, {one.kind: [offer.thing_json(one, there.clock.now())]}) for one in things]
    return [(f"servers/{server.id}/actions", {"actions": [offer.action_json(server, "create_server", server.created)]}), *singles, *lists,
            ("locations", {"locations": [offer.location_json("fsn1")]}), ("server_types", {"server_types": [offer.type_json("cx22")]}),
            ("images", {"images": [offer.image_json("debian-12")]}), ("networks/4711", {"network": offer.NETWORK}),
            ("pricing", {"pricing": {"currency": "EUR"}})]


ANSWERS = good_answers()


class Foreign(HetznerApi):
    """An API of which nothing is believed."""

    random = Random()

    def _once(self, method: str, path: str, query: dict[str, Any] | None, body: Any) -> Answer:
        good = next((answer for part, answer in ANSWERS if path == part), {})
        data = body_of(self.random, good) if self.random.random() < 0.5 else json.dumps(good).encode()
        return Answer(self.random.choice((200, 200, 200, 200, 404, 409, 422, 403, 423, 500, 302)), {}, data)


def test_any_answer():
    def look(random: Random) -> None:
        api = Foreign(TOKEN, clock=SimulatedClock(), progress=lambda text: None)
        api.random = random
        resources = HetznerResources(SimpleNamespace(uid=UID))
        resources.__dict__["api"] = api
        work = random.choice((
            lambda: [one.name for one in Servers(api, UID).machines()], lambda: Servers(api, UID).exists("42000001"),
            lambda: [one.shown() for one in HetznerFirewalls(api, UID, "demo", "web").found()], lambda: HetznerKeys(api, UID, "demo", "web").known(KEY),
            lambda: [resources.remove(one) for one in resources.find(Said()).ours], lambda: catalog_client.check(api, POOL)))
        work()

    try_all(look)
