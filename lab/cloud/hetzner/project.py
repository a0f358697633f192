# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a project at the cloud holds, in the words of Hetzner Cloud's API v1: servers with their actions, keys, firewalls, volumes; and what is on offer."""
from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

LOCATIONS = {"fsn1": ("Falkenstein", "eu-central"), "nbg1": ("Nuremberg", "eu-central"), "ash": ("Ashburn", "us-east")}
TYPES = {  # name: memory GB, cores, disk GB, architecture, EUR an hour and a month, locations
    "cx22": (4.0, 2, 40, "x86", "0.0060000000", "3.7900000000", ("fsn1", "nbg1")),
    "cx12": (0.5, 1, 20, "x86", "0.0040000000", "2.4900000000", ("fsn1",)),
    "cax11": (4.0, 2, 40, "arm", "0.0060000000", "3.7900000000", ("fsn1",)),
    "cpx11": (2.0, 2, 40, "x86", "0.0070000000", "4.3500000000", ("ash",)),
}
IMAGES = {"debian-12": (114690387, "debian"), "ubuntu-24.04": (161547269, "ubuntu"), "rocky-9": (168855, "rocky")}
NETWORK = {"id": 4711, "name": "nodes", "ip_range": "10.0.0.0/16", "labels": {}, "routes": [], "servers": [], "created": "2026-01-05T10:00:00+00:00",
           "subnets": [{"type": "cloud", "ip_range": "10.0.1.0/24", "network_zone": "eu-central", "gateway": "10.0.0.1"}]}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


@dataclass
class Thing:
    """kind: the path at which it is. boots: of a server, seconds from its creation until it runs, None if its creation fails."""

    kind: str
    id: int
    name: str
    labels: dict[str, str]
    created: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    boots: float | None = 0.0
    gone: datetime | None = None

    def status(self, now: datetime) -> str:
        return "initializing" if self.boots is None or (now - self.created).total_seconds() < self.boots else "running"


class Project:
    """lag: seconds by which a list may be behind. boots: seconds until a server runs, None for one that never will."""

    def __init__(self, now: Callable[[], datetime], *, random: Random | None = None, lag: float = 0, boots: Callable[[], float | None] = lambda: 20.0,
                 limit: int = 5000) -> None:
        self.now, self.random, self.lag, self.boots, self.limit = now, random or Random(1), lag, boots, limit
        self.things: dict[int, Thing] = {}
        self._next_id = 42_000_000

    def live(self, kind: str) -> list[Thing]:
        return [one for one in self.things.values() if one.kind == kind and one.gone is None]

    def listed(self, kind: str) -> list[Thing]:
        """As a list shows them, which comes from one of several copies, each of them behind by another time."""
        seen = self.now().timestamp() - self.random.uniform(0, self.lag)
        return [one for one in self.things.values()
                if one.kind == kind and one.created.timestamp() <= seen and (one.gone is None or one.gone.timestamp() > seen)]

    def thing(self, kind: str, number: str) -> Thing | None:
        found = self.things.get(int(number))
        return found if found and found.kind == kind and found.gone is None else None

    def add(self, kind: str, name: str, labels: dict[str, str] | None = None, *, boots: float | None = 0.0, **fields: Any) -> Thing:
        self._next_id += self.random.randint(1, 3)
        self.things[self._next_id] = Thing(kind, self._next_id, name, dict(labels or {}), self.now(), fields, boots)
        return self.things[self._next_id]


def fingerprint(public_key: str) -> str:
    digest = hashlib.md5(base64.b64decode(public_key.split()[1]), usedforsecurity=False).hexdigest()
    return ":".join(digest[at:at + 2] for at in range(0, 32, 2))


def location_json(name: str) -> dict[str, Any]:
    city, zone = LOCATIONS[name]
    return {"id": list(LOCATIONS).index(name) + 1, "name": name, "description": f"{city} DC Park 1", "country": "DE", "city": city, "latitude": 50.4,
            "longitude": 12.3, "network_zone": zone}


def type_json(name: str) -> dict[str, Any]:
    memory, cores, disk, architecture, hourly, monthly, locations = TYPES[name]
    prices = [{"location": one, "price_hourly": {"net": hourly, "gross": hourly}, "price_monthly": {"net": monthly, "gross": monthly},
               "included_traffic": 20_000, "price_per_tb_traffic": {"net": "1.0", "gross": "1.19"}} for one in locations]
    return {"id": list(TYPES).index(name) + 100, "name": name, "description": name.upper(), "cores": cores, "memory": memory, "disk": disk,
            "deprecated": False, "deprecation": None, "prices": prices, "storage_type": "local", "cpu_type": "shared", "architecture": architecture}


def image_json(name: str, architecture: str = "x86") -> dict[str, Any]:
    number, flavor = IMAGES[name]
    return {"id": number, "type": "system", "status": "available", "name": name, "description": name, "os_flavor": flavor, "os_version": "12",
            "architecture": architecture, "disk_size": 5, "image_size": None, "labels": {}, "created": "2026-01-05T10:00:00+00:00", "deprecated": None}


def thing_json(one: Thing, now: datetime) -> dict[str, Any]:
    common = {"id": one.id, "name": one.name, "labels": one.labels, "created": stamp(one.created)}
    if one.kind == "ssh_keys":
        return {**common, "fingerprint": fingerprint(one.fields["public_key"]), "public_key": one.fields["public_key"]}
    if one.kind == "firewalls":
        return {**common, "rules": [{"description": None, "port": None, "destination_ips": [], **rule} for rule in one.fields.get("rules", [])],
                "applied_to": one.fields.get("apply_to", [])}
    if one.kind != "servers":
        return {**common, **one.fields}
    address = f"203.0.{113 + one.id // 250 % 100}.{one.id % 250 + 2}"
    private = [{"network": number, "ip": f"10.0.{one.id // 250 % 250}.{one.id % 250 + 2}", "alias_ips": [], "mac_address": "86:00:00:2a:7d:e1"}
               for number in one.fields.get("networks", [])]
    return {**common, "status": one.status(now), "locked": False, "rescue_enabled": False, "private_net": private,
            "public_net": {"ipv4": {"id": one.id, "ip": address, "blocked": False, "dns_ptr": "x"}, "ipv6": None, "floating_ips": [], "firewalls": []},
            "location": location_json(one.fields.get("location", "fsn1")), "server_type": type_json(one.fields.get("server_type", "cx22")),
            "image": image_json("debian-12"), "volumes": [], "load_balancers": [], "primary_disk_size": 40}


def action_json(one: Thing, command: str, now: datetime) -> dict[str, Any]:
    failed = one.boots is None and (now - one.created).total_seconds() > 60
    status = "error" if failed else "running" if one.kind == "servers" and one.status(now) == "initializing" else "success"
    return {"id": one.id + 1_000_000, "command": command, "status": status, "progress": 100, "started": stamp(one.created), "finished": None,
            "resources": [{"id": one.id, "type": "server"}], "error": {"code": "action_failed", "message": "Action failed"} if failed else None}
