# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's cloud as others see it: DigitalOcean's own client, and DigitalOcean's own description of its API.

The description is not part of this project. DIGITALOCEAN_OPENAPI=/path/to/bundle.yaml compares with it, as published under
https://github.com/digitalocean/openapi.
"""
from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pydo
import pytest
import yaml
from azure.core.pipeline.policies import HeadersPolicy
from pydo.exceptions import HttpResponseError

from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN
from worlds.digitalocean import World, world

BODY = {"names": ["sub-01.example.com", "sub-02"], "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64", "tags": ["env:prod"]}
RULES = {"inbound_rules": [{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["203.0.113.7/32"], "tags": ["env:prod"]}}],
         "outbound_rules": [{"protocol": "udp", "ports": "0", "destinations": {"addresses": ["0.0.0.0/0"]}}]}
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


@pytest.fixture
def there() -> Iterator[World]:
    with world() as found:
        yield found


def client(there: World, token: str = TOKEN) -> pydo.Client:
    # its own policy sends a token by TLS only, which the loopback address doesn't need
    policy = HeadersPolicy({"Authorization": f"Bearer {token}"})
    return pydo.Client(token, endpoint=there.cloud.url.removesuffix("/v2/"), authentication_policy=policy)


def test_life_of_droplets(there: World):
    do = client(there)
    made = do.droplets.create(body=BODY)
    assert [one["name"] for one in made["droplets"]] == BODY["names"] and {one["status"] for one in made["droplets"]} == {"new"}
    actions = made["links"]["actions"]
    assert do.actions.get(actions[0]["id"])["action"]["status"] == "in-progress"
    there.clock.sleep(30)
    assert do.actions.get(actions[0]["id"])["action"]["status"] == "completed"
    listed = do.droplets.list(tag_name="env:prod")
    assert listed["meta"]["total"] == 2
    assert all(one["status"] == "active" and one["networks"]["v4"][0]["ip_address"] for one in listed["droplets"])
    first = made["droplets"][0]["id"]
    do.tags.create(body={"name": "Extra"})
    do.tags.assign_resources("Extra", body={"resources": [{"resource_id": str(first), "resource_type": "droplet"}]})
    assert [one["id"] for one in do.droplets.list(tag_name="extra")["droplets"]] == [first]
    do.droplets.destroy(first)
    assert do.droplets.get(first)["id"] == "not_found"
    do.droplets.destroy_by_tag(tag_name="env:prod")
    assert do.droplets.list()["droplets"] == []


def test_one_droplet_by_its_name_alone(there: World):
    made = client(there).droplets.create(body={**{key: value for key, value in BODY.items() if key != "names"}, "name": "web"})
    assert made["droplet"]["name"] == "web" and len(made["links"]["actions"]) == 1


def test_pages(there: World):
    for number in range(45):
        there.stranger(f"a{number}")
    do, found, page = client(there), [], 1
    while True:
        answer = do.droplets.list(page=page)
        found += answer["droplets"]
        if "next" not in answer["links"].get("pages", {}):
            break
        page += 1
    assert len({one["id"] for one in found}) == 45 and page == 3


def test_keys_and_what_is_on_offer(there: World):
    do = client(there)
    key = do.ssh_keys.create(body={"name": "mine", "public_key": PUBLIC_KEY})["ssh_key"]
    assert re.fullmatch(r"([0-9a-f]{2}:){15}[0-9a-f]{2}", key["fingerprint"])
    assert do.ssh_keys.list()["ssh_keys"] == [key]
    do.droplets.create(body={**BODY, "ssh_keys": [key["fingerprint"], key["id"]]})
    assert {one["slug"] for one in do.regions.list()["regions"]} >= {"fra1"}
    assert {one["slug"] for one in do.sizes.list()["sizes"]} >= {"s-2vcpu-4gb"}
    assert do.images.get("debian-12-x64")["image"]["id"] == 7555620


def test_what_a_cluster_makes_beside_machines(there: World):
    do = client(there)
    droplet = do.droplets.create(body={**{key: value for key, value in BODY.items() if key != "names"}, "name": "web"})["droplet"]["id"]
    volume = do.volumes.create(body={"name": "pvc-1", "size_gigabytes": 10, "region": "fra1", "tags": ["env:prod"]})["volume"]
    do.volume_actions.post_by_id(volume["id"], body={"type": "attach", "droplet_id": droplet, "region": "fra1"})
    assert do.volumes.get(volume["id"])["volume"]["droplet_ids"] == [droplet]
    # the real one does not let it go either
    with pytest.raises(HttpResponseError) as error:
        do.volumes.delete(volume["id"])
    assert error.value.status_code == 409
    snapshot = do.volume_snapshots.create(volume["id"], body={"name": "monday"})["snapshot"]
    assert [one["resource_id"] for one in do.snapshots.list(resource_type="volume")["snapshots"]] == [volume["id"]]
    assert do.tags.get("env:prod")["tag"]["resources"]["count"] == 2
    do.droplets.destroy(droplet)
    do.volumes.delete(volume["id"])
    do.snapshots.delete(snapshot["id"])
    balancer = do.load_balancers.create(body={"name": "web", "region": "fra1", "forwarding_rules": []})["load_balancer"]["id"]
    firewall = do.firewalls.create(body={"name": "web", "tags": ["env:prod"], **RULES})["firewall"]["id"]
    do.firewalls.update(firewall, body={"name": "other", "tags": ["env:prod"], **RULES})
    shown = do.firewalls.get(firewall)["firewall"]
    assert shown["name"] == "other" and {key: shown[key] for key in RULES} == RULES
    with pytest.raises(HttpResponseError) as error:
        do.firewalls.create(body={"name": "web", "tags": ["nobodys"], **RULES})
    assert error.value.status_code == 422
    address = do.reserved_ips.create(body={"region": "fra1"})["reserved_ip"]["ip"]
    assert do.tags.get("env:prod")["tag"]["resources"]["count"] == 0
    do.load_balancers.delete(balancer)
    do.firewalls.delete(firewall)
    do.reserved_ips.delete(address)
    assert [do.volumes.list()["volumes"], do.snapshots.list()["snapshots"], do.load_balancers.list()["load_balancers"], do.firewalls.list()["firewalls"],
            do.reserved_ips.list()["reserved_ips"]] == [[], [], [], [], []]


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), (READ_ONLY_TOKEN, 403), (TOKEN, 422)])
def test_what_is_refused(there: World, token: str, status: int):
    with pytest.raises(HttpResponseError) as error:
        client(there, token).droplets.create(body={**BODY, "region": "mars1"})
    assert error.value.status_code == status
    assert there.account.live() == []


# method, path, path in the description, body
CALLS = [
    ("POST", "droplets", "/v2/droplets", BODY), ("GET", "droplets", "/v2/droplets", None),
    ("GET", "droplets?tag_name=env:prod&per_page=1", "/v2/droplets", None),
    ("GET", "droplets/{id}", "/v2/droplets/{droplet_id}", None), ("GET", "droplets/{id}/actions", "/v2/droplets/{droplet_id}/actions", None),
    ("GET", "actions/{action}", "/v2/actions/{action_id}", None), ("GET", "regions", "/v2/regions", None), ("GET", "sizes", "/v2/sizes", None),
    ("GET", "images", "/v2/images", None), ("GET", "images/debian-12-x64", "/v2/images/{image_id}", None),
    ("POST", "tags", "/v2/tags", {"name": "extra"}), ("GET", "tags", "/v2/tags", None),
    ("POST", "tags/extra/resources", "/v2/tags/{tag_id}/resources", {"resources": [{"resource_id": "{id}", "resource_type": "droplet"}]}),
    ("DELETE", "tags/extra/resources", "/v2/tags/{tag_id}/resources", {"resources": [{"resource_id": "{id}", "resource_type": "droplet"}]}),
    ("DELETE", "tags/extra", "/v2/tags/{tag_id}", None), ("POST", "account/keys", "/v2/account/keys", {"name": "mine", "public_key": PUBLIC_KEY}),
    ("GET", "account/keys", "/v2/account/keys", None), ("GET", "account/keys/{ssh_key}", "/v2/account/keys/{ssh_key_identifier}", None),
    ("GET", "account/keys/aa:bb", "/v2/account/keys/{ssh_key_identifier}", None), ("GET", "vpcs", "/v2/vpcs", None),
    ("GET", "vpcs/760e09ef-dc84-11e8-981e-3cfdfeaae000", "/v2/vpcs/{vpc_id}", None), ("GET", "vpcs/760e09ef", "/v2/vpcs/{vpc_id}", None),
    ("POST", "volumes", "/v2/volumes", {"name": "pvc-1", "size_gigabytes": 10, "region": "fra1", "tags": ["env:prod"]}),
    ("GET", "volumes", "/v2/volumes", None), ("GET", "volumes/{volume}", "/v2/volumes/{volume_id}", None),
    ("POST", "volumes/{volume}/actions", "/v2/volumes/{volume_id}/actions", {"type": "attach", "droplet_id": "{id}", "region": "fra1"}),
    ("POST", "volumes/{volume}/actions", "/v2/volumes/{volume_id}/actions", {"type": "detach", "droplet_id": "{id}", "region": "fra1"}),
    ("POST", "volumes/{volume}/snapshots", "/v2/volumes/{volume_id}/snapshots", {"name": "monday"}),
    ("GET", "snapshots?resource_type=volume", "/v2/snapshots", None), ("GET", "snapshots/{snapshot}", "/v2/snapshots/{snapshot_id}", None),
    ("DELETE", "snapshots/{snapshot}", "/v2/snapshots/{snapshot_id}", None), ("DELETE", "volumes/{volume}", "/v2/volumes/{volume_id}", None),
    ("GET", "volumes/{volume}", "/v2/volumes/{volume_id}", None),
    ("POST", "load_balancers", "/v2/load_balancers", {"name": "web", "region": "fra1", "forwarding_rules": [
        {"entry_protocol": "tcp", "entry_port": 80, "target_protocol": "tcp", "target_port": 31080}]}),
    ("GET", "load_balancers", "/v2/load_balancers", None), ("GET", "load_balancers/{load_balancer}", "/v2/load_balancers/{lb_id}", None),
    ("DELETE", "load_balancers/{load_balancer}", "/v2/load_balancers/{lb_id}", None),
    ("POST", "firewalls", "/v2/firewalls", {"name": "web", "tags": ["env:prod"]}), ("GET", "firewalls", "/v2/firewalls", None),
    ("GET", "firewalls/{firewall}", "/v2/firewalls/{firewall_id}", None),
    ("PUT", "firewalls/{firewall}", "/v2/firewalls/{firewall_id}", {"name": "web", "tags": ["env:prod"], **RULES}),
    ("DELETE", "firewalls/{firewall}", "/v2/firewalls/{firewall_id}", None),
    ("POST", "reserved_ips", "/v2/reserved_ips", {"region": "fra1"}), ("GET", "reserved_ips", "/v2/reserved_ips", None),
    ("GET", "reserved_ips/{reserved_ip}", "/v2/reserved_ips/{reserved_ip}", None),
    ("DELETE", "reserved_ips/{reserved_ip}", "/v2/reserved_ips/{reserved_ip}", None),
    ("GET", "tags/env:prod", "/v2/tags/{tag_id}", None), ("GET", "tags/nobodys", "/v2/tags/{tag_id}", None),
    ("DELETE", "account/keys/{ssh_key}", "/v2/account/keys/{ssh_key_identifier}", None),
    ("DELETE", "droplets/{id}", "/v2/droplets/{droplet_id}", None),
    ("GET", "droplets/{id}", "/v2/droplets/{droplet_id}", None), ("DELETE", "droplets?tag_name=env:prod", "/v2/droplets", None)]


def ask(there: World, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
    request = urllib.request.Request(there.cloud.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            data = answer.read()
            return answer.status, dict(answer.headers), json.loads(data) if data else None
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), json.loads(error.read())


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: nullable becomes a type. What is null in an example of the description may be null."""
    if isinstance(schema, list):
        return [nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: nullable(value) for key, value in schema.items() if key not in ("example", "examples", "nullable")}
    if schema.get("nullable") and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found


