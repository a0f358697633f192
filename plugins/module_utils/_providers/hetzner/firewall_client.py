# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The firewall of a node pool at Hetzner Cloud. It stands before all machines of the cluster, as these are what the label with its UID selects; what several
firewalls let in adds up. It filters what comes over the internet, and nothing in a private network."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.errors import UNIQUE
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """Who may send what to the machines. port: "" for all of a protocol."""

    protocol: str
    port: str
    source: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.protocol, self.port, self.source) if part)


@dataclass(frozen=True, slots=True)
class Firewall:
    """id: 0 if it is not there yet. everything_out: it has no rule for what goes out, so all may. applied: it stands before the cluster's machines."""

    id: int
    name: str
    rules: frozenset[Rule]
    everything_out: bool = True
    applied: bool = True

    def is_like(self, other: Firewall) -> bool:
        return (self.rules, self.everything_out, self.applied) == (other.rules, other.everything_out, other.applied)

    def lets_in(self) -> str:
        return ", ".join(map(str, sorted(self.rules)))

    def shown(self) -> str:
        """A line for each rule."""
        return "".join(f"{rule}\n" for rule in sorted(self.rules)) + ("" if self.applied else "before no machine\n")


class HetznerFirewalls:
    """Of one pool of one cluster."""

    def __init__(self, api: HetznerApi, uid: str, cluster: str, pool: str) -> None:
        """uid: of the cluster."""
        self.api, self.uid, self.pool, self.name = api, labels.checked_uid(uid), pool, f"{OWN_TAGS}-{cluster}-{uid[:8]}-{pool}"

    def found(self) -> list[Firewall]:
        try:
            return [self._firewall(one) for one in self.api.all("firewalls", labels.selector(self.uid)) if self._is_ours(one)]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.api.misunderstood("GET", "firewalls", f"a firewall in it is malformed ({type(error).__name__}: {error})") from None

    def _is_ours(self, firewall: dict[str, Any]) -> bool:
        own = labels.of(firewall)
        return own.get(labels.CLUSTER) == self.uid and own.get(labels.POOL) == self.pool

    def _firewall(self, one: dict[str, Any]) -> Firewall:
        coming = [rule for rule in one["rules"] if rule["direction"] == "in"]
        rules = frozenset(Rule(str(rule["protocol"]), str(rule.get("port") or ""), str(source)) for rule in coming for source in rule["source_ips"])
        applied = any(target.get("type") == "label_selector" and target["label_selector"]["selector"] == self._selector for target in one["applied_to"])
        return Firewall(labels.number(one["id"]), str(one["name"]), rules, len(coming) == len(one["rules"]), applied)

    @property
    def _selector(self) -> str:
        return f"{labels.CLUSTER}={self.uid}"

    @property
    def _targets(self) -> list[dict[str, Any]]:
        return [{"type": "label_selector", "label_selector": {"selector": self._selector}}]

    def wanted(self, pool: NodePool) -> Firewall:
        """Nodes reach each other over the private network, where no firewall stands."""
        return Firewall(0, self.name, frozenset(Rule("tcp", "22", cidr) for cidr in pool.ssh_cidrs))

    def make(self, wanted: Firewall) -> None:
        """A project has each name once, so twice does no harm."""
        body = {"name": wanted.name, "labels": {labels.CLUSTER: self.uid, labels.POOL: self.pool}, "rules": _rules(wanted.rules), "apply_to": self._targets}
        try:
            self.api.request("POST", "firewalls", body=body)
        except ApiError as error:
            if error.reason != UNIQUE:
                raise

    def change(self, found: Firewall, wanted: Firewall) -> None:
        self.api.request("POST", f"firewalls/{found.id}/actions/set_rules", body={"rules": _rules(wanted.rules)})
        if not found.applied:
            self.api.request("POST", f"firewalls/{found.id}/actions/apply_to_resources", body={"apply_to": self._targets})

    def remove(self, found: Firewall) -> None:
        """One that is gone already is as good."""
        remove_firewall(self.api, found.id, self._targets)


def remove_firewall(api: HetznerApi, number: int, targets: list[dict[str, Any]]) -> None:
    """It has to stand before nothing first."""
    # it may stand before nothing already, or be gone; if not, the next request says so
    with contextlib.suppress(ApiError, InvalidInput):
        api.request("POST", f"firewalls/{number}/actions/remove_from_resources", body={"remove_from": targets})
    api.request("DELETE", f"firewalls/{number}")


def _rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """One rule for all who may do the same."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in sorted(rules):
        found.setdefault((rule.protocol, rule.port), []).append(rule.source)
    return [{"direction": "in", "protocol": protocol, **({"port": port} if port else {}), "source_ips": sources}
            for (protocol, port), sources in found.items()]
