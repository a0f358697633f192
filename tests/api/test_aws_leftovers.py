# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The end of what a cluster made at AWS: a real API of the cluster tells what that was, moto has it. One server plays seed and cluster."""
from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
import pytest
from hypothesis import given as given_options
from hypothesis import settings
from moto.server import ThreadedMotoServer

from ansible_collections.kubermatic.caas.plugins.module_utils._door.aws_leftovers import AwsLeftoversDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.cluster_record import ClusterRecordDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.namespace import NamespaceDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api.bare_api import BareApi
from api.doors import Caller
from api.strange_input import options
from api.test_any_input import FAST, tried
from api.test_customer import describe_cluster
from lab.cloud.clock import SimulatedClock

REGION, DRIVER = "eu-central-1", "ebs.csi.aws.com"
KEYS = {"aws_access_key": "AKIDOFATESTTHATOPENSNOTHING", "aws_secret_key": "a-long-and-unlikely-key-of-a-test"}
_numbers = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    one = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    one.start()
    yield "http://{}:{}".format(*one.get_host_and_port())
    one.stop()


@dataclass
class Customer:
    bare: BareApi
    caller: Caller
    url: str

    @property
    def uid(self) -> str:
        return self.bare.api("system:test").get("v1", "Namespace", f"cluster-{self.caller.cluster}")["metadata"]["uid"]

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, aws_access_key_id=KEYS["aws_access_key"], aws_secret_access_key="x" * 20)

    def call(self, state: str = "listed", check_mode: bool = False, **given: Any) -> dict[str, Any]:
        chosen = {**KEYS, "region": REGION, "aws_url": self.url, "state": state, **given}
        door = self.caller.door(AwsLeftoversDoor, check_mode, **{name: value for name, value in chosen.items() if value is not None})
        door.clock = SimulatedClock()
        return run(door)


@pytest.fixture
def demo(bare_api: BareApi, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Customer]:
    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    caller = Caller(bare_api.kubeconfig(), f"aws{next(_numbers)}")
    caller.call(NamespaceDoor)
    caller.call(ClusterRecordDoor, phase="Running", spec={"cloud_provider": "aws"})
    describe_cluster(bare_api, caller.cluster)
    yield Customer(bare_api, caller, server)
    api = bare_api.api("system:setup")
    for one in api.list("v1", "PersistentVolume"):
        api.request("PATCH", f"/api/v1/persistentvolumes/{one['metadata']['name']}", body={"metadata": {"finalizers": None}},
                    content_type="application/merge-patch+json")
        api.delete("v1", "PersistentVolume", one["metadata"]["name"])
    for one in api.list("v1", "Service", "default"):
        if one["spec"].get("type") == "LoadBalancer":
            api.delete("v1", "Service", one["metadata"]["name"], "default")


def test_the_end_of_what_a_cluster_made(bare_api: BareApi, demo: Customer):
    ec2, elb, api = demo.client("ec2"), demo.client("elb"), bare_api.api("system:setup")
    volume, other = (ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10)["VolumeId"] for _each in "ab")
    name = f"pvc-{next(_numbers)}"
    api.create({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {
        "name": name, "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}}, "spec": {
        "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "csi": {"driver": DRIVER, "volumeHandle": volume}}})
    service = api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": f"shop-{name}", "namespace": "default"},
                          "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}})
    group = ec2.create_security_group(GroupName="k8s-elb", Description="x")["GroupId"]
    ec2.create_tags(Resources=[group], Tags=[{"Key": f"kubernetes.io/cluster/{demo.uid}", "Value": "owned"}])
    elb.create_load_balancer(LoadBalancerName=f"a{service['metadata']['uid'].replace('-', '')}"[:32], AvailabilityZones=[f"{REGION}a"], SecurityGroups=[group],
                             Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 31080}])
    with bare_api.watched() as seen:
        assert [one["kind"] for one in demo.call()["found"]] == ["load balancer", "security group", "volume"]
    assert seen.writes == []
    demo.call("noted")
    # the record knows the region from here on
    demo.caller.call(ClusterRecordDoor, phase="Deleting")
    checked = demo.call("absent", check_mode=True, region=None)
    gone = demo.call("absent", region=None)
    assert gone["steps"] == checked["steps"] and len(gone["steps"]) == 3 and gone["residual"] == []
    assert [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]] == [other] and elb.describe_load_balancers()["LoadBalancerDescriptions"] == []
    with bare_api.watched() as seen:
        assert not demo.call("absent", region=None)["changed"]
    assert seen.writes == []
    said = json.dumps([gone, demo.caller.lines, bare_api.api().get("v1", "ConfigMap", "cluster-record", f"cluster-{demo.caller.cluster}")])
    assert KEYS["aws_secret_key"] not in said


@pytest.mark.parametrize(("given", "part"), [
    ({"region": None}, "Nobody knows in which region.*AWS_REGION"), ({"region": "../x"}, "Region '../x' is not valid"),
    ({"aws_secret_key": None}, "Only one of aws_access_key and aws_secret_key"), ({"aws_access_key": None, "aws_secret_key": None}, "[Cc]redentials"),
    ({"aws_secret_key": "a b"}, "white space"), ({"aws_url": "http://example.org"}, "use https|Use https")])
def test_bad_input_is_one_line_and_changes_nothing(bare_api: BareApi, demo: Customer, given: dict[str, Any], part: str):
    with bare_api.watched() as seen, pytest.raises(CaasError, match=part) as failure:
        demo.call("noted", **given)
    assert "\n" not in failure.value.line() and seen.writes == []


def test_a_cluster_that_has_nothing_to_do_with_aws_needs_nothing(demo: Customer):
    demo.caller.call(ClusterRecordDoor, spec={"cloud_provider": "digitalocean"})
    for state in ("listed", "noted", "absent"):
        assert not demo.call(state, region=None, aws_access_key=None, aws_secret_key=None)["changed"]


def test_a_cluster_that_lives_keeps_its_things(demo: Customer):
    with pytest.raises(InvalidInput, match="is not being deleted"):
        demo.call("absent")


def test_any_options(bare_api: BareApi, demo: Customer):
    good = {"seed_kubeconfig": demo.caller.seed_kubeconfig, "cluster": demo.caller.cluster, "state": "noted", "wait_timeout": 5, "region": REGION,
            "aws_url": demo.url, **KEYS}

    def attempt_with(given: dict[str, Any]) -> None:
        params = validated("aws_leftovers", AwsLeftoversDoor.ARGUMENT_SPEC, {}, given)
        # nobody is asked but the server of this test
        params["aws_url"] = params["aws_url"] or demo.url
        door = AwsLeftoversDoor(params, holder=demo.caller.holder, check_mode=False, progress=demo.caller.lines.append)
        door.clock = SimulatedClock()
        run(door)

    @settings(**FAST)
    @given_options(options(good, sorted(AwsLeftoversDoor.ARGUMENT_SPEC)))
    def attempt(given: dict[str, Any]) -> None:
        tried(bare_api, lambda: attempt_with(given))

    attempt()
