# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean. Only what carries its tag is ever shown as its own; no object that the customer writes can add to that.

DigitalOcean's driver for volumes puts the tag also on volumes that it only attaches, so a volume must also say that the driver made it.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shapes import fitting
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, NAMED, SHARED, Found, Orphan, Said, readable
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import cluster_tag

# what the cloud controller manager puts before the id of a cluster
CONTROLLER_TAG = "k8s:"
# what the driver for volumes writes on those that it makes
MADE_BY_DRIVER = "Created by DigitalOcean CSI driver"
MACHINE, BALANCER, FIREWALL, SNAPSHOT, VOLUME, KEY, TAG, ADDRESS = (
    "machine", "load balancer", "firewall", "snapshot", "volume", "SSH key", "tag", "reserved IP")
_PATHS = {MACHINE: "droplets", BALANCER: "load_balancers", FIREWALL: "firewalls", SNAPSHOT: "snapshots", VOLUME: "volumes", KEY: "account/keys", TAG: "tags"}

_SHAPE = {"name": str, "ip": str, "tags": [str], "droplet_ids": [int], "droplet": {"tags": [str]}, "region": {"slug": str}, "resource_id": str}


class DigitalOceanOrphans:
    def __init__(self, api: DigitalOceanApi, uid: str) -> None:
        """uid: of the cluster."""
        self.api, self.tags = api, (cluster_tag(uid), f"{CONTROLLER_TAG}{uid}")
        # tag -> how many things that stay carry it
        self._staying: dict[str, int] = {}

    def find(self, said: Said) -> Found:
        self._staying = {}
        machines = self._machines()
        return (machines | self._balancers(said) | self._firewalls({one.id for one in machines.ours}) | self._disks(said) | self._keys() | self._tags()
                | self._addresses())

    def exists(self, one: Orphan) -> bool:
        return self.api.find(f"{_PATHS[one.kind]}/{one.id}") is not None

    def remove(self, one: Orphan) -> None:
        if one.kind == VOLUME:
            self._detach(one)
        if one.kind == TAG:
            self._check_unused(one)
        self.api.request("DELETE", f"{_PATHS[one.kind]}/{one.id}")

    def _machines(self) -> Found:
        found = Found()
        for tag in self.tags:
            for one in self._all("droplets", "droplets", {"tag_name": tag}):
                own = {word.lower() for word in _tags(one)}
                if tag == self.tags[0] and tag.lower() in own:
                    found |= self._stays(MACHINE, one, SHARED) if self._is_anothers(one) else Found((self._carrier(MACHINE, one),))
                elif tag == self.tags[1] and tag.lower() in own and self.tags[0].lower() not in own:
                    found |= self._stays(MACHINE, one, "it was a node of the cluster, but was not made for it")
        return found

    def _balancers(self, said: Said) -> Found:
        found = Found()
        for one in self._all("load_balancers", "load_balancers"):
            number, name = self._id(one), str(one.get("name"))
            if self._is_tagged(one):
                why = SHARED if self._is_anothers(one) else said.keeps(number, name)
                found |= self._stays(BALANCER, one, why) if why else Found((self._carrier(BALANCER, one),))
            elif one.get("tag") in self.tags:
                found |= Found(kept=(self._thing(BALANCER, one, "it leads to machines of the cluster, but does not carry the cluster's tag"),))
            elif said.mentions(number, name) and not self._is_anothers(one):
                found |= Found(kept=(self._thing(BALANCER, one, NAMED),))
        return found

    def _firewalls(self, machines: set[str]) -> Found:
        """A firewall's tags are those of machines that it protects: it is the cluster's only if it protects nothing else."""
        ours, kept = [], []
        for one in self._all("firewalls", "firewalls"):
            tags, droplets = _tags(one), {str(number) for number in one.get("droplet_ids") or ()}
            if not self._is_tagged(one):
                continue
            if {tag.lower() for tag in tags} <= {tag.lower() for tag in self.tags} and droplets <= machines:
                ours.append(self._thing(FIREWALL, one, "which protects nothing but machines of the cluster"))
            else:
                kept.append(self._thing(FIREWALL, one, "it protects other machines, too"))
        return Found(tuple(ours), tuple(kept))

    def _disks(self, said: Said) -> Found:
        volumes, snapshots = Found(), Found()
        for one in self._all("volumes", "volumes"):
            if self._is_tagged(one):
                why = self._why_volume_stays(one, said)
                volumes |= self._stays(VOLUME, one, why) if why else Found((self._carrier(VOLUME, one),))
            elif said.mentions(self._id(one)) and not self._is_anothers(one):
                volumes |= Found(kept=(self._thing(VOLUME, one, NAMED),))
        ids = {one.id for one in volumes.ours}
        for one in self._all("snapshots", "snapshots", {"resource_type": "volume"}):
            if self._is_tagged(one):
                why = SHARED if self._is_anothers(one) else said.keeps(self._id(one))
                snapshots |= self._stays(SNAPSHOT, one, why) if why else Found((self._carrier(SNAPSHOT, one),))
            elif self._is_anothers(one):
                continue
            elif said.mentions(self._id(one)):
                snapshots |= Found(kept=(self._thing(SNAPSHOT, one, NAMED),))
            elif one.get("resource_id") in ids:
                snapshots |= Found(kept=(self._thing(SNAPSHOT, one, "it is of a volume of the cluster, but does not carry the cluster's tag"),))
        return snapshots | volumes

    def _why_volume_stays(self, one: dict[str, Any], said: Said) -> str:
        if self._is_anothers(one):
            return SHARED
        if said.keeps(self._id(one)):
            return said.keeps(self._id(one))
        if one.get("description") != MADE_BY_DRIVER:
            return "it carries the cluster's tag, as it was attached to it, but the driver for volumes did not make it"
        return ELSEWHERE if any(map(self._is_anothers_machine, one.get("droplet_ids") or ())) else ""

    def _is_anothers_machine(self, number: Any) -> bool:
        """Asked for this very machine, which is more up to date than a list. One that is gone has no owner."""
        if not isinstance(number, int):
            raise self.api.misunderstood("GET", "volumes", "a droplet in it has no number")
        found = self.api.find(f"droplets/{number}")
        droplet = found.get("droplet") if found else None
        return found is not None and not (isinstance(droplet, dict) and self._is_tagged(droplet))

    def _stays(self, kind: str, one: dict[str, Any], why: str) -> Found:
        """Something with the cluster's tag."""
        for tag in {tag.lower() for tag in _tags(one)}:
            self._staying[tag] = self._staying.get(tag, 0) + 1
        return Found(kept=(self._thing(kind, one, why),))

    def _keys(self) -> Found:
        names = self.tags[0]
        return Found(tuple(self._thing(KEY, one, "which is named like the cluster's tag") for one in self._all("account/keys", "ssh_keys")
                           if one.get("name") == names or str(one.get("name")).startswith(f"{names}:")))

    def _tags(self) -> Found:
        return Found(tuple(Orphan(TAG, name, name, "which is the cluster's") for name in self.tags if self._resources(name) is not None))

    def _addresses(self) -> Found:
        """They carry no tags, so their owner is unknown."""
        kept = []
        for one in self._all("reserved_ips", "reserved_ips"):
            droplet = one.get("droplet")
            if isinstance(droplet, dict) and self._is_tagged(droplet):
                address = str(one.get("ip"))
                kept.append(Orphan(ADDRESS, address, address, "it points to a machine of the cluster, but does not carry the cluster's mark"))
        return Found(kept=tuple(kept))

    def _resources(self, tag: str) -> int | None:
        """How many things carry it, None if there is no such tag."""
        found = self.api.find(f"tags/{tag}")
        if found is None:
            return None
        try:
            total = found["tag"]["resources"]["count"]
        except (KeyError, TypeError):
            raise self.api.misunderstood("GET", f"tags/{tag}", "it does not say how many resources carry the tag") from None
        if not isinstance(total, int):
            raise self.api.misunderstood("GET", f"tags/{tag}", "it does not say how many resources carry the tag")
        return total

    def _check_unused(self, one: Orphan) -> None:
        """The last proof: also what no list shows counts."""
        total = self._resources(one.id) or 0
        if total > self._staying.get(one.id.lower(), 0):
            raise ApiError(f"Tag {one.id} is in use", status=409, reason="", why=f"{total} resources still carry it")

    def _detach(self, one: Orphan) -> None:
        try:
            volume = fitting(self.api.find(f"volumes/{one.id}") or {}, {"volume": _SHAPE}).get("volume", {})
        except ValueError as error:
            raise self.api.misunderstood("GET", f"volumes/{one.id}", str(error)) from None
        for number in volume.get("droplet_ids", ()):
            if self._is_anothers_machine(number):
                raise ApiError(f"{one} is in use", status=409, reason="", why=f"it is attached to machine {number}, which does not carry the cluster's tag")
            region = volume.get("region", {}).get("slug")
            self.api.request("POST", f"volumes/{one.id}/actions", body={"type": "detach", "droplet_id": number, **({"region": region} if region else {})})

    def _all(self, path: str, key: str, query: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        for items, dummy in self.api.pages(path, key, query):
            for one in items:
                try:
                    yield fitting(one, _SHAPE, f"something in {key}")
                except ValueError as error:
                    raise self.api.misunderstood("GET", path, str(error)) from None

    def _id(self, one: dict[str, Any]) -> str:
        return str(one.get("id"))

    def _is_tagged(self, one: dict[str, Any]) -> bool:
        own = {tag.lower() for tag in self.tags}
        return any(tag.lower() in own for tag in _tags(one))

    def _is_anothers(self, one: dict[str, Any]) -> bool:
        """Marked by another cluster, perhaps beside this one."""
        own = {tag.lower() for tag in self.tags}
        return any(tag.lower().startswith((f"{OWN_TAGS}:", CONTROLLER_TAG)) and tag.lower() not in own for tag in _tags(one))

    def _carrier(self, kind: str, one: dict[str, Any]) -> Orphan:
        return self._thing(kind, one, "which carries the cluster's tag")

    def _thing(self, kind: str, one: dict[str, Any], why: str) -> Orphan:
        number, name = one.get("id"), one.get("name")
        if not isinstance(number, (int, str)) or isinstance(number, bool) or not str(number).replace("-", "").isalnum():
            raise self.api.misunderstood("GET", _PATHS[kind], f"a {kind} in it has no id")
        return Orphan(kind, str(number), readable(name) if isinstance(name, str) and name else str(number), why)


def _tags(one: dict[str, Any]) -> list[str]:
    return [tag for tag in one.get("tags") or () if isinstance(tag, str)]
