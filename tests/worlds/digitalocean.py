# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run of the product against DigitalOcean of the lab."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.machines_client import Droplets
from lab.cloud.clock import SimulatedClock
from lab.cloud.digitalocean.account import Account, Droplet
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN, Cloud
from lab.cloud.faults import Faults, none
from worlds import world as base


class World(base.World):
    provider, creates, batch, most_calls = "digitalocean", "droplets", 10, 137
    like = ("fra1", "s-2vcpu-4gb", "debian-12-x64")
    no_room = "will exceed your droplet limit"
    cloud: Cloud

    @property
    def account(self) -> Account:
        return self.cloud.api.account

    def api(self, token: str = TOKEN, timeout: float = 5) -> DigitalOceanApi:
        return DigitalOceanApi(token, self.cloud.url, clock=self.clock, progress=self.lines.append, timeout=timeout)

    def machines(self, api: DigitalOceanApi, uid: str) -> Droplets:
        return Droplets(api, uid)

    def live(self) -> list[Droplet]:
        return self.account.live()

    def name(self, machine: Droplet) -> str:
        return machine.name

    def is_of(self, machine: Droplet, uid: str, pool: str) -> bool:
        return {f"kubermatic-caas:{uid}", f"kubermatic-caas-pool:{pool}"} <= set(machine.tags)

    def beside(self) -> list[str]:
        return sorted([f"{one.kind} {one.name}" for one in self.account.things.values() if one.gone is None]
                      + [f"key {one['name']}" for one in self.account.keys.values()])

    def stranger(self, name: str, *tags: str) -> Droplet:
        body = {"region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64", "tags": list(tags)}
        return self.account.create([name], body)[0]

    def somebodys(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        found = self.stranger(name, *([f"kubermatic-caas:{uid}"] if uid else []), *([f"kubermatic-caas-pool:{pool}"] if pool else []))
        return lambda: (found.gone is None, list(found.tags))


@contextmanager
def world(*, seed: int = 1, lag: float = 0, faults: Faults = none, late: float = 0.6, **more: Any) -> Iterator[World]:
    clock = SimulatedClock()
    account_options = {name: more.pop(name) for name in ("boots", "limit") if name in more}
    account = Account(clock.now, random=Random(seed), lag=lag, **account_options)
    with Cloud(Api(account, **more), clock, faults=faults, late=late) as cloud:
        yield World(cloud, clock)
