# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run of the product against the cloud of the lab: what it needs beside its code, and ways for it to die."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.droplets import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._door.pool_work import PoolWork, Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._model.node_pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Record

from .clock import SimulatedClock
from .digitalocean.account import Account, Droplet
from .digitalocean.api import Api
from .digitalocean.server import TOKEN, Cloud
from .faults import Faults, none

UID, OTHER_UID = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11", "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a12"


class Killed(BaseException):
    """Nothing of the product catches it, as nothing catches a signal 9."""


class Notebook:
    """The record as text, as the seed would keep it: notes outlive the run that wrote them."""

    def __init__(self) -> None:
        self.text = Record("demo", "Running", "2026-01-01T00:00:00Z").text()
        self.writes = 0

    def read(self) -> Record:
        return Record.of(self.text)

    def change(self, to: Callable[[Record], Record]) -> Record:
        new = to(self.read())
        if new != self.read():
            self.writes += 1
            self.text = new.text()
        return new


@dataclass
class World:
    """A cloud with one account, and the notes of one cluster. die: number of the call at which a run dies, after or before it is carried out."""

    account: Account
    cloud: Cloud
    clock: SimulatedClock
    notes: Notebook = field(default_factory=Notebook)
    lines: list[str] = field(default_factory=list)

    def api(self, token: str = TOKEN, timeout: float = 5) -> DigitalOceanApi:
        return DigitalOceanApi(token, self.cloud.url, clock=self.clock, progress=self.lines.append, timeout=timeout)

    def work(self, count: int, *, pool: str = "web", uid: str = UID, api: DigitalOceanApi | None = None, **options: Any) -> PoolWork:
        wanted = NodePool("demo", pool, "digitalocean", count, "fra1", "s-2vcpu-4gb", "debian-12-x64")
        return PoolWork(Droplets(api or self.api(), uid), wanted, self.notes, uid, clock=self.clock, progress=self.lines.append, **options)

    def run(self, count: int, **options: Any) -> Seen:
        return self.work(count, **options).converge()

    def run_that_dies(self, count: int, call: int, *, carried_out: bool, **options: Any) -> bool:
        """False if it ended before it made that call."""
        api = self.api()
        send, calls = api._once, [0]

        def once(*args: Any) -> Any:
            calls[0] += 1
            if calls[0] == call and not carried_out:
                raise Killed
            answer = send(*args)
            if calls[0] == call:
                raise Killed
            return answer

        api._once = once
        try:
            self.run(count, api=api, **options)
        except Killed:
            return True
        return False

    def names(self, tag: str = "kubermatic-caas-pool:web") -> list[str]:
        return sorted(one.name for one in self.account.live() if tag in one.tags)

    def stranger(self, name: str, *tags: str) -> Droplet:
        body = {"region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64", "tags": list(tags)}
        return self.account.create([name], body)[0]


@contextmanager
def world(*, seed: int = 1, lag: float = 0, faults: Faults = none, late: float = 0.6, **more: Any) -> Iterator[World]:
    clock = SimulatedClock()
    account_options = {name: more.pop(name) for name in ("boots", "limit") if name in more}
    account = Account(clock.now, random=Random(seed), lag=lag, **account_options)
    with Cloud(Api(account, **more), clock, faults=faults, late=late) as cloud:
        yield World(account, cloud, clock)
