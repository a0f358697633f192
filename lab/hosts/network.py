# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One network per lab, on a subnet that nobody else on this machine uses."""
from __future__ import annotations

import ipaddress
import json
import subprocess
import zlib
from collections.abc import Iterable

from . import podman, state
from .errors import LabError
from .state import Lab

# away from the pods' 10.244.0.0/16, the services' 10.96.0.0/12 and podman's own 10.88.0.0/16
CANDIDATES = [(second, third) for second in range(192, 224) for third in range(256)]


def free_subnet(name: str, used: Iterable[ipaddress.IPv4Network]) -> tuple[int, int]:
    """A lab gets the same subnet again as long as nobody took it."""
    taken = list(used)
    first = zlib.crc32(name.encode()) % len(CANDIDATES)
    for second, third in CANDIDATES[first:] + CANDIDATES[:first]:
        subnet = ipaddress.IPv4Network(f"10.{second}.{third}.0/24")
        if not any(subnet.overlaps(other) for other in taken):
            return second, third
    raise LabError("All subnets from 10.192.0.0 to 10.223.255.0 are in use. See what holds them: ip route; podman network ls")


def used_subnets() -> list[ipaddress.IPv4Network]:
    """Of podman's networks, of this machine's routes, and of the labs."""
    texts = [subnet["subnet"] for network in podman.listed("network", "ls") for subnet in network.get("subnets") or []]
    routes = subprocess.run(["ip", "-json", "-4", "route"], check=True, capture_output=True, text=True).stdout
    texts += [route["dst"] for route in json.loads(routes) if route["dst"] != "default"]
    texts += [lab.address(0) + "/24" for lab in map(state.load, state.names()) if lab]
    networks = [ipaddress.ip_network(text, strict=False) for text in texts]
    return [network for network in networks if network.version == 4]


def exists(lab: Lab) -> bool:
    return podman.run("network", "exists", lab.network).returncode == 0


def create(lab: Lab) -> None:
    podman.call(
        "network", "create", *(f"--label={key}={value}" for key, value in lab.labels.items()), "--disable-dns",
        f"--subnet={lab.address(0)}/24", f"--gateway={lab.gateway}", lab.network, directory=lab.directory)
