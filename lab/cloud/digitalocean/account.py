# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an account at the cloud holds, in the words of API v2: droplets with their actions, tags and keys; and what is on offer."""
from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

FEATURES = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"]
REGIONS = {"fra1": ("Frankfurt 1", True), "ams3": ("Amsterdam 3", True), "nyc1": ("New York 1", False)}
SIZES = {  # slug: memory MB, vcpus, disk GB, USD a month, regions
    "s-1vcpu-512mb-10gb": (512, 1, 10, 4.0, ("fra1", "ams3")),
    "s-1vcpu-2gb": (2048, 1, 50, 12.0, ("fra1", "ams3")),
    "s-2vcpu-4gb": (4096, 2, 80, 24.0, ("fra1", "ams3")),
    "s-8vcpu-16gb": (16384, 8, 320, 96.0, ("ams3",)),
}
IMAGES = {"debian-12-x64": (7555620, "Debian", ("fra1", "ams3")), "ubuntu-24-04-x64": (7555621, "Ubuntu", ("fra1", "ams3")),
          "centos-stream-9-x64": (7555699, "CentOS", ("fra1", "ams3")), "ubuntu-16-04-x64": (7555616, "Ubuntu", ("ams3",))}
VPC = {"id": "760e09ef-dc84-11e8-981e-3cfdfeaae000", "urn": "do:vpc:760e09ef-dc84-11e8-981e-3cfdfeaae000", "name": "default-fra1", "description": "",
       "region": "fra1", "ip_range": "10.114.0.0/20", "default": True, "created_at": "2026-01-05T10:00:00Z"}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Droplet:
    """boots: seconds from its creation until it is active; None: its creation fails. gone: when it was deleted."""

    id: int
    name: str
    region: str
    size: str
    image: str
    tags: list[str]
    created: datetime
    boots: float | None
    ssh_keys: list[str] = field(default_factory=list)
    user_data: str = ""
    address: str = ""
    off: bool = False
    gone: datetime | None = None

    def status(self, now: datetime) -> str:
        if self.boots is None or (now - self.created).total_seconds() < self.boots:
            return "new"
        return "off" if self.off else "active"


@dataclass
class Thing:
    """Beside droplets: a volume, snapshot, load balancer, firewall or reserved IP. fields: what its JSON has beside id, name and tags."""

    kind: str
    id: str
    name: str
    tags: list[str]
    created: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    gone: datetime | None = None


class Account:
    """lag: seconds by which a list may be behind. boots: seconds until a droplet is active, None for one that never will be."""

    def __init__(self, now: Callable[[], datetime], *, random: Random | None = None, lag: float = 0, boots: Callable[[], float | None] = lambda: 20.0,
                 limit: int = 5000) -> None:
        self.now, self.random, self.lag, self.boots, self.limit = now, random or Random(1), lag, boots, limit
        self.droplets: dict[int, Droplet] = {}
        self.tags: dict[str, str] = {}
        self.keys: dict[int, dict[str, Any]] = {}
        self.things: dict[str, Thing] = {}
        self._next_id = 3_164_000

    def number(self) -> int:
        self._next_id += self.random.randint(1, 3)
        return self._next_id

    def live(self) -> list[Droplet]:
        return [one for one in self.droplets.values() if one.gone is None]

    def all_of(self, kind: str) -> list[Thing]:
        """As a list shows them."""
        behind, now = self.random.uniform(0, self.lag), self.now().timestamp()
        return [one for one in self.things.values() if one.kind == kind and one.created.timestamp() <= now - behind
                and (one.gone is None or one.gone.timestamp() > now - behind)]

    def thing(self, kind: str, number: str) -> Thing | None:
        found = self.things.get(number)
        return found if found and found.kind == kind and found.gone is None else None

    def add(self, kind: str, name: str, tags: list[str] | tuple[str, ...] = (), *, id: str = "", **fields: Any) -> Thing:
        number = id or str(UUID(int=self.random.getrandbits(128), version=4))
        canonical = [self.tags.setdefault(tag.lower(), tag) for tag in tags]
        self.things[number] = Thing(kind, number, name, canonical, self.now(), fields)
        return self.things[number]

    def carriers(self, tag: str) -> int:
        """How many things carry a tag. A firewall does not: its tags are those of what it protects."""
        return (sum(tag in one.tags for one in self.live())
                + sum(tag in one.tags for one in self.things.values() if one.gone is None and one.kind != "firewalls"))

    def listed(self, tag: str | None = None) -> list[Droplet]:
        """As a list shows them, which comes from one of several copies, each of them behind by another time."""
        behind = self.random.uniform(0, self.lag)
        now = self.now().timestamp()
        return [one for one in self.droplets.values()
                if one.created.timestamp() <= now - behind and (one.gone is None or one.gone.timestamp() > now - behind)
                and (tag is None or tag.lower() in [own.lower() for own in one.tags])]

    def create(self, names: list[str], body: dict[str, Any]) -> list[Droplet]:
        made = []
        for name in names:
            number = self.number()
            # the capitals of the first who used a tag count
            tags = [self.tags.setdefault(tag.lower(), tag) for tag in body.get("tags") or []]
            made.append(Droplet(number, name, body["region"], body["size"], str(body["image"]), tags, self.now(), self.boots(),
                                [str(key) for key in body.get("ssh_keys") or []], body.get("user_data") or "",
                                f"203.0.{113 + number // 250 % 100}.{number % 250 + 2}"))
            self.droplets[number] = made[-1]
        return made

    def add_key(self, name: str, public: str) -> dict[str, Any]:
        digest = hashlib.md5(base64.b64decode(public.split()[1]), usedforsecurity=False).hexdigest()
        fingerprint = ":".join(digest[index:index + 2] for index in range(0, 32, 2))
        key = {"id": self.number(), "fingerprint": fingerprint, "public_key": public, "name": name}
        self.keys[key["id"]] = key
        return key

    def knows_key(self, given: Any) -> bool:
        return any(str(given) in (str(key["id"]), key["fingerprint"]) for key in self.keys.values())


