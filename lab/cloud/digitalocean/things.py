# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API v2 of the cloud, beside droplets: volumes, snapshots, load balancers, firewalls and reserved IPs, as far as clusters make and leave them."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..rest_server import Answer, Request
from . import account as offer
from .account import Thing
from .messages import error

if TYPE_CHECKING:
    from .api import Api

KINDS = {"volumes": "volume", "snapshots": "snapshot", "load_balancers": "load_balancer", "firewalls": "firewall", "reserved_ips": "reserved_ip"}
_ID = r"([\w.-]+)"
HEALTH = {"protocol": "tcp", "port": 80, "check_interval_seconds": 3, "response_timeout_seconds": 5, "healthy_threshold": 5, "unhealthy_threshold": 3}
RULES = {"inbound_rules": [{"protocol": "tcp", "ports": "80", "sources": {"addresses": ["0.0.0.0/0"]}}],
         "outbound_rules": [{"protocol": "tcp", "ports": "all", "destinations": {"addresses": ["0.0.0.0/0"]}}]}


def json_of(api: Api, one: Thing) -> dict[str, Any]:
    region = offer.region_json(one.fields.get("region", "fra1"))
    common = {"id": one.id, "name": one.name, "created_at": offer.stamp(one.created)}
    if one.kind == "volumes":
        return {**common, "region": region, "droplet_ids": _attached(api, one), "tags": one.tags,
                "description": one.fields.get("description", ""), "size_gigabytes": one.fields.get("size_gigabytes", 10), "filesystem_type": "",
                "filesystem_label": ""}
    if one.kind == "snapshots":
        return {**common, "regions": [region["slug"]], "resource_id": one.fields.get("resource_id", ""), "resource_type": "volume", "min_disk_size": 10,
                "size_gigabytes": 0.6, "tags": one.tags}
    if one.kind == "load_balancers":
        return {**common, "ip": "203.0.113.250", "algorithm": "round_robin", "status": "active", "size_unit": 1, "vpc_uuid": offer.VPC["id"],
                "forwarding_rules": one.fields.get("forwarding_rules", []), "health_check": HEALTH, "sticky_sessions": {"type": "none"},
                "redirect_http_to_https": False, "enable_proxy_protocol": False, "region": region, "tag": one.fields.get("tag", ""),
                # not in DigitalOcean's description of its API, but in the answers that its own client reads
                "droplet_ids": one.fields.get("droplet_ids", []), "tags": one.tags}
    if one.kind == "firewalls":
        return {**common, "status": "succeeded", "pending_changes": [], "droplet_ids": one.fields.get("droplet_ids", []), "tags": one.tags,
                **{key: one.fields.get(key, rules) for key, rules in RULES.items()}}
    droplet = api.account.droplets.get(one.fields.get("droplet_id", 0))
    shown = offer.droplet_json(droplet, api.account.now()) if droplet and droplet.gone is None else None
    return {"ip": one.id, "region": region, "droplet": shown, "locked": False, "project_id": "746c6152-2fa2-11ed-92d3-27aaa54e4988"}


def _attached(api: Api, one: Thing) -> list[int]:
    """A droplet that goes lets its volumes go."""
    droplet = api.account.droplets.get(one.fields.get("droplet_id", 0))
    return [droplet.id] if droplet and droplet.gone is None else []


