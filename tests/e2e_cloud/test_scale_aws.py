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

from e2e.world import eventually
from e2e_cloud.availability import Availability, workload
from e2e_cloud.place import PREFIX, Place
from lab.cloud.aws.ec2 import REGION
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY
from lab.hosts import podman, state
from playbook_runs.ended import Ended

LABEL_TYPE = "node.kubernetes.io/instance-type"
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "front", "namespace": "default", "labels": {"app": "front"}},
           "spec": {"type": "LoadBalancer", "selector": {"app": "front"}, "ports": [{"port": 80}]}}
ONE, THREE = ["shop-web-1"], ["shop-web-1", "shop-web-2", "shop-web-3"]


class Shop:
    """A cluster with a pool at EC2. api: another client than the product's own. first: the run that made it."""

    first: Ended

    def __init__(self, place: Place) -> None:
        self.place = place
        self.url = json.loads((place.inventory / "group_vars" / "all.yml").read_text())["aws_url"]
        access = {"region_name": REGION, "endpoint_url": self.url, "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
        self.api, self.elb = boto3.client("ec2", **access), boto3.client("elb", **access)
        self.kubectl = [str(state.cache() / "bin" / "kubectl"), "--kubeconfig", str(place.kubeconfig("shop"))]

    def playbook(self, name: str, *words: str) -> Ended:
        return self.place.playbook(name, "-e", "cluster=shop", *words)

    def instances(self) -> dict[str, dict[str, Any]]:
        """What the API shows: id -> instance."""
        found = [one for reservation in self.api.describe_instances()["Reservations"] for one in reservation["Instances"]]
        return {one["InstanceId"]: one for one in found if one["State"]["Name"] in ("pending", "running")}

    def balancers(self) -> list[dict[str, Any]]:
        return self.elb.describe_load_balancers()["LoadBalancerDescriptions"]

    def groups_let_in(self) -> set[str]:
        """Ids of security groups whose members reach machines of the cluster."""
        own = self.api.describe_security_groups(Filters=[{"Name": "tag:kubermatic-caas", "Values": [self.uid()]}])["SecurityGroups"]
        return {pair["GroupId"] for group in own for rule in group["IpPermissions"] for pair in rule["UserIdGroupPairs"]}

    def uid(self) -> str:
        return json.loads(self.place.kubectl(None, "get", "namespace", "cluster-shop", "-o", "json").stdout)["metadata"]["uid"]

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
    assert {"Key": "kubermatic-caas", "Value": shop.uid()} in instance["Tags"]


def test_the_cloud_describes_its_machine_and_opens_it_to_pods(shop: Shop):
    """The cloud controller manager is AWS's own."""
    (instance,) = shop.instances().values()
    node = eventually(lambda: next((one for one in shop.nodes().values() if LABEL_TYPE in one["metadata"]["labels"]), None))
    labels, addresses = node["metadata"]["labels"], {one["type"]: one["address"] for one in node["status"]["addresses"]}
    assert (labels[LABEL_TYPE], labels["topology.kubernetes.io/zone"]) == (instance["InstanceType"], instance["Placement"]["AvailabilityZone"])
    assert labels["topology.kubernetes.io/region"] == REGION and addresses["InternalIP"] == instance["PrivateIpAddress"]
    assert eventually(lambda: not any("uninitialized" in taint["key"] for taint in shop.nodes()["shop-web-1"]["spec"].get("taints", [])))


def test_three_nodes_and_then_nothing_to_do(shop: Shop):
    shop.playbook("scale", "-e", "node_count=3").must_succeed()
    assert shop.ready() == THREE and set(shop.instances()) == shop.machines()
    writes = shop.writes()
    assert shop.playbook("scale", "-e", "node_count=3").must_succeed().changed() == set() and shop.writes() == writes


def test_down_to_one_and_a_budget_is_kept(shop: Shop):
    subprocess.run([*shop.kubectl, "apply", "-f", "-"], input=workload(4, at_least=3), text=True, check=True)
    look = Availability(shop.place.kubeconfig("shop"))
    eventually(lambda: look.ready() == 4)
    with look.watched():
        shop.playbook("scale", "-e", "node_count=1").must_succeed()
    assert look.least >= 3 and look.looks > 20, (look.least, look.looks)
    assert shop.ready() == ONE and len(shop.instances()) == 1
    assert eventually(lambda: set(shop.instances()) == shop.machines())


def test_a_service_gets_a_load_balancer_with_the_uid_of_the_cluster(shop: Shop):
    subprocess.run([*shop.kubectl, "apply", "-f", "-"], input=json.dumps(SERVICE), text=True, check=True)
    (balancer,) = eventually(shop.balancers)
    address = eventually(lambda: shop.place.objects("shop", "services", "-l", "app=front")[0]["status"]["loadBalancer"].get("ingress"))
    assert address == [{"hostname": balancer["DNSName"]}]
    tags = shop.elb.describe_tags(LoadBalancerNames=[balancer["LoadBalancerName"]])["TagDescriptions"][0]["Tags"]
    assert {"Key": f"kubernetes.io/cluster/{shop.uid()}", "Value": "owned"} in tags
    assert eventually(lambda: [one["InstanceId"] for one in shop.balancers()[0]["Instances"]] == list(shop.instances()))
    # what the cloud controller manager did at the cloud is not undone
    writes = shop.writes()
    assert shop.playbook("scale", "-e", "node_count=1").must_succeed().changed() == set() and shop.writes() == writes
    assert set(balancer["SecurityGroups"]) <= shop.groups_let_in()


def test_the_cluster_goes_with_all_that_it_had(shop: Shop):
    look = shop.playbook("delete_cluster", "-e", "confirm=shop", "--check").must_succeed()
    assert shop.balancers()[0]["LoadBalancerName"] in look.output and len(shop.instances()) == 1
    shop.playbook("delete_cluster", "-e", "confirm=shop").must_succeed()
    assert shop.instances() == {} and eventually(lambda: shop.machines() == set())
    assert shop.balancers() == []
    groups = [one["GroupName"] for one in shop.api.describe_security_groups()["SecurityGroups"] if one["GroupName"] != "default"]
    assert (groups, shop.api.describe_key_pairs()["KeyPairs"], shop.api.describe_volumes()["Volumes"]) == ([], [], [])
    assert shop.playbook("delete_cluster", "-e", "confirm=shop").must_succeed().changed() == set()