def test_answers_are_as_the_description_says(there: World):
    given = os.environ.get("DIGITALOCEAN_OPENAPI")
    if not given:
        pytest.skip("DIGITALOCEAN_OPENAPI names no description of the API to compare with")
    description = yaml.load(Path(given).read_text(), Loader=yaml.CSafeLoader)
    components = {"components": nullable(description["components"])}
    ids: dict[str, str] = {}
    checked = 0
    for method, path, described, body in CALLS:
        text = json.dumps([path, body]).replace('"droplet_id": "{id}"', f'"droplet_id": {ids.get("id", 0)}')
        for name, number in ids.items():
            text = text.replace(f"{{{name}}}", number)
        filled = json.loads(text)
        status, headers, answer = ask(there, method, *filled)
        responses = description["paths"][described][method.lower()]["responses"]
        assert str(status) in responses, f"{method} {path} answers {status}: {answer}"
        made = next(iter(answer), "") if method == "POST" and answer else ""
        if made in ("volume", "snapshot", "load_balancer", "firewall", "reserved_ip", "ssh_key"):
            ids[made] = str(answer[made].get("id") or answer[made]["ip"])
        if method == "POST" and path == "droplets":
            ids = {"id": str(answer["droplets"][0]["id"]), "action": str(answer["links"]["actions"][0]["id"])}
        response = responses[str(status)]
        while "$ref" in response:
            response = description["components"]["responses"][response["$ref"].rpartition("/")[2]]
        assert {name.lower() for name in response.get("headers", {})} - {"content-type", "x-request-id"} <= {name.lower() for name in headers}
        schema = (response.get("content") or {}).get("application/json", {}).get("schema")
        if schema is None:
            assert answer is None
            continue
        jsonschema.Draft7Validator({**components, **nullable(schema)}).validate(answer)
        checked += 1
    assert checked >= 35