class _Kind:
    """The paths of one kind."""

    def __init__(self, api: Api, kind: str) -> None:
        self.api, self.kind, self.key = api, kind, KINDS[kind]

    def list(self, request: Request) -> Answer:
        found = [json_of(self.api, one) for one in self.api.account.all_of(self.kind)]
        return self.api.page(request, self.kind, [one for one in found if request.query.get("resource_type", "volume") == "volume"])

    def get(self, request: Request, number: str) -> Answer:
        one = self.api.account.thing(self.kind, number)
        return Answer(200, {self.key: json_of(self.api, one)}) if one else self.api.missing()

    def create(self, request: Request) -> Answer:
        body = request.body
        if not isinstance(body, dict) or (self.kind != "reserved_ips" and not isinstance(body.get("name"), str)):
            return error(422, "name is missing")
        if self._lacks_tag(body):
            return error(422, "tags must exist before a firewall can use them")
        given = {"id": f"192.0.2.{len(self.api.account.things) + 2}"} if self.kind == "reserved_ips" else {}
        fields = {name: value for name, value in body.items() if name not in ("name", "tags")}
        one = self.api.account.add(self.kind, body.get("name", ""), body.get("tags") or (), **given, **fields)
        status = 201 if self.kind == "volumes" else 202
        return Answer(status, {self.key: json_of(self.api, one)})

    def _lacks_tag(self, body: dict[str, Any]) -> bool:
        """Whether a firewall names a tag that there is not."""
        peers = [rule.get(side, {}) for key, side in (("inbound_rules", "sources"), ("outbound_rules", "destinations")) for rule in body.get(key) or ()]
        used = {*(body.get("tags") or ()), *(tag for peer in peers for tag in peer.get("tags") or ())}
        return self.kind == "firewalls" and not {tag.lower() for tag in used} <= set(self.api.account.tags)

    def replace(self, request: Request, number: str) -> Answer:
        """A firewall as it shall be, in all its parts."""
        one = self.api.account.thing(self.kind, number)
        if one is None:
            return self.api.missing()
        if not isinstance(request.body, dict) or "name" not in request.body or self._lacks_tag(request.body):
            return error(422, "name is missing, or a tag does not exist")
        one.name, one.tags = request.body["name"], list(request.body.get("tags") or ())
        one.fields = {name: value for name, value in request.body.items() if name not in ("name", "tags")}
        return Answer(200, {self.key: json_of(self.api, one)})

    def delete(self, request: Request, number: str) -> Answer:
        one = self.api.account.thing(self.kind, number)
        if one is None:
            return self.api.missing()
        if self.kind == "volumes" and _attached(self.api, one):
            return error(409, "A volume that is attached to a Droplet can't be deleted.")
        one.gone = self.api.account.now()
        return Answer(204)

    def act(self, request: Request, number: str) -> Answer:
        """Attaches or detaches a volume."""
        one = self.api.account.thing(self.kind, number)
        if one is None:
            return self.api.missing()
        if request.body.get("type") == "detach" and _attached(self.api, one) != [request.body.get("droplet_id")]:
            return error(422, "Attachment not found")
        one.fields["droplet_id"] = request.body["droplet_id"] if request.body["type"] == "attach" else 0
        now = offer.stamp(self.api.account.now())
        return Answer(202, {"action": {"id": 72531856, "status": "completed", "type": f"{request.body['type']}_volume", "started_at": now, "completed_at": now,
                                       "resource_id": None, "resource_type": "backend", "region": offer.region_json("fra1"), "region_slug": "fra1"}})

    def snapshot(self, request: Request, number: str) -> Answer:
        if self.api.account.thing("volumes", number) is None:
            return self.api.missing()
        one = self.api.account.add("snapshots", request.body["name"], request.body.get("tags") or (), resource_id=number)
        return Answer(201, {"snapshot": json_of(self.api, one)})


def routes(api: Api) -> list[tuple[str, str, Callable[..., Answer]]]:
    found: list[tuple[str, str, Callable[..., Answer]]] = []
    for kind in KINDS:
        paths = _Kind(api, kind)
        found += [("GET", kind, paths.list), ("GET", f"{kind}/{_ID}", paths.get), ("DELETE", f"{kind}/{_ID}", paths.delete)]
        if kind != "snapshots":
            found.append(("POST", kind, paths.create))
        if kind == "firewalls":
            found.append(("PUT", f"{kind}/{_ID}", paths.replace))
        if kind == "volumes":
            found += [("POST", f"volumes/{_ID}/actions", paths.act), ("POST", f"volumes/{_ID}/snapshots", paths.snapshot)]
    return found
