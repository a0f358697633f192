# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A seed, and clouds whose machines are hosts of the same lab; what a test sees of them beside the world of the other end-to-end tests."""
from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

from e2e.world import World
from lab.cloud.aws.ec2 import IMAGE, REGION
from lab.cloud.aws.server import ACCESS_KEY, CUSTOMERS_KEY, CUSTOMERS_SECRET, SECRET_KEY
from lab.cloud.digitalocean.server import TOKEN
from lab.hosts import podman
from playbook_runs.ended import Ended

LAB = os.environ.get("E2E_CLOUD_LAB", "e2e-cloud")
PREFIX = f"{LAB}-cloud-"


class Place(World):
    """A user's world with credentials of clouds in the environment."""

    CREDENTIALS = {"DIGITALOCEAN_TOKEN": TOKEN, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def playbook(self, name: str, *words: str, environment: dict[str, str] | None = None) -> Ended:
        return super().playbook(name, *words, environment={**self.CREDENTIALS, **(environment or {})})

    def scale(self, *words: str, **environment: str) -> Ended:
        return self.playbook("scale", "-e", "cluster=demo", *words, environment=environment)

    @property
    def url(self) -> str:
        variables = json.loads((self.inventory / "group_vars" / "all.yml").read_text())
        return variables["digitalocean_url"].removesuffix("v2/")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def droplets(self) -> dict[str, dict[str, Any]]:
        """What the API shows: name -> droplet."""
        return {one["name"]: one for one in self.ask("GET", "v2/droplets?per_page=200")["droplets"]}

    def machines(self) -> set[str]:
        """What there is: ids of droplets that have a running host."""
        return {one["Names"][0].removeprefix(PREFIX) for one in podman.listed("ps") if one["Names"][0].startswith(PREFIX)}

    def agree(self) -> bool:
        return {str(one["id"]) for one in self.droplets().values()} == self.machines()

    def cloud_writes(self) -> int:
        return sum(one["method"] != "GET" for one in self.ask("GET", "lab/heard")["heard"])

    def on_machine(self, name: str, *command: str) -> str:
        return podman.call("exec", f"{PREFIX}{self.droplets()[name]['id']}", *command)

    def nodes(self) -> dict[str, dict[str, Any]]:
        return {node["metadata"]["name"]: node for node in self.objects("demo", "nodes")}

    def ready(self) -> list[str]:
        return sorted(name for name, node in self.nodes().items()
                      if any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"]))

    def record(self) -> dict[str, Any]:
        found = json.loads(self.kubectl(None, "get", "configmap", "-n", "cluster-demo", "cluster-record", "-o", "json").stdout)
        return json.loads(found["data"]["record.json"])


def inventory(directory: Path, ssh_key: str) -> None:
    """As a user writes it: clusters without a single host. ssh_key: fingerprint of a key of the account at DigitalOcean."""
    web = {"name": "web", "provider": "digitalocean", "node_count": 1, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64",
           "ssh_keys": [ssh_key], "ssh_cidrs": ["198.51.100.0/24"], "labels": {"example.com/disk": "ssd"}, "max_node_count": 5}
    public = (directory / "ssh" / "id_ed25519.pub").read_text().strip()
    ec2 = {"name": "web", "provider": "aws", "node_count": 1, "region": REGION, "size": "t3.medium", "image": IMAGE, "ssh_public_key": public,
           "ssh_user": "root", "ssh_cidrs": ["198.51.100.0/24"]}
    clusters = {name: {"ansible_connection": "local", "seed": "lab", "kubernetes_version": "1.36.3", "allowed_stages": ["alpha", "beta", "public"],
                       "node_pools": [pool]} for name, pool in (("demo", web), ("shop", ec2))}
    # of DigitalOcean's parts, and of both drivers for volumes, no images can be had
    clusters["shop"] |= {"cloud_provider": "aws", "add_ons": {"csi": False},
                         "cluster_aws_access_key": CUSTOMERS_KEY, "cluster_aws_secret_key": CUSTOMERS_SECRET}
    groups = {"clusters": {"hosts": clusters}, **{f"cluster_{name}": {"hosts": {name: {}}} for name in clusters}}
    (directory / "inventory" / "customers.yml").write_text(json.dumps({"all": {"children": groups}}))
