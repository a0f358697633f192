# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Networks of a cluster: for pods, for services, and the address at which the seed is reached."""
from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Network, NetmaskValueError
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown


@dataclass(frozen=True, slots=True)
class Size:
    """The widest and the narrowest prefix of a network, and the reason."""

    widest: int
    narrowest: int
    why: str


# every node gets a /24 for its pods
NODE_PREFIX = 24
POD_SIZE = Size(8, 22, "every node takes a /24 of it")
# kube-apiserver keeps a bitmap of all service addresses, and refuses more than 2^20
SERVICE_SIZE = Size(12, 24, "kube-apiserver keeps a map of all its addresses")
NODES_SIZE = Size(8, 32, "larger ones hold more than nodes")
DNS_INDEX = 10
_UNUSABLE = tuple(IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))


def is_ipv6(text: str) -> bool:
    try:
        IPv6Network(text, strict=False)
    except ValueError:
        return False
    return True


def network_mistake(value: Any, size: Size) -> tuple[str, str]:
    """Why the value can't be used and what to write instead; ("", "") if it can."""
    example = "write it like 10.244.0.0/16"
    if not isinstance(value, str) or not value.strip():
        return "it is empty" if value in ("", None) or isinstance(value, str) else "it is not a string", example
    if is_ipv6(value):
        return "only IPv4 is supported", example
    address, slash, prefix = value.partition("/")
    if not slash:
        return "the prefix length after '/' is missing", example
    if not (prefix.isascii() and prefix.isdigit()):
        return "the prefix length after '/' is not a number from 0 to 32", example
    try:
        network = IPv4Network(value, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return "it is not an IPv4 network", example
    if str(network.network_address) != address:
        return "the address has bits behind the prefix", f"write {network}"
    if not size.widest <= network.prefixlen <= size.narrowest:
        return (f"its size /{network.prefixlen} is outside /{size.widest} to /{size.narrowest}, and {size.why}",
                f"choose a prefix from /{size.widest} to /{size.narrowest}")
    for unusable in _UNUSABLE:
        if network.overlaps(unusable):
            return f"{unusable} is reserved", "choose one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
    return "", ""


def network(value: Any, size: Size, *, where: str) -> IPv4Network:
    """The network. where: the variable that holds it. Raises InvalidInput."""
    why, fix = network_mistake(value, size)
    if why:
        raise InvalidInput(f"Network {shown(value)} can't be used", where=where, why=why, fix=fix)
    return IPv4Network(value)


def room_for_nodes(pods: IPv4Network) -> int:
    """How many nodes get addresses for their pods."""
    return 2 ** max(0, NODE_PREFIX - pods.prefixlen)


def address(value: Any, *, where: str) -> IPv4Address:
    """An IPv4 address that nodes can reach. Raises InvalidInput."""
    fix = "write the IPv4 address at which nodes reach the seed, such as 198.51.100.10"
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("The seed's address is missing", where=where, fix=fix)
    try:
        found = IPv4Address(value)
    except AddressValueError as error:
        why = "only IPv4 is supported" if is_ipv6(value) else "it is not an IPv4 address"
        raise InvalidInput(f"Address {shown(value)} can't be used", where=where, why=why, fix=fix) from error
    if any(found in unusable for unusable in _UNUSABLE):
        raise InvalidInput(f"Address {shown(value)} can't be used", where=where, why="no other machine can reach it", fix=fix)
    return found


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks that were checked against each other."""

    pods: IPv4Network
    services: IPv4Network

    @property
    def service_address(self) -> str:
        """Address of the Service `kubernetes`: the first one of the service network."""
        return str(self.services[1])

    @property
    def dns_address(self) -> str:
        """Address of the cluster's DNS: the tenth one of the service network."""
        return str(self.services[DNS_INDEX])


def networks(pod_cidr: Any, service_cidr: Any, seed_address: IPv4Address | None) -> Networks:
    """Checks both networks, that they are apart, and that the seed's address is in neither. Raises InvalidInput."""
    pods = network(pod_cidr, POD_SIZE, where="pod_cidr")
    services = network(service_cidr, SERVICE_SIZE, where="service_cidr")
    if pods.overlaps(services):
        raise InvalidInput(f"pod_cidr {pods} and service_cidr {services} overlap", where="pod_cidr, service_cidr",
                           why="the same address would belong to a pod and to a service", fix="choose networks without a common address")
    for name, one in (("pod_cidr", pods), ("service_cidr", services)):
        if seed_address is not None and seed_address in one:
            raise InvalidInput(f"{name} {one} overlaps with the seed's address {seed_address}", where=f"{name}, seed_address",
                               why="pods could not reach the cluster's API there", fix=f"choose another {name}")
    return Networks(pods, services)
