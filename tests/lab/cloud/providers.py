# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The clouds of the lab behind one face, so that one test can be held against all providers. It looks at what a cloud has, not at what the product says."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from . import world as digitalocean
from .aws import world as aws
from .clock import SimulatedClock
from .faults import Faults, none
from .world import UID


class Site(Protocol):
    """clock: the cloud's time. lines: what the product said. creates: the path or action by which machines are made."""

    name: str
    creates: str
    here: Any
    lines: list[str]

    @property
    def clock(self) -> SimulatedClock: ...
    @property
    def calls(self) -> int: ...
    @property
    def writes(self) -> int: ...

    def run(self, count: int, **options: Any) -> Any: ...
    def run_that_dies(self, count: int, call: int, *, carried_out: bool, **options: Any) -> bool: ...
    def names(self, uid: str = UID, pool: str = "web") -> list[str]: ...
    def count(self) -> int: ...
    def stranger(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, dict[str, str]]]: ...


class _Site:
    name = creates = ""

    def __init__(self, here: Any) -> None:
        self.here, self.lines, self.clock = here, here.lines, here.clock

    @property
    def calls(self) -> int:
        return len(self.here.cloud.heard)

    @property
    def writes(self) -> int:
        return len(self.here.cloud.writes)

    def run(self, count: int, **options: Any) -> Any:
        return self.here.run(count, **options)

    def run_that_dies(self, count: int, call: int, *, carried_out: bool, **options: Any) -> bool:
        return self.here.run_that_dies(count, call, carried_out=carried_out, **options)


class DigitalOcean(_Site):
    name, creates = "digitalocean", "droplets"

    def names(self, uid: str = UID, pool: str = "web") -> list[str]:
        return sorted(one.name for one in self.here.account.live() if {f"kubermatic-caas:{uid}", f"kubermatic-caas-pool:{pool}"} <= set(one.tags))

    def count(self) -> int:
        """All machines of the account."""
        return len(self.here.account.live())

    def stranger(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        """A machine of that name with these tags; what is returned tells whether it is there still, and its tags."""
        found = self.here.stranger(name, *([f"kubermatic-caas:{uid}"] if uid else []), *([f"kubermatic-caas-pool:{pool}"] if pool else []))
        return lambda: (found.gone is None, list(found.tags))


class Aws(_Site):
    name, creates = "aws", "RunInstances"

    def names(self, uid: str = UID, pool: str = "web") -> list[str]:
        return self.here.names(uid, pool)

    def count(self) -> int:
        return len(self.here.ec2.live())

    def stranger(self, name: str, uid: str = "", pool: str = "") -> Callable[[], tuple[bool, Any]]:
        found = self.here.stranger(name, **({"kubermatic_caas": uid} if uid else {}), **({"kubermatic_caas_pool": pool} if pool else {}))
        return lambda: (found.gone is None, self.here.ec2.tags(found))


@contextmanager
def site(name: str, *, faults: Faults = none, **more: Any) -> Iterator[Site]:
    """name: the provider's. more: of both worlds: seed, lag, boots, limit, partial, late."""
    module, kind = {"digitalocean": (digitalocean, DigitalOcean), "aws": (aws, Aws)}[name]
    with module.world(faults=faults, **more) as here:
        yield kind(here)
