# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of one cluster at DigitalOcean: droplets that carry the tag of the cluster. No other droplet is ever shown or touched."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi, total
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.failed_creations import FailedCreations
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS, Machine, State, checked_address
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.ssh_key import fingerprint

CLUSTER_TAG, POOL_TAG = f"{OWN_TAGS}:", f"{OWN_TAGS}-pool:"
_STATES = {"new": State.CREATING, "active": State.RUNNING, "off": State.OFF, "archive": State.FAILED}
_UID = re.compile(r"[0-9a-zA-Z-]{8,64}", re.ASCII)
# a list that changes while its pages are read may leave one out
READINGS = 4


class Droplets:
    """name: the provider's, as in inventories. batch, removes: how many machines one request makes, and removes."""

    name = "digitalocean"
    batch, removes = 10, 1
    # one list shows the machines of all regions
    place = complaint = ""

    def __init__(self, api: DigitalOceanApi, uid: str) -> None:
        """uid: of the cluster."""
        if not _UID.fullmatch(uid):
            raise InvalidInput(f"{uid[:80]!r} can't be the UID of a cluster")
        self.api, self.tag = api, CLUSTER_TAG + uid
        self._failures = FailedCreations(api.clock, self._creation_failed)

    def machines(self) -> list[Machine]:
        """All machines of the cluster, as far as the API's list knows them yet."""
        for _reading in range(READINGS):
            found: dict[str, Machine] = {}
            heard, announced = 0, 0
            for droplets, answer in self.api.pages("droplets", "droplets", {"tag_name": self.tag}):
                found.update((one.id, one) for one in map(self._machine, droplets) if one)
                heard, announced = heard + len(droplets), total(answer)
            if announced <= heard:
                break
        return self._failures.told(list(found.values()))

    def exists(self, machine_id: str) -> bool:
        """Asks for this very machine, which is more up to date than a list."""
        found = self.api.find(f"droplets/{self._number(machine_id)}")
        return found is not None and self._machine(found.get("droplet")) is not None

    def create(self, names: Sequence[str], pool: NodePool, request: str = "") -> None:
        """One request. Raises Unsure if the result is unknown. The tags come with it, so that every machine has an owner from the start."""
        body: dict[str, Any] = {"names": list(names), "region": pool.region, "size": pool.size, "image": _id_or_slug(pool.image),
                                "ssh_keys": [*map(_id_or_slug, pool.ssh_keys), *([fingerprint(pool.ssh_public_key)] if pool.ssh_public_key else [])],
                                "tags": [self.tag, POOL_TAG + pool.name, *pool.tags]}
        if pool.network:
            body["vpc_uuid"] = pool.network
        self.api.request("POST", "droplets", body=body, repeatable=False)

    def remove(self, machine_ids: Sequence[str]) -> None:
        """One that is gone already is as good."""
        for machine_id in machine_ids:
            self.api.request("DELETE", f"droplets/{self._number(machine_id)}")

    def adopt(self, machine: Machine, pool: NodePool) -> None:
        tag = POOL_TAG + pool.name
        # a tag that is there already stays as it is
        self.api.request("POST", "tags", body={"name": tag})
        self.api.request("POST", f"tags/{tag}/resources",
                         body={"resources": [{"resource_id": str(self._number(machine.id)), "resource_type": "droplet"}]})

    @staticmethod
    def _number(machine_id: str) -> int:
        return int(machine_id)

    def _machine(self, droplet: Any) -> Machine | None:
        """None if it doesn't carry our tag, whatever was asked for. Raises Unreachable for what no droplet looks like."""
        try:
            number, name, tags, networks = droplet["id"], droplet["name"], droplet["tags"], droplet["networks"]
            is_id = isinstance(number, int) and not isinstance(number, bool) and number > 0
            if not is_id or not isinstance(name, str) or not all(isinstance(tag, str) for tag in tags):
                raise ValueError("a droplet's id, name or tags are of another type")
            if self.tag.lower() not in {tag.lower() for tag in tags}:
                return None
            addresses = {kind: _address(networks, kind) for kind in ("public", "private")}
            state = _STATES[droplet["status"]]
            return Machine(id=str(number), name=name, pool=next((tag[len(POOL_TAG):] for tag in tags if tag.lower().startswith(POOL_TAG)), ""),
                           state=state, created=str(droplet["created_at"]), address=addresses["public"], private_address=addresses["private"],
                           region=str((droplet.get("region") or {}).get("slug", "")), size=str(droplet.get("size_slug", "")))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.api.misunderstood("GET", "droplets", f"a droplet in it is malformed ({type(error).__name__}: {error})") from None

    def _creation_failed(self, machine_id: str) -> bool:
        actions = self.api.request("GET", f"droplets/{machine_id}/actions").get("actions")
        return any(isinstance(one, dict) and one.get("type") == "create" and one.get("status") == "errored"
                   for one in (actions if isinstance(actions, list) else []))


def _id_or_slug(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _address(networks: dict[str, Any], kind: str) -> str:
    found = [checked_address(str(one["ip_address"])) for one in networks.get("v4") or [] if one.get("type") == kind]
    return found[0] if found else ""
