# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster has at DigitalOcean. Only what carries its tag, or what its own objects made and no other cluster marked, is ever shown as its own."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_provider import cluster_tag
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._model.leftover import Found, Leftover, Made, readable
from ansible_collections.kubermatic.caas.plugins.module_utils._model.machine import OWN_TAGS

# what the cloud controller manager puts before the id of a cluster
CONTROLLER_TAG = "k8s:"
MACHINE, BALANCER, FIREWALL, SNAPSHOT, VOLUME, KEY, TAG, ADDRESS = (
    "machine", "load balancer", "firewall", "snapshot", "volume", "SSH key", "tag", "reserved IP")
_PATHS = {MACHINE: "droplets", BALANCER: "load_balancers", FIREWALL: "firewalls", SNAPSHOT: "snapshots", VOLUME: "volumes", KEY: "account/keys", TAG: "tags"}


class DigitalOceanLeftovers:
    def __init__(self, api: DigitalOceanApi, uid: str) -> None:
        """uid: of the cluster."""
        self.api, self.tags = api, (cluster_tag(uid), f"{CONTROLLER_TAG}{uid}")
        self._lent = 0

    def find(self, made: Made) -> Found:
        machines = [self._carrier(MACHINE, one) for one in self._all("droplets", "droplets", {"tag_name": self.tags[0]}) if self._is_tagged(one)]
        ours, kept = list(machines), []
        for found in (self._balancers(made), self._firewalls({one.id for one in machines}), self._disks(made), self._keys(), self._tags(),
                      self._addresses()):
            ours += found.ours
            kept += found.kept
        return Found(tuple(ours), tuple(kept))

    def exists(self, one: Leftover) -> bool:
        return self.api.find(f"{_PATHS[one.kind]}/{one.id}") is not None

    def remove(self, one: Leftover) -> None:
        if one.kind == VOLUME:
            self._detach(one)
        if one.kind == TAG:
            self._check_unused(one)
        self.api.request("DELETE", f"{_PATHS[one.kind]}/{one.id}")

    def _balancers(self, made: Made) -> Found:
        ours, kept = [], []
        for one in self._all("load_balancers", "load_balancers"):
            named = self._id(one) in made.balancers
            if self._is_tagged(one) or one.get("tag") in self.tags:
                ours.append(self._carrier(BALANCER, one))
            elif self._is_anothers(one):
                continue
            elif one.get("name") in made.balancer_names:
                ours.append(self._thing(BALANCER, one, "which was made for a Service of the cluster"))
            elif named:
                kept.append(self._thing(BALANCER, one, "a Service of the cluster uses it, but its name is not one that was given for a Service"))
        return Found(tuple(ours), tuple(kept))

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

    def _disks(self, made: Made) -> Found:
        volumes, kept, snapshots = [], [], []
        for one in self._all("volumes", "volumes"):
            if self._id(one) in made.brought:
                if self._is_tagged(one):
                    kept.append(self._thing(VOLUME, one, "it was lent to the cluster by a PersistentVolume that somebody wrote"))
            elif self._is_tagged(one):
                volumes.append(self._carrier(VOLUME, one))
            elif self._id(one) in made.volumes and not self._is_anothers(one):
                volumes.append(self._thing(VOLUME, one, "which was made for a claim of the cluster"))
        self._lent = len(kept)
        ids = {one.id for one in volumes}
        for one in self._all("snapshots", "snapshots", {"resource_type": "volume"}):
            if self._id(one) in made.brought or (self._is_anothers(one) and not self._is_tagged(one)):
                continue
            if self._is_tagged(one):
                snapshots.append(self._carrier(SNAPSHOT, one))
            elif self._id(one) in made.snapshots:
                snapshots.append(self._thing(SNAPSHOT, one, "which was made for a VolumeSnapshot of the cluster"))
            elif one.get("resource_id") in ids:
                kept.append(self._thing(SNAPSHOT, one, "it is of a volume of the cluster, but nothing in the cluster asked for it"))
        return Found((*snapshots, *volumes), tuple(kept))

    def _keys(self) -> Found:
        names = self.tags[0]
        return Found(tuple(self._thing(KEY, one, "which is named like the cluster's tag") for one in self._all("account/keys", "ssh_keys")
                           if one.get("name") == names or str(one.get("name")).startswith(f"{names}:")))

    def _tags(self) -> Found:
        return Found(tuple(Leftover(TAG, name, name, "which is the cluster's") for name in self.tags if self._resources(name) is not None))

    def _addresses(self) -> Found:
        """They carry no tags, so nobody knows whose they are."""
        kept = []
        for one in self._all("reserved_ips", "reserved_ips"):
            droplet = one.get("droplet")
            if isinstance(droplet, dict) and self._is_tagged(droplet):
                address = str(one.get("ip"))
                kept.append(Leftover(ADDRESS, address, address, "it leads to a machine of the cluster, but does not say whose it is"))
        return Found(kept=tuple(kept))

    def _resources(self, tag: str) -> int | None:
        """How many things carry it, None if there is no such tag."""
        found = self.api.find(f"tags/{tag}")
        if found is None:
            return None
        try:
            total = found["tag"]["resources"]["count"]
        except (KeyError, TypeError):
            raise self.api.misunderstood("GET", f"tags/{tag}", "it does not tell how many things carry the tag") from None
        if not isinstance(total, int):
            raise self.api.misunderstood("GET", f"tags/{tag}", "it does not tell how many things carry the tag")
        return total

    def _check_unused(self, one: Leftover) -> None:
        """The last proof: also what no list shows counts."""
        total = self._resources(one.id) or 0
        if total > (self._lent if one.id == self.tags[0] else 0):
            raise ApiError(f"Tag {one.id} is in use", status=409, reason="", why=f"{total} things still carry it")

    def _detach(self, one: Leftover) -> None:
        volume = (self.api.find(f"volumes/{one.id}") or {}).get("volume")
        for number in (volume.get("droplet_ids") or ()) if isinstance(volume, dict) else ():
            region = (volume.get("region") or {}).get("slug")
            self.api.request("POST", f"volumes/{one.id}/actions", body={"type": "detach", "droplet_id": number, **({"region": region} if region else {})})

    def _all(self, path: str, key: str, query: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        for items, dummy in self.api.pages(path, key, query):
            for one in items:
                if not isinstance(one, dict):
                    raise self.api.misunderstood("GET", path, f"something in {key} is no object")
                yield one

    def _id(self, one: dict[str, Any]) -> str:
        return str(one.get("id"))

    def _is_tagged(self, one: dict[str, Any]) -> bool:
        own = {tag.lower() for tag in self.tags}
        return any(tag.lower() in own for tag in _tags(one))

    def _is_anothers(self, one: dict[str, Any]) -> bool:
        """Marked by another cluster."""
        return any(tag.lower().startswith((f"{OWN_TAGS}:", CONTROLLER_TAG)) for tag in _tags(one)) and not self._is_tagged(one)

    def _carrier(self, kind: str, one: dict[str, Any]) -> Leftover:
        return self._thing(kind, one, "which carries the cluster's tag")

    def _thing(self, kind: str, one: dict[str, Any], why: str) -> Leftover:
        number, name = one.get("id"), one.get("name")
        if not isinstance(number, (int, str)) or isinstance(number, bool) or not str(number).replace("-", "").isalnum():
            raise self.api.misunderstood("GET", _PATHS[kind], f"a {kind} in it has no id")
        return Leftover(kind, str(number), readable(name) if isinstance(name, str) and name else str(number), why)


def _tags(one: dict[str, Any]) -> list[str]:
    return [tag for tag in one.get("tags") or () if isinstance(tag, str)]
