# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The end of what a cluster made at AWS: a real API of the cluster tells what that was, moto has it. One server plays seed and cluster."""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.cloud_resources_resource import CloudResourcesResource
from api import orphans
from api.attempts import FAST, try_all
from api.bare_api import BareApi
from api.strange_input import options
from lab.cloud.aws import moto
from lab.cloud.clock import SimulatedClock

REGION, DRIVER = "eu-central-1", "ebs.csi.aws.com"
KEYS = {"aws_access_key": "AKIDOFATESTTHATOPENSNOTHING", "aws_secret_key": "a-long-and-unlikely-key-of-a-test"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto.server() as url:
        yield url


class Customer(orphans.Customer):
    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, aws_access_key_id=KEYS["aws_access_key"], aws_secret_access_key="x" * 20)


@pytest.fixture
def demo(bare_api: BareApi, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Customer]:
    moto.empty(server)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with orphans.cleared(bare_api):
        yield Customer(bare_api, orphans.a_cluster(bare_api, "aws"), "aws", {**KEYS, "aws_region": REGION}, server, SimulatedClock())


def test_the_end_of_what_a_cluster_made(bare_api: BareApi, demo: Customer):
    ec2, elb = demo.client("ec2"), demo.client("elb")
    owned = [{"Key": f"kubernetes.io/cluster/{demo.uid}", "Value": "owned"}]
    volume, other, retained = (ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10)["VolumeId"] for _each in "abc")
    ec2.create_tags(Resources=[volume, retained], Tags=[{"Key": "kubermatic-caas", "Value": demo.uid}])
    demo.has_volume(f"other-{other}", other, DRIVER)
    demo.has_volume(f"retained-{retained}", retained, DRIVER, policy="Retain")
    name = f"pvc-{next(orphans.numbers)}"
    demo.has_volume(name, volume, DRIVER)
    balancer = demo.has_balancer(f"shop-{name}")
    group = ec2.create_security_group(GroupName="k8s-elb", Description="x")["GroupId"]
    ec2.create_tags(Resources=[group], Tags=owned)
    elb.create_load_balancer(LoadBalancerName=balancer, AvailabilityZones=[f"{REGION}a"], SecurityGroups=[group],
                             Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 31080}], Tags=owned)
    with bare_api.watched() as seen:
        listed = demo.call()
    assert [one["kind"] for one in listed["found"]] == ["load balancer", "security group", "volume"]
    assert {one["id"] for one in listed["kept"]} == {other, retained}
    assert seen.writes == []
    demo.call("noted")
    # the record knows the region from here on
    demo.ends()
    checked = demo.call("absent", check_mode=True, aws_region=None)
    gone = demo.call("absent", aws_region=None)
    assert gone["steps"] == checked["steps"] and len(gone["steps"]) == 3 and gone["residual"] == []
    assert [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]] == [other, retained]
    assert elb.describe_load_balancers()["LoadBalancerDescriptions"] == []
    with bare_api.watched() as seen:
        assert not demo.call("absent", aws_region=None)["changed"]
    assert seen.writes == []
    said = json.dumps([gone, demo.caller.lines, bare_api.api().get("v1", "ConfigMap", "cluster-record", f"cluster-{demo.caller.cluster}")])
    assert KEYS["aws_secret_key"] not in said


@pytest.mark.parametrize(("given", "part"), [
    ({"aws_region": None}, "The AWS region of cluster .* is not known.*AWS_REGION"), ({"aws_region": "../x"}, "Region '../x' is not valid"),
    ({"aws_secret_key": None}, "Only one of aws_access_key and aws_secret_key"), ({"aws_access_key": None, "aws_secret_key": None}, "[Cc]redentials"),
    ({"aws_secret_key": "a b"}, "white space"), ({"aws_url": "http://example.org"}, "use https|Use https")])
def test_bad_input_is_one_line_and_changes_nothing(bare_api: BareApi, demo: Customer, given: dict[str, Any], part: str):
    with bare_api.watched() as seen, pytest.raises(CaasError, match=part) as failure:
        demo.call("noted", **given)
    assert "\n" not in failure.value.line() and seen.writes == []


def test_a_cluster_that_has_nothing_to_do_with_aws_needs_nothing(demo: Customer):
    demo.caller.call(ClusterRecordResource, spec={"cloud_provider": "digitalocean"})
    for state in ("listed", "noted", "absent"):
        assert not demo.call(state, aws_region=None, aws_access_key=None, aws_secret_key=None)["changed"]


def test_a_cluster_that_lives_keeps_its_things(demo: Customer):
    with pytest.raises(InvalidInput, match="is not being deleted"):
        demo.call("absent")


def test_any_options(bare_api: BareApi, demo: Customer):
    try_all(bare_api, options(demo.good_options(), sorted(CloudResourcesResource.ARGUMENT_SPEC)), lambda given: demo.attempt(given, (None, "")), FAST)
