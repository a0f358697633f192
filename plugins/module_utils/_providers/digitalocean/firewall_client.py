# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The firewall of a node pool at DigitalOcean. It stands before all machines of the cluster, as these are what the tag with its UID names; what several
firewalls let in adds up. A machine that is before none is open to everybody."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import cluster_tag

EVERYBODY = ("0.0.0.0/0", "::/0")
# the API's word for all of a protocol
ALL_PORTS = "0"
SSH = "22"
# the default range of Kubernetes
NODE_PORTS = "30000-32767"
_ID = re.compile(r"[0-9a-fA-F-]{8,64}", re.ASCII)
TARGETS = ("addresses", "tags", "droplet_ids", "load_balancer_uids", "kubernetes_ids")


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """Allows traffic from a peer, or to a peer. peer: an address or network, or a tag of machines, or another target; kind: which of these."""

    protocol: str
    ports: str
    kind: str
    peer: str

    def __str__(self) -> str:
        return f"{self.protocol} {'all' if self.ports == ALL_PORTS else self.ports} {self.peer}"


@dataclass(frozen=True, slots=True)
class Firewall:
    """id: "" if it is not there yet."""

    id: str
    name: str
    inbound: frozenset[Rule]
    outbound: frozenset[Rule]

    def is_like(self, other: Firewall) -> bool:
        """Lets the same in, and out."""
        return (self.inbound, self.outbound) == (other.inbound, other.outbound)

    def lets_in(self) -> str:
        ssh = sorted(f"{rule.protocol} {rule.ports} from {rule.peer}" for rule in self.inbound if rule.ports == SSH)
        return f"{', '.join(ssh)}, and what nodes need"

    def shown(self) -> str:
        """A line for each rule."""
        return "".join(f"{word} {rule}\n" for word, rules in (("in ", self.inbound), ("out", self.outbound)) for rule in sorted(rules))


class DigitalOceanFirewalls:
    """Of one pool of one cluster."""

    def __init__(self, api: DigitalOceanApi, uid: str, cluster: str, pool: str) -> None:
        """uid: of the cluster."""
        self.api, self.tag, self.name = api, cluster_tag(uid), f"{OWN_TAGS}-{cluster}-{uid[:8]}-{pool}"

    def found(self) -> list[Firewall]:
        """More than one if a request was carried out whose reply got lost."""
        try:
            firewalls = [one for items, dummy in self.api.pages("firewalls", "firewalls") for one in items if self._is_ours(one)]
            return sorted((Firewall(_id(one), self.name, _rules(one, "inbound_rules", "sources"), _rules(one, "outbound_rules", "destinations"))
                           for one in firewalls), key=lambda one: one.id)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.api.misunderstood("GET", "firewalls", f"a firewall in it is malformed ({type(error).__name__}: {error})") from None

    def _is_ours(self, firewall: dict[str, Any]) -> bool:
        """By its name, and only if it stands before nothing but this cluster."""
        tags = {str(tag).lower() for tag in firewall.get("tags") or ()}
        return firewall["name"] == self.name and tags == {self.tag.lower()} and not firewall.get("droplet_ids")

    def wanted(self, pool: NodePool) -> Firewall:
        """Nodes reach each other by flannel's VXLAN and at the kubelet; load balancers and others of the same VPC reach node ports."""
        vpc = self._vpc(pool)
        inbound = {*(Rule("tcp", SSH, "addresses", cidr) for cidr in pool.ssh_cidrs),
                   *(Rule(protocol, ports, "tags", self.tag) for protocol, ports in (("udp", "8472"), ("tcp", "10250"), ("icmp", ALL_PORTS))),
                   *(Rule(protocol, NODE_PORTS, "addresses", vpc) for protocol in ("tcp", "udp") if vpc)}
        outbound = {Rule(protocol, ALL_PORTS, "addresses", everybody) for protocol in ("tcp", "udp", "icmp") for everybody in EVERYBODY}
        return Firewall("", self.name, frozenset(inbound), frozenset(outbound))

    def make(self, wanted: Firewall) -> None:
        """Raises Unsure if the result is unknown."""
        # one that is there already stays as it is
        self.api.request("POST", "tags", body={"name": self.tag})
        try:
            self.api.request("POST", "firewalls", body=self._body(wanted), repeatable=False)
        except Unsure:
            if not self.found():
                raise

    def change(self, found: Firewall, wanted: Firewall) -> None:
        self.api.request("PUT", f"firewalls/{found.id}", body=self._body(wanted))

    def remove(self, found: Firewall) -> None:
        """One that is gone already is as good."""
        self.api.request("DELETE", f"firewalls/{found.id}")

    def _body(self, wanted: Firewall) -> dict[str, Any]:
        return {"name": self.name, "tags": [self.tag], "inbound_rules": _body(wanted.inbound, "sources"),
                "outbound_rules": _body(wanted.outbound, "destinations")}

    def _vpc(self, pool: NodePool) -> str:
        """Addresses of the private network that the machines are in, "" if it doesn't tell."""
        if pool.network:
            return _range(self.api.request("GET", f"vpcs/{pool.network}").get("vpc"))
        return next((_range(one) for items, dummy in self.api.pages("vpcs", "vpcs") for one in items
                     if isinstance(one, dict) and one.get("region") == pool.region and one.get("default")), "")


def _id(firewall: dict[str, Any]) -> str:
    """It becomes part of the path of a request."""
    if not _ID.fullmatch(str(firewall["id"])):
        raise ValueError("its id is none")
    return str(firewall["id"])


def _range(vpc: Any) -> str:
    return str(vpc.get("ip_range") or "") if isinstance(vpc, dict) else ""


def _rules(firewall: dict[str, Any], key: str, side: str) -> frozenset[Rule]:
    return frozenset(Rule(str(one["protocol"]), _ports(one), kind, str(peer))
                     for one in firewall.get(key) or () for kind in TARGETS for peer in (one.get(side) or {}).get(kind) or ())


def _ports(rule: dict[str, Any]) -> str:
    ports = str(rule.get("ports") or ALL_PORTS)
    return ALL_PORTS if ports == "all" or rule["protocol"] == "icmp" else ports


def _body(rules: Iterable[Rule], side: str) -> list[dict[str, Any]]:
    """One rule for all who may do the same."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for rule in sorted(rules):
        found.setdefault((rule.protocol, rule.ports), {}).setdefault(rule.kind, []).append(rule.peer)
    return [{"protocol": protocol, "ports": ports, side: peers} for (protocol, ports), peers in found.items()]
