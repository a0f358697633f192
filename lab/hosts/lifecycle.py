# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab comes, grows, shrinks and goes. Each step is written down before it begins or after it ended, so that any may be the last."""
from __future__ import annotations

import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from . import boot, cleanup, container, image, inventory, kernel_limits, network, packages, removal, servers, ssh_keys, state
from .errors import LabError
from .lock import locked
from .processes import Process
from .progress import say, step
from .state import Host, Lab

# kind of host in a name -> (role, image, last number of the first address)
KINDS = {"seed": ("seed", "bare", 11), "worker": ("worker", "bare", 21), "host": ("host", "bare", 31), "python": ("host", "python", 131)}
MOST = 90


def up(name: str, wanted: dict[str, int], *, owner: Process | None, builder: Process, clouds: Collection[str] = ()) -> None:
    """wanted: kind of host -> how many there shall be at least. owner: None for a lab that stays until it is taken down.

    clouds: providers whose API it gets.
    """
    begin = time.monotonic()
    directory = state.lab_directory(state.checked_name(name))
    if not any(wanted.values()) or not all(0 <= count <= MOST for count in wanted.values()):
        raise LabError(f"A lab holds at least one host, and at most {MOST} of a kind.")
    packages.ensure()
    kernel_limits.ensure()
    servers.require_artefacts()
    # private from the beginning: keys and kubeconfigs come into it
    state.root().mkdir(mode=0o700, parents=True, exist_ok=True)
    cleanup.clean()
    with locked(directory):
        lab = state.load(name) or _planned(name, owner, builder)
        lab = with_hosts(replace(lab, owner=owner and lab.owner, builder=builder, clouds=tuple(sorted({*lab.clouds, *clouds}))), wanted)
        if is_up(lab):
            state.save(lab)
            say(f"Lab {name} is up with {len(lab.hosts)} hosts: nothing to do.")
            return
        say(f"Lab {name}: {len(lab.hosts)} hosts on {lab.address(0)}/24, files in {directory}")
        lab = _made(lab)
    say(f"Lab {name} is up after {time.monotonic() - begin:.1f} s. Inventory: {directory / 'inventory'}")


def with_hosts(lab: Lab, wanted: dict[str, int]) -> Lab:
    """The hosts that are there and those that are missing to the wanted numbers."""
    for kind, count in wanted.items():
        for number in range(1, count + 1):
            name = f"{lab.name}-{kind}-{number}"
            if all(host.name != name for host in lab.hosts):
                role, system, first = KINDS[kind]
                lab = lab.with_host(Host(name, role, system, lab.address(first + number - 1)))
    return lab


def is_up(lab: Lab) -> bool:
    states = container.states(lab)
    return lab.complete and servers.running(lab) and all(host.booted and states.get(host.name) == "running" for host in lab.hosts)


def add(name: str, wanted: dict[str, int], builder: Process) -> None:
    """wanted: kind of host -> how many more."""
    with locked(state.existing(name).directory):
        lab = replace(state.existing(name), builder=builder)
        for kind, more in wanted.items():
            numbers = [int(host.name.rpartition("-")[2]) for host in lab.hosts if host.name.startswith(f"{name}-{kind}-")]
            lab = with_hosts(lab, {kind: max(numbers, default=0) + more})
        _made(lab)


def remove_host(name: str, host_name: str) -> None:
    with locked(state.existing(name).directory):
        lab = state.existing(name)
        host = lab.host(host_name)
        with step(f"remove host {host.name}"):
            container.remove(lab, host)
        lab = replace(lab, hosts=tuple(other for other in lab.hosts if other != host))
        state.save(lab)
        ssh_keys.forget(lab, host)
        ssh_keys.prepare(lab)
        inventory.write(lab)


def power(name: str, host_name: str, *, on: bool, plug: bool = False) -> None:
    """plug: it is pulled, rather than the button pressed."""
    lab = state.existing(name)
    host = lab.host(host_name)
    with step(f"power {'on' if on else 'off'} {host.name}"):
        if on:
            container.start(lab, host)
            boot.wait_for_ssh(lab, host)
        else:
            (container.cut_off if plug else container.stop)(lab, host)


def write_inventory(name: str) -> Path:
    return inventory.write(state.existing(name))


def down(name: str) -> None:
    directory = state.lab_directory(state.checked_name(name))
    if not directory.exists() and directory not in removal.orphans():
        say(f"There is no lab {name}: nothing to do.")
        return
    begin = time.monotonic()
    with locked(directory):
        try:
            known = state.load(name)
        except LabError:
            known = None
        if known:
            # from here on `clean` takes it away, too
            state.save(replace(known, complete=False))
        gone = removal.remove(directory, known)
    say(f"Lab {name} is gone after {time.monotonic() - begin:.1f} s: {', '.join(gone) or 'files'}")


def _planned(name: str, owner: Process | None, builder: Process) -> Lab:
    """On record from here on, so that the next command finds what this one began."""
    with locked(state.root()):
        created = datetime.now().astimezone().isoformat(timespec="seconds")
        lab = Lab(name, created, network.free_subnet(name, network.used_subnets()), owner, builder)
        state.save(lab)
    return lab


def _made(lab: Lab) -> Lab:
    """Everything that is on record and not there."""
    states = container.states(lab)
    # somebody may have removed a container by hand
    lab = replace(lab, hosts=tuple(replace(host, booted=host.booted and host.name in states) for host in lab.hosts))
    state.save(lab)
    images = {kind: image.ensure(kind) for kind in sorted({host.image for host in lab.hosts if not host.booted})}
    ssh_keys.prepare(lab)
    if not network.exists(lab):
        with step(f"network {lab.address(0)}/24"):
            network.create(lab)
    with ThreadPoolExecutor(max_workers=8) as pool:
        booting = [pool.submit(boot.boot, lab, host, images.get(host.image, ""))
                   for host in lab.hosts if not host.booted or states[host.name] != "running"]
        if lab.hosts:
            _wait_for_gateway(lab, booting)
            lab = servers.with_ports(lab)
            state.save(lab)
            lab = servers.start(lab)
            state.save(lab)
        for ready in as_completed(booting):
            lab = lab.with_host(ready.result())
            state.save(lab)
    lab = replace(lab, complete=True)
    inventory.write(lab)
    state.save(lab)
    return lab


def _wait_for_gateway(lab: Lab, booting: list[Future[Host]]) -> None:
    """podman makes the network's bridge, and with it the address, when the first host starts."""
    while not servers.is_local(lab.gateway):
        if all(host.done() for host in booting):
            for host in booting:
                host.result()
            raise LabError(f"All hosts run, but the network's gateway {lab.gateway} is not there. Start anew: lab/caas-lab down {lab.name}")
        time.sleep(0.05)
