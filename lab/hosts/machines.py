# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines that a cloud of the lab sells: hosts that boot and go while the lab is up, whatever API asks for them.

An API calls create and remove, which return at once, and shows `state` as its own words.
"""
from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from . import container, files, image, ssh_keys
from .errors import LabError
from .progress import say
from .state import Host, Lab

# provider -> last numbers of its machines' addresses, between the lab's own hosts, which begin at 11, 21, 31 and 131, and the end
ADDRESSES = {"digitalocean": range(221, 236), "aws": range(236, 251)}
LOGIN = "PermitRootLogin prohibit-password\n"


class State(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


@dataclass
class Machine:
    """host: as the lab's other parts know it. key: the provider's id. silent: it runs, and SSH doesn't answer."""

    key: str
    host: Host
    silent: bool = False
    state: State = State.STARTING
    why: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class Machines:
    """Of one provider in one lab. Nothing of it is written down: containers carry the lab's labels, by which `lab/caas-lab down` finds them."""

    def __init__(self, lab: Lab, provider: str) -> None:
        self.lab, self.addresses = lab, ADDRESSES[provider]
        self._machines: dict[str, Machine] = {}
        self._lock = threading.Lock()
        # as many as boot side by side without one of them waiting for minutes
        self._workers = ThreadPoolExecutor(max_workers=4)

    def create(self, key: str, hostname: str, keys: Sequence[str], *, silent: bool = False) -> Machine:
        """keys: public keys that may log in as root. Raises LabError if the network is full."""
        with self._lock:
            # an address that was given back is the next one to be given away
            used = {machine.host.address for machine in self._machines.values()}
            address = next((one for one in map(self.lab.address, self.addresses) if one not in used), None)
            if address is None:
                raise LabError(f"Lab {self.lab.name} has no address left for another machine.")
            machine = Machine(key, Host(f"{self.lab.name}-cloud-{key}", "cloud", "bare", address), silent)
            self._machines[key] = machine
        self._workers.submit(self._boot, machine, hostname, tuple(keys))
        return machine

    def remove(self, key: str) -> None:
        """At once for whoever asks; its address is free when it is really gone."""
        machine = self._machines.get(key)
        if machine is not None:
            threading.Thread(target=self._remove, args=(machine,)).start()

    def get(self, key: str) -> Machine | None:
        return self._machines.get(key)

    def adopt(self, key: str, address: str) -> Machine:
        """A machine of an earlier process."""
        host = Host(f"{self.lab.name}-cloud-{key}", "cloud", "bare", address)
        running = container.status(host) == "running"
        machine = Machine(key, host, state=State.RUNNING if running else State.FAILED, why="" if running else "the cloud was restarted while it booted")
        with self._lock:
            self._machines[key] = machine
        return machine

    def _boot(self, machine: Machine, hostname: str, keys: Sequence[str]) -> None:
        with machine.lock:
            if machine.key not in self._machines:
                return
            try:
                extra = self._prepare(machine, keys)
                container.remove(self.lab, machine.host)
                container.create(self.lab, machine.host, image.ensure(machine.host.image), hostname=hostname, extra=extra)
                container.start(self.lab, machine.host)
                machine.state = State.RUNNING
            except (LabError, OSError) as error:
                machine.state, machine.why = State.FAILED, str(error)
                say(f"machine {hostname} ({machine.key}) does not boot: {error}")

    def _prepare(self, machine: Machine, keys: Sequence[str]) -> list[str]:
        """What the machine finds in /etc/ssh/lab. Without a host key sshd doesn't start."""
        directory = ssh_keys.prepare_machine(self.lab, machine.host, keys, host_key=not machine.silent)
        login = directory / "cloud.conf"
        files.write(login, LOGIN, mode=0o644)
        return [f"--volume={login}:/etc/ssh/sshd_config.d/00-cloud.conf:ro"]

    def _remove(self, machine: Machine) -> None:
        with machine.lock:
            container.remove(self.lab, machine.host)
            shutil.rmtree(ssh_keys.host_directory(self.lab, machine.host), ignore_errors=True)
            with self._lock:
                self._machines.pop(machine.key, None)
