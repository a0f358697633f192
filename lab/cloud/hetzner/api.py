# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API v1 of the cloud: the paths that the product uses. A request goes in, an answer comes out; no network here."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..rest_server import Answer, Request
from . import project as offer
from .project import Project, Thing

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
KEYS = {"servers": "server", "ssh_keys": "ssh_key", "firewalls": "firewall", "volumes": "volume", "load_balancers": "load_balancer"}
CODES = {400: "invalid_input", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "uniqueness_error", 422: "invalid_input",
         429: "rate_limit_exceeded", 500: "service_error"}


def error(status: int, message: str, code: str = "") -> Answer:
    return Answer(status, {"error": {"code": code or CODES[status], "message": message, "details": None}})


MISSING = error(404, "the requested resource was not found")


class Api:
    def __init__(self, project: Project, *, partial: Callable[[int], int] = lambda count: count) -> None:
        """partial: a request makes one server, or none, so it counts for nothing here."""
        self.project = project
        every = rf"({'|'.join(KEYS)})"
        self.routes = [(method, re.compile(path), call) for method, path, call in (
            ("GET", r"(locations|server_types|images)", self.offers), ("GET", r"images/(\d+)", self.image), ("GET", r"pricing", self.pricing),
            ("GET", r"networks/(\d+)", self.network), ("GET", every, self.list), ("GET", every + r"/(\d+)", self.get),
            ("POST", r"servers", self.make_server), ("POST", r"ssh_keys", self.make_key), ("POST", r"firewalls", self.make_firewall),
            ("PUT", every + r"/(\d+)", self.change), ("DELETE", every + r"/(\d+)", self.delete), ("GET", r"servers/(\d+)/actions", self.actions),
            ("POST", r"firewalls/(\d+)/actions/(\w+)", self.act_on_firewall), ("POST", r"volumes/(\d+)/actions/detach", self.detach))]

    def answer(self, request: Request) -> Answer:
        for method, pattern, call in self.routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return call(request, *found.groups())
        return MISSING

    def page(self, request: Request, key: str, items: list[Any], shown: Callable[[Any], Any] = lambda one: one) -> Answer:
        size, page = min(int(request.query.get("per_page", 25)), 50), int(request.query.get("page", 1))
        last = -(-len(items) // size) or 1
        pagination = {"page": page, "per_page": size, "previous_page": page - 1 or None, "next_page": page + 1 if page < last else None, "last_page": last,
                      "total_entries": len(items)}
        return Answer(200, {key: [shown(one) for one in items[(page - 1) * size:page * size]], "meta": {"pagination": pagination}})

    def offers(self, request: Request, kind: str) -> Answer:
        name, architecture = request.query.get("name"), request.query.get("architecture", "x86")
        rows = {"locations": [offer.location_json(one) for one in offer.LOCATIONS], "server_types": [offer.type_json(one) for one in offer.TYPES],
                "images": [offer.image_json(one, architecture) for one in offer.IMAGES]}[kind]
        return self.page(request, kind, [one for one in rows if name in (None, one["name"])])

    def image(self, request: Request, number: str) -> Answer:
        name = next((name for name, row in offer.IMAGES.items() if row[0] == int(number)), None)
        return Answer(200, {"image": offer.image_json(name)}) if name else MISSING

    def pricing(self, request: Request) -> Answer:
        return Answer(200, {"pricing": {"currency": "EUR", "vat_rate": "19.00"}})

    def network(self, request: Request, number: str) -> Answer:
        return Answer(200, {"network": offer.NETWORK}) if int(number) == offer.NETWORK["id"] else MISSING

    def list(self, request: Request, kind: str) -> Answer:
        key, dummy, value = request.query.get("label_selector", "").partition("=")
        found = [one for one in self.project.listed(kind) if not key or one.labels.get(key) == value]
        fingerprint = request.query.get("fingerprint")
        if fingerprint:
            found = [one for one in self.project.live(kind) if offer.fingerprint(one.fields["public_key"]) == fingerprint]
        return self.page(request, kind, sorted(found, key=lambda one: one.id), self.shown)

    def shown(self, one: Thing) -> dict[str, Any]:
        return offer.thing_json(one, self.project.now())

    def get(self, request: Request, kind: str, number: str) -> Answer:
        one = self.project.thing(kind, number)
        return Answer(200, {KEYS[kind]: self.shown(one)}) if one else MISSING

    def make_server(self, request: Request) -> Answer:
        body = request.body
        mistake = self._mistake(body)
        if mistake:
            return mistake
        if len(self.project.live("servers")) >= self.project.limit:
            return error(403, "server limit exceeded", "resource_limit_exceeded")
        fields = {name: body[name] for name in ("location", "server_type", "image", "networks", "ssh_keys") if name in body}
        one = self.project.add("servers", body["name"], body.get("labels"), boots=self.project.boots(), **fields)
        return Answer(201, {"server": self.shown(one), "action": offer.action_json(one, "create_server", self.project.now()), "next_actions": [],
                            "root_password": None})

    def _mistake(self, body: Any) -> Answer | None:
        if not isinstance(body, dict) or not isinstance(body.get("name"), str) or not NAME.fullmatch(body["name"]):
            return error(422, "invalid input in field 'name'")
        images = {*offer.IMAGES, *(number for number, dummy in offer.IMAGES.values())}
        if body.get("location") not in offer.LOCATIONS or body.get("server_type") not in offer.TYPES or body.get("image") not in images:
            return error(422, "invalid input in fields 'location', 'server_type', 'image'")
        if body["location"] not in offer.TYPES[body["server_type"]][6]:
            return error(412, "unsupported location for server type", "placement_error")
        if any(number != offer.NETWORK["id"] for number in body.get("networks", [])):
            return error(404, "network not found")
        keys = {value for one in self.project.live("ssh_keys") for value in (one.id, one.name)}
        if not set(body.get("ssh_keys", [])) <= keys:
            return error(404, "ssh_key not found")
        return self._bad_labels(body) or self._taken("servers", body["name"])

    def _bad_labels(self, body: dict[str, Any]) -> Answer | None:
        labels = body.get("labels") or {}
        good = isinstance(labels, dict) and all(isinstance(value, str) and key and LABEL.fullmatch(key) and LABEL.fullmatch(value)
                                                for key, value in labels.items())
        return None if good else error(422, "invalid input in field 'labels'")

    def _taken(self, kind: str, name: str) -> Answer | None:
        return error(409, f"{KEYS[kind]} name is already used") if any(one.name == name for one in self.project.live(kind)) else None

    def make_key(self, request: Request) -> Answer:
        public = request.body["public_key"]
        if any(offer.fingerprint(one.fields["public_key"]) == offer.fingerprint(public) for one in self.project.live("ssh_keys")):
            return error(409, "SSH key not unique")
        refused = self._bad_labels(request.body) or self._taken("ssh_keys", request.body["name"])
        return refused or self._made("ssh_keys", request.body, public_key=public)

    def make_firewall(self, request: Request) -> Answer:
        body = request.body
        refused = self._bad_labels(body) or self._taken("firewalls", body["name"])
        return refused or self._made("firewalls", body, rules=body.get("rules", []), apply_to=body.get("apply_to", []))

    def _made(self, kind: str, body: dict[str, Any], **fields: Any) -> Answer:
        return Answer(201, {KEYS[kind]: self.shown(self.project.add(kind, body["name"], body.get("labels"), **fields)), "actions": []})

    def change(self, request: Request, kind: str, number: str) -> Answer:
        one = self.project.thing(kind, number)
        if one is None:
            return MISSING
        one.labels = dict(request.body.get("labels", one.labels))
        return Answer(200, {KEYS[kind]: self.shown(one)})

    def delete(self, request: Request, kind: str, number: str) -> Answer:
        one = self.project.thing(kind, number)
        if one is None:
            return MISSING
        if kind == "firewalls" and one.fields.get("apply_to"):
            return error(409, "firewall is still in use", "resource_in_use")
        if kind == "volumes" and one.fields.get("server"):
            return error(409, "volume is still attached to a server", "resource_in_use")
        one.gone = self.project.now()
        return Answer(200, {"action": offer.action_json(one, "delete", self.project.now())}) if kind == "servers" else Answer(204)

    def actions(self, request: Request, number: str) -> Answer:
        one = self.project.thing("servers", number)
        return Answer(200, {"actions": [offer.action_json(one, "create_server", self.project.now())]}) if one else MISSING

    def act_on_firewall(self, request: Request, number: str, action: str) -> Answer:
        one = self.project.thing("firewalls", number)
        if one is None:
            return MISSING
        targets = one.fields.setdefault("apply_to", [])
        if action == "set_rules":
            one.fields["rules"] = request.body["rules"]
        elif action == "apply_to_resources":
            targets += [target for target in request.body["apply_to"] if target not in targets]
        elif action == "remove_from_resources":
            if not any(target in targets for target in request.body["remove_from"]):
                return error(422, "firewall is already removed", "firewall_already_removed")
            one.fields["apply_to"] = [target for target in targets if target not in request.body["remove_from"]]
        return Answer(201, {"actions": [offer.action_json(one, action, self.project.now())]})

    def detach(self, request: Request, number: str) -> Answer:
        one = self.project.thing("volumes", number)
        if one is None:
            return MISSING
        one.fields["server"] = None
        return Answer(201, {"action": offer.action_json(one, "detach_volume", self.project.now())})
