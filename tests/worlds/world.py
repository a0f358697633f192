# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run of the product against a cloud of the lab: what it needs beside its code, and ways for it to die."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.reconcile_client import PoolWork, Seen
from lab.cloud.clock import SimulatedClock
from lab.cloud.http_server import HttpServer

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


class World(ABC):
    """A cloud with one account, and the notes of one cluster. It looks at what the cloud has, not at what the product says.

    clock: the cloud's time. lines: what the product said. Of each provider: a subclass.
    """

    provider = ""
    # region, size and image of its machines
    like = ("", "", "")
    # the path of the request that makes machines
    creates = ""
    # how many machines one request makes
    batch = 1
    # how many machines there are when the request for one is heard twice
    again = 2
    # how many machines a test of many asks for, and the calls that this takes
    many, most_calls = 1000, 0
    # what a run says if the account has no room, as a pattern
    no_room = ""

    def __init__(self, cloud: HttpServer, clock: SimulatedClock) -> None:
        self.cloud, self.clock, self.notes = cloud, clock, Notebook()
        self.lines: list[str] = []

    @abstractmethod
    def api(self, *, timeout: float = 5) -> Any:
        """What the product talks to the cloud with, each request by its method _once."""

    @abstractmethod
    def machines(self, api: Any, uid: str) -> Any:
        """The product's view of the machines of one cluster. api: what it talks to the cloud with."""

    def work(self, count: int, *, pool: str = "web", uid: str = UID, api: Any = None, **options: Any) -> PoolWork:
        """A pool of that many machines of one cluster, ready to converge. api: a new one if not given."""
        return self.pool_work(self.machines(api or self.api(), uid), count, pool, uid, **options)

    def pool_work(self, machines: Any, count: int, pool: str, uid: str, **options: Any) -> PoolWork:
        wanted = NodePool("demo", pool, self.provider, count, *self.like)
        return PoolWork(machines, wanted, self.notes, uid, clock=self.clock, progress=self.lines.append, **options)

    @abstractmethod
    def live(self) -> list[Any]:
        """All machines of the account, in the cloud's own words."""

    @abstractmethod
    def name(self, machine: Any) -> str:
        """Of a machine, as its cloud keeps it."""

    @abstractmethod
    def is_of(self, machine: Any, uid: str, pool: str) -> bool:
        """Whether a machine carries the tags of that cluster's pool."""

    @abstractmethod
    def beside(self) -> list[str]:
        """What the account has beside machines with their disks and what it began with, such as keys and rules of a firewall."""

    @abstractmethod
    def somebodys(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        """A machine of that name that the product did not make, with these tags. What is returned tells whether it is there still, and its tags."""

    def names(self, uid: str = UID, pool: str = "web") -> list[str]:
        return sorted(self.name(one) for one in self.live() if self.is_of(one, uid, pool))

    def all_names(self) -> list[str]:
        return sorted(map(self.name, self.live()))

    def left(self) -> list[str]:
        """All that is in the account but what it began with."""
        return [*self.all_names(), *self.beside()]

    def count(self) -> int:
        return len(self.live())

    @property
    def calls(self) -> int:
        return len(self.cloud.heard)

    @property
    def writes(self) -> int:
        return len(self.cloud.writes)

    def run(self, count: int, **options: Any) -> Seen:
        return self.work(count, **options).converge()

    def run_that_dies(self, count: int, call: int, *, carried_out: bool, **options: Any) -> bool:
        """False if it ended before it made that call. call: its number; carried_out: it dies after it, else before."""
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
