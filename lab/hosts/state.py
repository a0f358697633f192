# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where labs lie, and what is remembered of one: everything that a later command needs to continue or to end it."""
from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..artefacts.machine import default_cache
from . import files
from .errors import LabError
from .processes import Process

# host names are made from it, and Kubernetes wants those as DNS labels (63 characters at most)
NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")


def cache() -> Path:
    """What was built, and the systems of hosts."""
    return default_cache()


def root() -> Path:
    """The labs of this user: LAB_STATE."""
    given = os.environ.get("LAB_STATE")
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return Path(given).resolve() if given else base / "kubermatic-caas-lab"


def lab_directory(name: str) -> Path:
    return root() / name


@dataclass(frozen=True, slots=True)
class Host:
    """role: seed, worker (of the seed) or host. image: bare (no Python) or python. booted: SSH answered once, so nothing of it is half made."""

    name: str
    role: str
    image: str
    address: str
    booted: bool = False


@dataclass(frozen=True, slots=True)
class Lab:
    """owner: after whose end `clean` takes the lab away, None for a lab that stays. builder: who last worked on it.

    created: ISO 8601, local time. subnet: two numbers, [210, 7] is 10.210.7.0/24. ports: server -> port at the gateway.
    clouds: providers whose API it has; their machines are hosts of the lab, too.
    """

    name: str
    created: str
    subnet: tuple[int, int]
    owner: Process | None
    builder: Process
    complete: bool = False
    hosts: tuple[Host, ...] = ()
    ports: dict[str, int] | None = None
    servers: dict[str, Process] | None = None
    clouds: tuple[str, ...] = ()

    @property
    def directory(self) -> Path:
        return lab_directory(self.name)

    @property
    def network(self) -> str:
        return f"kubermatic-caas-lab-{self.name}"

    @property
    def gateway(self) -> str:
        return self.address(1)

    @property
    def has_balancer(self) -> bool:
        return sum(host.role == "seed" for host in self.hosts) > 1

    def address(self, last: int) -> str:
        return f"10.{self.subnet[0]}.{self.subnet[1]}.{last}"

    @property
    def labels(self) -> dict[str, str]:
        return {LABEL: self.name, DIRECTORY_LABEL: str(self.directory)}

    @property
    def abandoned(self) -> bool:
        """Nobody is left who would end it."""
        if self.builder.alive:
            return False
        return not self.complete or (self.owner is not None and not self.owner.alive)

    def host(self, name: str) -> Host:
        for host in self.hosts:
            if host.name == name:
                return host
        raise LabError(f"Lab {self.name} has no host {name}. Its hosts: {' '.join(host.name for host in self.hosts) or 'none'}.")

    def with_host(self, host: Host) -> Lab:
        """The host in the place of the one with its name, or at the end."""
        others = {known.name: known for known in self.hosts}
        return replace(self, hosts=tuple({**others, host.name: host}.values()))


LABEL = "kubermatic.caas.lab"
DIRECTORY_LABEL = "kubermatic.caas.lab.directory"


def checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise LabError(f"A lab can't be called {name!r}: its hosts' names begin with it. Use a-z, 0-9 and dashes, at most 32, a letter first.")
    return name


def save(lab: Lab) -> None:
    files.write(lab.directory / "lab.json", json.dumps(asdict(lab), indent=2) + "\n")


def load(name: str) -> Lab | None:
    """None if there is no such lab."""
    path = lab_directory(checked_name(name)) / "lab.json"
    try:
        return _lab(json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise LabError(f"{path} is not readable ({error}). Remove the lab: lab/caas-lab down {name}") from None


def existing(name: str) -> Lab:
    if (lab := load(name)) is None:
        raise LabError(f"There is no lab {name} in {root()}. Labs here: {' '.join(names()) or 'none'}. Start it: lab/caas-lab up {name}")
    return lab


def names() -> list[str]:
    return sorted(path.parent.name for path in root().glob("*/lab.json") if NAME.fullmatch(path.parent.name))


def _lab(given: dict[str, Any]) -> Lab:
    return Lab(**{
        **given,
        "subnet": tuple(given["subnet"]),
        "clouds": tuple(given.get("clouds", ())),
        "owner": given["owner"] and Process(**given["owner"]),
        "builder": Process(**given["builder"]),
        "hosts": tuple(Host(**host) for host in given["hosts"]),
        "servers": {name: Process(**server) for name, server in (given["servers"] or {}).items()},
    })
