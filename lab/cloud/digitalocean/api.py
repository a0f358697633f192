# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API v2 of the cloud: the paths that the product uses, and those by which a test looks. A request goes in, an answer comes out; no network here."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..rest_server import Answer, Request
from . import account as offer
from . import things
from .account import Account, Droplet
from .messages import error

NAME = re.compile(r"[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]")
TAG = re.compile(r"[a-zA-Z0-9_\-:]{1,255}")
MOST_AT_ONCE = 10


class Api:
    """partial: given how many machines are asked for, tells how many there will be."""

    def __init__(self, account: Account, *, partial: Callable[[int], int] = lambda count: count,
                 on_create: Callable[[Droplet], None] = lambda droplet: None, on_delete: Callable[[Droplet], None] = lambda droplet: None) -> None:
        self.account, self.partial, self.on_create, self.on_delete = account, partial, on_create, on_delete
        self.routes = [(method, re.compile(path), call) for method, path, call in (
            ("GET", r"droplets", self.list_droplets), ("POST", r"droplets", self.create), ("DELETE", r"droplets", self.delete_by_tag),
            ("GET", r"droplets/(\d+)", self.get), ("DELETE", r"droplets/(\d+)", self.delete), ("GET", r"droplets/(\d+)/actions", self.actions),
            ("GET", r"actions/(\d+)", self.action), ("GET", r"regions", self.regions), ("GET", r"sizes", self.sizes), ("GET", r"images", self.images),
            ("GET", r"images/([\w-]+)", self.image), ("GET", r"tags", self.tags), ("POST", r"tags", self.make_tag),
            ("POST", r"tags/([\w:-]+)/resources", self.tag), ("DELETE", r"tags/([\w:-]+)/resources", self.untag),
            ("DELETE", r"tags/([\w:-]+)", self.delete_tag), ("GET", r"account/keys", self.keys), ("POST", r"account/keys", self.make_key),
            ("GET", r"account/keys/([\w:-]+)", self.key), ("DELETE", r"account/keys/([\w:-]+)", self.delete_key), ("GET", r"tags/([\w:-]+)", self.one_tag),
            ("GET", r"vpcs", self.networks), ("GET", r"vpcs/([\w-]+)", self.network), *things.routes(self))]

    def answer(self, request: Request) -> Answer:
        path = request.path.strip("/")
        for method, pattern, call in self.routes:
            found = pattern.fullmatch(path)
            if found and method == request.method:
                return call(request, *found.groups())
        return error(404, "The resource you were accessing could not be found.")

    def page(self, request: Request, key: str, items: list[Any]) -> Answer:
        try:
            size, page = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))
        except ValueError:
            return error(400, "page and per_page are numbers")
        size, last = min(max(size, 1), 200), -(-len(items) // min(max(size, 1), 200)) or 1
        extra = {name: value for name, value in request.query.items() if name not in ("page", "per_page")}

        def link(number: int) -> str:
            query = "&".join(f"{name}={value}" for name, value in {**extra, "page": number, "per_page": size}.items())
            return f"{request.base}{request.path.strip('/')}?{query}"

        pages = {}
        if page > 1:
            pages.update(first=link(1), prev=link(page - 1))
        if page < last:
            pages.update(next=link(page + 1), last=link(last))
        return Answer(200, {key: items[(page - 1) * size:page * size], "links": {"pages": pages} if pages else {}, "meta": {"total": len(items)}})

    def list_droplets(self, request: Request) -> Answer:
        now, name = self.account.now(), request.query.get("name")
        found = [one for one in self.account.listed(request.query.get("tag_name")) if name is None or one.name == name]
        # only what is on the page is made into JSON
        page = self.page(request, "droplets", found)
        if page.status == 200:
            page.body["droplets"] = [offer.droplet_json(one, now) for one in page.body["droplets"]]
        return page

    def create(self, request: Request) -> Answer:
        body = request.body
        mistake = self._mistake(body)
        if mistake:
            return error(422, mistake)
        names = [body["name"]] if "name" in body else body["names"]
        if len(self.account.live()) + len(names) > self.account.limit:
            return error(422, "creating this/these droplet(s) will exceed your droplet limit")
        made = self.account.create(names[:self.partial(len(names))], body)
        for droplet in made:
            self.on_create(droplet)
        now = self.account.now()
        links = {"actions": [{"id": one.id + 1_000_000_000, "rel": "create", "href": f"{request.base}actions/{one.id + 1_000_000_000}"} for one in made]}
        shown = [offer.droplet_json(one, now) for one in made]
        return Answer(202, {"droplet": shown[0], "links": links} if "name" in body else {"droplets": shown, "links": links})

    def _mistake(self, body: Any) -> str:
        if not isinstance(body, dict):
            return "the body is no object"
        names = [body["name"]] if "name" in body else body.get("names")
        if not isinstance(names, list) or not names:
            return "names is missing"
        if len(names) > MOST_AT_ONCE:
            return f"names must not have more than {MOST_AT_ONCE} elements"
        if not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
            return "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"
        if body.get("region") not in offer.REGIONS:
            return "You specified an invalid region for Droplet creation."
        if body.get("size") not in offer.SIZES or body["region"] not in offer.SIZES[body["size"]][4]:
            return "You specified an invalid size for Droplet creation."
        if not any(str(body.get("image")) in (slug, str(row[0])) for slug, row in offer.IMAGES.items()):
            return "You specified an invalid image for Droplet creation."
        if not all(self.account.knows_key(key) for key in body.get("ssh_keys") or []):
            return f"{body['ssh_keys'][0]} are invalid key identifiers for Droplet creation."
        if body.get("vpc_uuid") not in (None, offer.VPC["id"]):
            return "vpc_uuid is invalid"
        if not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in body.get("tags") or []):
            return "Tag name is invalid"
        return ""

    def droplet(self, number: str) -> Droplet | None:
        found = self.account.droplets.get(int(number))
        return found if found and found.gone is None else None

    def get(self, request: Request, number: str) -> Answer:
        droplet = self.droplet(number)
        return Answer(200, {"droplet": offer.droplet_json(droplet, self.account.now())}) if droplet else self.missing()

    def delete(self, request: Request, number: str) -> Answer:
        droplet = self.droplet(number)
        if droplet is None:
            return self.missing()
        droplet.gone = self.account.now()
        self.on_delete(droplet)
        return Answer(204)

    def delete_by_tag(self, request: Request) -> Answer:
        tag = request.query.get("tag_name", "").lower()
        for droplet in self.account.live():
            if tag in [own.lower() for own in droplet.tags]:
                droplet.gone = self.account.now()
                self.on_delete(droplet)
        return Answer(204)

    def actions(self, request: Request, number: str) -> Answer:
        droplet = self.droplet(number)
        return self.page(request, "actions", [offer.action_json(droplet, self.account.now())]) if droplet else self.missing()

    def action(self, request: Request, number: str) -> Answer:
        droplet = self.account.droplets.get(int(number) - 1_000_000_000)
        return Answer(200, {"action": offer.action_json(droplet, self.account.now())}) if droplet else self.missing()

    def regions(self, request: Request) -> Answer:
        return self.page(request, "regions", [offer.region_json(slug) for slug in offer.REGIONS])

    def sizes(self, request: Request) -> Answer:
        return self.page(request, "sizes", [offer.size_json(slug) for slug in offer.SIZES])

    def images(self, request: Request) -> Answer:
        return self.page(request, "images", [offer.image_json(slug) for slug in offer.IMAGES])

    def image(self, request: Request, name: str) -> Answer:
        slug = next((slug for slug, row in offer.IMAGES.items() if name in (slug, str(row[0]))), None)
        return Answer(200, {"image": offer.image_json(slug)}) if slug else self.missing()

    def tags(self, request: Request) -> Answer:
        return self.page(request, "tags", [self._tag_json(tag) for tag in self.account.tags.values()])

    def make_tag(self, request: Request) -> Answer:
        name = request.body.get("name") if isinstance(request.body, dict) else None
        if not isinstance(name, str) or not TAG.fullmatch(name):
            return error(400, "Tag name is invalid")
        return Answer(201, {"tag": self._tag_json(self.account.tags.setdefault(name.lower(), name))})

    def _tag_json(self, tag: str) -> dict[str, Any]:
        return {"name": tag, "resources": {"count": self.account.carriers(tag), "droplets": {"count": sum(tag in one.tags for one in self.account.live())}}}

    def one_tag(self, request: Request, tag: str) -> Answer:
        return Answer(200, {"tag": self._tag_json(tag)}) if self.account.tags.get(tag.lower()) == tag else self.missing()

    def tag(self, request: Request, tag: str) -> Answer:
        return self._tagged(request, tag, lambda one: tag in one.tags or one.tags.append(tag))

    def untag(self, request: Request, tag: str) -> Answer:
        return self._tagged(request, tag, lambda one: tag in one.tags and one.tags.remove(tag))

    def _tagged(self, request: Request, tag: str, change: Callable[[Any], Any]) -> Answer:
        resources = [self.droplet(one["resource_id"]) if one["resource_type"] == "droplet"
                     else self.account.thing(f"{one['resource_type']}s", one["resource_id"]) for one in request.body["resources"]]
        # its canonical capitals alone are an address
        if self.account.tags.get(tag.lower()) != tag or None in resources:
            return self.missing()
        for one in resources:
            change(one)
        return Answer(204)

    def delete_tag(self, request: Request, tag: str) -> Answer:
        self.account.tags.pop(tag.lower(), None)
        for one in (*self.account.live(), *self.account.things.values()):
            one.tags = [own for own in one.tags if own != tag]
        return Answer(204)

    def networks(self, request: Request) -> Answer:
        return self.page(request, "vpcs", [offer.VPC])

    def network(self, request: Request, number: str) -> Answer:
        return Answer(200, {"vpc": offer.VPC}) if number == offer.VPC["id"] else self.missing()

    def keys(self, request: Request) -> Answer:
        return self.page(request, "ssh_keys", list(self.account.keys.values()))

    def make_key(self, request: Request) -> Answer:
        if any(key["public_key"] == request.body["public_key"] for key in self.account.keys.values()):
            return error(422, "SSH Key is already in use on your account")
        return Answer(201, {"ssh_key": self.account.add_key(request.body["name"], request.body["public_key"])})

    def _key_number(self, given: str) -> int | None:
        """given: its id or its fingerprint."""
        return next((number for number, key in self.account.keys.items() if given in (str(number), key["fingerprint"])), None)

    def key(self, request: Request, given: str) -> Answer:
        found = self._key_number(given)
        return self.missing() if found is None else Answer(200, {"ssh_key": self.account.keys[found]})

    def delete_key(self, request: Request, given: str) -> Answer:
        found = self._key_number(given)
        if found is None:
            return self.missing()
        del self.account.keys[found]
        return Answer(204)

    def missing(self) -> Answer:
        return error(404, "The resource you were accessing could not be found.")
