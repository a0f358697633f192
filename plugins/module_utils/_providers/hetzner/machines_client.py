# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of one cluster at Hetzner Cloud: servers that carry the label of the cluster. No other server is ever shown or touched."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.failed_creations import FailedCreations
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.api_client import HetznerApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.errors import UNIQUE
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State, checked_address

# of a server that is rebuilt or moved, its work goes on afterwards
_STATES = {"initializing": State.CREATING, "starting": State.CREATING, "running": State.RUNNING, "migrating": State.RUNNING, "rebuilding": State.RUNNING,
           "stopping": State.OFF, "off": State.OFF, "unknown": State.OFF, "deleting": State.LEAVING}


class Servers:
    """name: the provider's, as in inventories. batch, removes: how many machines one request makes, and removes."""

    name = "hetzner"
    batch, removes = 1, 1
    # one list shows the machines of all locations
    place = complaint = ""

    def __init__(self, api: HetznerApi, uid: str, keys: Callable[[NodePool], Sequence[int | str]] = lambda pool: ()) -> None:
        """uid: of the cluster. keys: ids or names of SSH keys that machines of a pool get."""
        self.api, self.uid, self.keys = api, labels.checked_uid(uid), keys
        self._failures = FailedCreations(api.clock, self._creation_failed)

    def machines(self) -> list[Machine]:
        """All machines of the cluster, as far as the API's list knows them yet. It is sorted, so that no page leaves one out that another one would show."""
        found = {one.id: one for one in map(self._machine, self.api.all("servers", {**labels.selector(self.uid), "sort": "id:asc"})) if one}
        return self._failures.told(list(found.values()))

    def exists(self, machine_id: str) -> bool:
        """Asks for this very machine, which is more up to date than a list."""
        found = self.api.find(f"servers/{int(machine_id)}")
        machine = self._machine(found.get("server")) if found else None
        return machine is not None and machine.state is not State.LEAVING

    def create(self, names: Sequence[str], pool: NodePool, request: str = "") -> None:
        """One request for each. The labels come with it, so that every machine has an owner from the start.

        A project has each name once, and this one is the cluster's alone: a request that is heard twice makes one machine, and is sent again if need be.
        """
        for name in names:
            own = {labels.CLUSTER: self.uid, labels.POOL: pool.name, labels.NAME: name}
            body: dict[str, Any] = {
                "name": f"{name}-{self.uid[:8].lower()}", "location": pool.region, "server_type": pool.size,
                "image": int(pool.image) if pool.image.isdecimal() else pool.image,
                "labels": {**labels.of_tags(pool.tags, f"node pool {pool.name}"), **own}, "start_after_create": True}
            keys = list(self.keys(pool))
            if keys:
                body["ssh_keys"] = keys
            if pool.network:
                body["networks"] = [int(pool.network)]
            try:
                self.api.request("POST", "servers", body=body)
            except ApiError as error:
                if error.reason != UNIQUE:
                    raise

    def remove(self, machine_ids: Sequence[str]) -> None:
        """One that is gone already is as good."""
        for machine_id in machine_ids:
            self.api.request("DELETE", f"servers/{int(machine_id)}")

    def adopt(self, machine: Machine, pool: NodePool) -> None:
        path = f"servers/{int(machine.id)}"
        found = self.api.find(path)
        if found is None or self._machine(found.get("server")) is None:
            return
        self.api.request("PUT", path, body={"labels": {**labels.of(found["server"]), labels.POOL: pool.name, labels.NAME: machine.name}})

    def _machine(self, server: Any) -> Machine | None:
        """None if it doesn't carry our label, whatever was asked for. Raises Unreachable for what no server looks like."""
        try:
            number, name, own, public = labels.number(server["id"]), server["name"], labels.of(server), server["public_net"] or {}
            if not isinstance(name, str):
                raise ValueError("a server's name is of another type")
            if own.get(labels.CLUSTER) != self.uid:
                return None
            created = datetime.fromisoformat(server["created"]).strftime("%Y-%m-%dT%H:%M:%SZ")
            private = next((one["ip"] for one in server.get("private_net") or []), "")
            return Machine(id=str(number), name=own.get(labels.NAME) or name, pool=own.get(labels.POOL, ""), state=_STATES[server["status"]], created=created,
                           address=checked_address((public.get("ipv4") or {}).get("ip", "")), private_address=checked_address(private),
                           region=_location(server), size=str((server.get("server_type") or {}).get("name", "")))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.api.misunderstood("GET", "servers", f"a server in it is malformed ({type(error).__name__}: {error})") from None

    def _creation_failed(self, machine_id: str) -> bool:
        actions = self.api.request("GET", f"servers/{machine_id}/actions").get("actions")
        return any(isinstance(one, dict) and one.get("command") == "create_server" and one.get("status") == "error"
                   for one in (actions if isinstance(actions, list) else []))


def _location(server: dict[str, Any]) -> str:
    """Newer answers have it at the server itself, older ones in its datacenter."""
    place = server.get("location") or (server.get("datacenter") or {}).get("location") or {}
    return str(place.get("name", ""))
