# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run of the product against Hetzner Cloud of the lab."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.machines_client import Servers
from lab.cloud.clock import SimulatedClock
from lab.cloud.faults import Faults, none
from lab.cloud.hetzner.api import Api
from lab.cloud.hetzner.project import Project, Thing
from lab.cloud.hetzner.server import TOKEN, Cloud
from worlds import world as base


class World(base.World):
    # a request makes one machine, and a project has each name once
    provider, creates, batch, again, many, most_calls = "hetzner", "servers", 1, 1, 100, 120
    like = ("fsn1", "cx22", "debian-12")
    no_room = "server limit exceeded"
    cloud: Cloud

    @property
    def project(self) -> Project:
        return self.cloud.api.project

    def api(self, token: str = TOKEN, timeout: float = 5) -> HetznerApi:
        return HetznerApi(token, self.cloud.url, clock=self.clock, progress=self.lines.append, timeout=timeout)

    def machines(self, api: HetznerApi, uid: str) -> Servers:
        return Servers(api, uid)

    def live(self) -> list[Thing]:
        return self.project.live("servers")

    def name(self, machine: Thing) -> str:
        return machine.labels.get("kubermatic-caas-name") or machine.name

    def is_of(self, machine: Thing, uid: str, pool: str) -> bool:
        return {"kubermatic-caas": uid, "kubermatic-caas-pool": pool}.items() <= machine.labels.items()

    def beside(self) -> list[str]:
        return sorted(f"{one.kind} {one.name}" for one in self.project.things.values() if one.gone is None and one.kind != "servers")

    def somebodys(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        labels = {**({"kubermatic-caas": uid} if uid else {}), **({"kubermatic-caas-pool": pool} if pool else {})}
        found = self.project.add("servers", name, labels)
        return lambda: (found.gone is None, dict(found.labels))


@contextmanager
def world(*, seed: int = 1, lag: float = 0, faults: Faults = none, late: float = 0.6, **more: Any) -> Iterator[World]:
    clock = SimulatedClock()
    project_options = {name: more.pop(name) for name in ("boots", "limit") if name in more}
    project = Project(clock.now, random=Random(seed), lag=lag, **project_options)
    with Cloud(Api(project, **more), clock, faults=faults, late=late) as cloud:
        yield World(cloud, clock)