def region_json(slug: str) -> dict[str, Any]:
    name, available = REGIONS[slug]
    return {"name": name, "slug": slug, "features": FEATURES, "available": available,
            "sizes": [size for size, row in SIZES.items() if slug in row[4]]}


def size_json(slug: str) -> dict[str, Any]:
    memory, vcpus, disk, monthly, regions = SIZES[slug]
    return {"slug": slug, "memory": memory, "vcpus": vcpus, "disk": disk, "transfer": 2.0, "price_monthly": monthly,
            "price_hourly": round(monthly / 672, 5), "regions": list(regions), "available": True, "description": "Basic"}


def image_json(slug: str) -> dict[str, Any]:
    number, distribution, regions = IMAGES[slug]
    return {"id": number, "name": slug, "type": "base", "distribution": distribution, "slug": slug, "public": True, "regions": list(regions),
            "created_at": "2026-01-05T10:00:00Z", "min_disk_size": 7, "size_gigabytes": 0.6, "description": slug, "tags": [], "status": "available"}


def droplet_json(droplet: Droplet, now: datetime) -> dict[str, Any]:
    memory, vcpus, disk, *_rest = SIZES[droplet.size]
    status = droplet.status(now)
    networks = [] if status == "new" else [
        {"ip_address": droplet.address, "netmask": "255.255.240.0", "gateway": "203.0.113.1", "type": "public"},
        {"ip_address": f"10.114.{droplet.id // 250 % 250}.{droplet.id % 250 + 2}", "netmask": "255.255.240.0", "gateway": "", "type": "private"}]
    slug = droplet.image if droplet.image in IMAGES else next(slug for slug, row in IMAGES.items() if str(row[0]) == droplet.image)
    return {"id": droplet.id, "name": droplet.name, "memory": memory, "vcpus": vcpus, "disk": disk, "locked": status == "new", "status": status,
            "kernel": None, "created_at": stamp(droplet.created), "features": ["droplet_agent"], "backup_ids": [], "next_backup_window": None,
            "snapshot_ids": [], "image": image_json(slug), "volume_ids": [], "size": size_json(droplet.size), "size_slug": droplet.size,
            "networks": {"v4": networks, "v6": []}, "region": region_json(droplet.region), "tags": droplet.tags,
            "vpc_uuid": VPC["id"]}


def action_json(droplet: Droplet, now: datetime) -> dict[str, Any]:
    """Of its creation; its number is the droplet's, a billion on."""
    failed = droplet.boots is None
    status = "errored" if failed and (now - droplet.created).total_seconds() > 60 else "in-progress" if droplet.status(now) == "new" else "completed"
    return {"id": droplet.id + 1_000_000_000, "status": status, "type": "create", "started_at": stamp(droplet.created),
            "completed_at": None if status == "in-progress" else stamp(now), "resource_id": droplet.id, "resource_type": "droplet",
            "region": region_json(droplet.region), "region_slug": droplet.region}
