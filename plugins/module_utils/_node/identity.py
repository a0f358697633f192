# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which names and addresses a host may have in its serving certificate. What it says of itself is a claim, not a proof.

Its name comes from the inventory. An address is refused if another node or the API has it. One at which SSH reached the host, and checked its key, is its own.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import Host, address_of


def lies_in(address: str, network: str) -> bool:
    """False also if either is none."""
    try:
        return ip_address(address) in ip_network(network)
    except ValueError:
        return False


def serving_addresses(host: Host, address: str, *, cloud: bool, endpoint: str, networks: Iterable[str]) -> list[str]:
    """Addresses for the serving certificate. address: by which the cluster knows the node.

    cloud: its controller may tell kube-apiserver another one of the machine's own. Those that come and go would make a new certificate each time.
    endpoint: address of the cluster's API; networks: of its pods and Services.
    """
    foreign = tuple(networks)
    own = [one.address for one in host.interfaces if not (one.passing or one.of_one or one.address == endpoint
                                                          or any(lies_in(one.address, network) for network in foreign))]
    return list(dict.fromkeys((address, *(own if cloud else ()))))


def claims(address: str, *, node_name: str, ssh_address: str, endpoint: str, others: Iterable[tuple[str, Iterable[Any]]]) -> list[str]:
    """Why the address can't be this host's, each a sentence with what to do.

    ssh_address: at which the inventory reaches the host; others: the other Nodes, name and addresses as the cluster's API tells them.
    """
    if address == address_of(endpoint):
        return [f"Its address {address} is that of the cluster's API. Remove it from this host, or choose another address of the host with node_address"]
    if address == address_of(ssh_address):
        return []
    holders = sorted(name for name, addresses in others if name != node_name and address in [address_of(str(one)) for one in addresses])
    if holders:
        return [f"Its address {address} is that of node {holders[0]} of this cluster. Give each an address of its own (node_address), "
                f"or if that machine is gone: remove_node -e node={holders[0]} -e node_forget=true"]
    return []


def within(host: Host, networks: Mapping[str, str], *, fresh: bool, mirrors: Mapping[str, str] | None = None) -> list[str]:
    """What of the host lies in a network of the cluster, so that pods, or the host itself, could not reach it any more.

    networks: name of the variable -> network; other checks report what is not a network. fresh: the host is no node yet: later its interfaces carry
    addresses of pods. mirrors: name of the variable -> host part of its URL.
    """
    main = host.source_address or next(iter(host.addresses), "")
    places = {main: f"Its address {main}"}
    if fresh:
        places |= {one.address: f"Its address {one.address} ({one.device})" for one in host.interfaces if one.address != main and not _of_pods(one.device)}
        places |= {server: f"Its DNS server {server}" for server in host.nameservers}
        places |= {address_of(place): f"{name} {place}" for name, place in (mirrors or {}).items()}
    return [f"{what} lies in {name} {network} of the cluster, so pods could not reach it. Choose another {name} if the cluster is new, "
            "else a host in another network"
            for name, network in networks.items() for address, what in places.items() if lies_in(address, network)]


def _of_pods(device: str) -> bool:
    """Another check reports what an earlier cluster left."""
    return device.startswith(("cni", "flannel", "veth", "cali", "vxlan.calico", "tunl", "kube-"))


def overlapping(host: Host, networks: Mapping[str, str]) -> list[str]:
    """Warnings: networks of the host's interfaces that hold a network of the cluster."""
    found = []
    for name, text in networks.items():
        try:
            network = ip_network(text)
        except ValueError:
            continue
        for one in host.interfaces:
            own = ip_network(one.network)
            if not (one.of_one or _of_pods(one.device)) and own.version == network.version and own.overlaps(network) and ip_address(one.address) not in network:
                found.append(f"Its network {one.network} ({one.device}) holds a part of {name} {text} of the cluster: other machines with such addresses "
                             "can't be reached from pods, nor from this host")
    return found
