# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has in a project at Hetzner Cloud. Only what carries its label is ever shown as its own. Of what is not made by this collection, such as a
volume, it belongs to the cluster as soon as it has that label."""
from __future__ import annotations

from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.firewall_client import remove_firewall
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, Found, Orphan, Said, readable

# kind -> where it is, in the order in which they can go
KINDS = {"machine": "servers", "load balancer": "load_balancers", "volume": "volumes", "firewall": "firewalls", "SSH key": "ssh_keys"}


class HetznerResources(ResourcesAtProvider):
    @cached_property
    def api(self) -> HetznerApi:
        return HetznerApi.of(self.run)

    def check_options(self) -> None:
        HetznerApi.check_options(self.run.params)

    def find(self, said: Said) -> Found:
        found, machines = Found(), set()
        for kind, path in KINDS.items():
            for one in self._own(path):
                thing = self._thing(kind, path, one)
                machines |= {thing.id} if kind == "machine" else set()
                why = said.keeps(thing.id, thing.name) or self._why_it_stays(kind, one, machines)
                found |= Found(kept=(self._thing(kind, path, one, why),)) if why else Found((thing,))
        return found

    def exists(self, one: Orphan) -> bool:
        found = self.api.find(f"{KINDS[one.kind]}/{one.id}")
        server = (found or {}).get("server")
        return found is not None and not (isinstance(server, dict) and server.get("status") == "deleting")

    def remove(self, one: Orphan) -> None:
        if one.kind == "firewall":
            self._remove_firewall(one)
            return
        if one.kind == "volume":
            self._detach(one)
        self.api.request("DELETE", f"{KINDS[one.kind]}/{one.id}")

    def _own(self, path: str) -> list[dict[str, Any]]:
        """Nothing that the list shows is believed without a look at its labels."""
        uid = labels.checked_uid(self.run.uid)
        try:
            return [one for one in self.api.all(path, labels.selector(uid)) if labels.of(one).get(labels.CLUSTER) == uid and one.get("status") != "deleting"]
        except ValueError as error:
            raise self.api.misunderstood("GET", path, str(error)) from None

    def _thing(self, kind: str, path: str, one: dict[str, Any], why: str = "which carries the cluster's label") -> Orphan:
        name = one.get("name")
        try:
            number = labels.number(one.get("id"))
        except ValueError as error:
            raise self.api.misunderstood("GET", path, f"a {kind} in it is malformed ({error})") from None
        return Orphan(kind, str(number), readable(name) if isinstance(name, str) and name else str(number), why)

    def _why_it_stays(self, kind: str, one: dict[str, Any], machines: set[str]) -> str:
        """"" if it goes. machines: ids of those of the cluster."""
        if kind == "volume":
            return ELSEWHERE if one.get("server") is not None and str(one["server"]) not in machines else ""
        if kind == "firewall":
            return "" if self._is_of_the_cluster_alone(one, machines) else "it protects other machines, too"
        return ""

    def _is_of_the_cluster_alone(self, firewall: dict[str, Any], machines: set[str]) -> bool:
        own = f"{labels.CLUSTER}={self.run.uid}"
        return all(target.get("label_selector") == {"selector": own} or str(target.get("server", {}).get("id")) in machines for target in _targets(firewall))

    def _remove_firewall(self, one: Orphan) -> None:
        firewall = (self.api.find(f"firewalls/{one.id}") or {}).get("firewall")
        if isinstance(firewall, dict):
            remove_firewall(self.api, int(one.id), [target for target in _targets(firewall) if target])

    def _detach(self, one: Orphan) -> None:
        volume = (self.api.find(f"volumes/{one.id}") or {}).get("volume")
        server = volume.get("server") if isinstance(volume, dict) else None
        if server is None:
            return
        found = (self.api.find(f"servers/{server}") or {}).get("server")
        if isinstance(found, dict) and labels.of(found).get(labels.CLUSTER) != self.run.uid:
            raise ApiError(f"{one} is in use", status=409, reason="", why=f"it is attached to machine {server}, which does not carry the cluster's label")
        self.api.request("POST", f"volumes/{one.id}/actions/detach")


def _targets(firewall: dict[str, Any]) -> list[dict[str, Any]]:
    """What a firewall stands before, as the API wants to be told of it. {} for what is not like a target."""
    found: list[dict[str, Any]] = []
    applied = firewall.get("applied_to")
    for one in applied if isinstance(applied, list) else ():
        kind = one.get("type") if isinstance(one, dict) else None
        key = {"label_selector": "selector", "server": "id"}.get(str(kind), "")
        part = one.get(kind) if key else None
        found.append({"type": kind, kind: {key: part.get(key)}} if isinstance(part, dict) else {})
    return found
