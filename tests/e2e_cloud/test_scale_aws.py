# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The same at EC2: `scale` against an API whose instances are real hosts. The tests follow each other."""
from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

import boto3
import pytest

from e2e.world import Run, eventually
from e2e_cloud.availability import Availability, workload
from e2e_cloud.place import PREFIX, Place
from lab.cloud.aws.ec2 import REGION
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY
from lab.hosts import podman, state

ONE, THREE = ["shop-web-1"], ["shop-web-1", "shop-web-2", "shop-web-3"]


class Shop:
    """A cluster with a pool at EC2. api: another client than the product's own. first: the run that made it."""

    first: Run

    def __init__(self, place: Place) -> None:
        self.place = place
        self.url = json.loads((place.inventory / "group_vars" / "all.yml").read_text())["aws_url"]
        self.api = boto3.client("ec2", region_name=REGION, endpoint_url=self.url, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)

    def playbook(self, name: str, *words: str) -> Run:
        return self.place.playbook(name, "-e", "cluster=shop", *words)

    def instances(self) -> dict[str, dict[str, Any]]:
        """What the API shows: id -> instance."""
        found = [one for reservation in self.api.describe_instances()["Reservations"] for one in reservation["Instances"]]
        return {one["InstanceId"]: one for one in found if one["State"]["Name"] in ("pending", "running")}

    def machines(self) -> set[str]:
        """What there is: ids of instances that have a running host."""
        names = [one["Names"][0] for one in podman.listed("ps")]
        return {name.removeprefix(PREFIX) for name in names if name.startswith(f"{PREFIX}i-")}

    def nodes(self) -> dict[str, dict[str, Any]]:
        return {node["metadata"]["name"]: node for node in self.place.objects("shop", "nodes")}

    def ready(self) -> list[str]:
        return sorted(name for name, node in self.nodes().items()
                      if any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"]["conditions"]))

    def writes(self) -> int:
        with urllib.request.urlopen(f"{self.url}/lab/heard", timeout=10) as answer:
            return sum(one["method"] != "GET" for one in json.load(answer)["heard"])


@pytest.fixture(scope="module")
def shop(place: Place) -> Shop:
    shop = Shop(place)
    shop.first = shop.playbook("create_cluster").must_succeed()
    shop.playbook("kubeconfig", "-e", f"path={place.kubeconfig('shop')}").must_succeed()
    return shop


def test_a_pool_comes_up_with_its_cluster(shop: Shop):
    assert shop.ready() == ONE and set(shop.instances()) == shop.machines()
    (number, instance), = shop.instances().items()
    assert shop.nodes()["shop-web-1"]["spec"]["providerID"] == f"aws:///{instance['Placement']['AvailabilityZone']}/{number}"
    # the console told its host key, so nothing was taken on trust
    assert "First contact over SSH" not in shop.first.output
    namespace = json.loads(shop.place.kubectl(None, "get", "namespace", "cluster-shop", "-o", "json").stdout)
    assert {"Key": "kubermatic-caas", "Value": namespace["metadata"]["uid"]} in instance["Tags"]


def test_three_nodes_and_then_nothing_to_do(shop: Shop):
    shop.playbook("scale", "-e", "node_count=3").must_succeed()
    assert shop.ready() == THREE and set(shop.instances()) == shop.machines()
    writes = shop.writes()
    assert shop.playbook("scale", "-e", "node_count=3").must_succeed().changed == {} and shop.writes() == writes


def test_down_to_one_and_a_budget_is_kept(shop: Shop):
    kubectl = [str(state.cache() / "bin" / "kubectl"), "--kubeconfig", str(shop.place.kubeconfig("shop"))]
    subprocess.run([*kubectl, "apply", "-f", "-"], input=workload(4, at_least=3), text=True, check=True)
    look = Availability(shop.place.kubeconfig("shop"))
    eventually(lambda: look.ready() == 4)
    with look.watched():
        shop.playbook("scale", "-e", "node_count=1").must_succeed()
    assert look.least >= 3 and look.looks > 20, (look.least, look.looks)
    assert shop.ready() == ONE and len(shop.instances()) == 1
    assert eventually(lambda: set(shop.instances()) == shop.machines())


def test_the_cluster_goes_with_all_that_it_had(shop: Shop):
    shop.playbook("delete_cluster", "-e", "confirm=shop").must_succeed()
    assert shop.instances() == {} and eventually(lambda: shop.machines() == set())
    groups = [one["GroupName"] for one in shop.api.describe_security_groups()["SecurityGroups"] if one["GroupName"] != "default"]
    assert (groups, shop.api.describe_key_pairs()["KeyPairs"], shop.api.describe_volumes()["Volumes"]) == ([], [], [])
    assert shop.playbook("delete_cluster", "-e", "confirm=shop").must_succeed().changed == {}
