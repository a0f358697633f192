# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mirror, registry, load balancer and clouds of a lab: processes that listen at its gateway address, on ports that stay the same."""
from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from . import registry, state
from .errors import LabError
from .processes import SERVER, Process, marked
from .progress import step
from .state import Lab

WISHED_PORTS = {"mirror": 8080, "registry": 5000}
# the first of its ports
BALANCER = {"balancer": 6443}
CLOUDS = {"digitalocean": 8090, "aws": 8091}
# where Python finds the lab, whatever the directory of a server
ROOT = Path(__file__).resolve().parents[2]


def wanted(lab: Lab) -> dict[str, int]:
    """Servers of this lab and the ports that they would like. A seed of several machines has a load balancer before it."""
    return {**WISHED_PORTS, **(BALANCER if lab.has_balancer else {}), **{name: port for name, port in CLOUDS.items() if name in lab.clouds}}


def command(lab: Lab, name: str) -> list[str]:
    cache, port = state.cache(), lab.ports[name]
    if name == "mirror":
        return [*program("hosts.mirror_server"), "--directory", str(cache / "mirror"), "--address", lab.gateway, "--port", str(port)]
    if name in CLOUDS:
        return [*program(f"cloud.{name}.on_hosts"), "--lab", lab.name, "--address", address(lab, name), "--port", str(port)]
    if name == "balancer":
        backends = {role: [host.address for host in lab.hosts if host.role == role] for role in ("seed", "worker")}
        return [*program("hosts.balancer_server"), "--address", lab.gateway, "--control-planes", *backends["seed"],
                "--workers", *backends["worker"]]
    return [str(cache / "bin" / "crane"), "registry", "serve", "--disk", str(cache / "registry"), "--address", f"{lab.gateway}:{port}"]


def program(module: str) -> list[str]:
    return [sys.executable, "-m", f"lab.{module}"]


def address(lab: Lab, name: str) -> str:
    """Where it listens. Tokens go to a cloud, which the product sends over plain HTTP only to this machine itself."""
    return "127.0.0.1" if name in CLOUDS else lab.gateway


def require_artefacts() -> None:
    """What the servers serve must be built, which takes long and is a command of its own."""
    for path in (state.cache() / "bin" / "crane", state.cache() / "mirror", state.cache() / "registry" / "manifests"):
        if not path.exists():
            raise LabError(f"Nothing to serve to the hosts: {path} is missing. Build it first: lab/caas-lab build")


def running(lab: Lab) -> bool:
    servers = lab.servers or {}
    return all(name in servers and servers[name].alive for name in wanted(lab))


def with_ports(lab: Lab) -> Lab:
    """Chosen once: hosts keep the addresses in their configuration."""
    known = lab.ports or {}
    return replace(lab, ports={name: known.get(name) or (port if name in BALANCER else _free_port(address(lab, name), port))
                               for name, port in wanted(lab).items()})


def start(lab: Lab) -> Lab:
    """Starts those that do not run; the result names their processes."""
    servers = {name: process for name, process in (lab.servers or {}).items() if process.alive}
    # it is told its machines when it starts
    if (old := servers.get("balancer")) and old.words != command(lab, "balancer"):
        servers.pop("balancer").end()
    missing = {name: port for name, port in lab.ports.items() if name not in servers}
    if missing:
        _end_strays(lab, servers.values())
    for name, port in missing.items():
        with step(f"{name} at {url(lab, name)}"):
            servers[name] = _started(lab, name, port)
            if name == "registry":
                registry.tell(url(lab, name), state.cache() / "registry")
    return replace(lab, servers=servers)


def url(lab: Lab, name: str) -> str:
    return f"http://{address(lab, name)}:{lab.ports[name]}"


def tell_new_images(lab: Lab) -> None:
    """Images that were built while the lab's registry ran."""
    if running(lab):
        with step(f"tell the registry of lab {lab.name} its images"):
            registry.tell(url(lab, "registry"), state.cache() / "registry")


def _end_strays(lab: Lab, known: Collection[Process]) -> None:
    """Servers that a killed command started and had no time to write down: they hold the ports."""
    for process, directory in marked(SERVER):
        if directory == lab.directory and process not in known:
            process.end()


def _started(lab: Lab, name: str, port: int) -> Process:
    log = lab.directory / f"{name}.log"
    try:
        with log.open("ab") as output:
            child = subprocess.Popen(command(lab, name), cwd="/", env=environment(lab), stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=output, start_new_session=True)
    except FileNotFoundError as error:
        raise LabError(f"The lab's {name} can't start: {error.filename} is missing. Build it: lab/caas-lab build") from None
    end = time.monotonic() + 10
    while True:
        with contextlib.suppress(OSError), socket.create_connection((address(lab, name), port), timeout=1):
            if process := Process.of(child.pid):
                return process
        if child.poll() is not None or time.monotonic() > end:
            raise LabError(f"The lab's {name} does not listen at {address(lab, name)}:{port}. Its last words: {_last_line(log)} ({log})")
        time.sleep(0.02)


def environment(lab: Lab) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), SERVER: str(lab.directory)}


def _last_line(log: Path) -> str:
    return (log.read_text(errors="replace").strip().splitlines() or ["none"])[-1]


def is_local(address: str) -> bool:
    """Whether this machine has the address now."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _free_port(address: str, wish: int) -> int:
    with socket.socket() as probe:
        # a port in its closing minutes is free for a server
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, wish))
        except OSError:
            probe.bind((address, 0))
        return probe.getsockname()[1]
