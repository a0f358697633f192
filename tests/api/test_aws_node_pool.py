# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of node pools at AWS: what they are asked for, where they are. What is the same at every provider is in test_every_node_pool.py."""
from __future__ import annotations

import time

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from api.pools import PUBLIC_KEY, Customer, Provider
from api.providers.aws import PROVIDER as AWS
from lab.cloud.aws.ec2 import IMAGE, REGION


@pytest.fixture
def provider() -> Provider:
    return AWS


def test_what_a_pool_has_at_aws(demo: Customer):
    result, name = demo.call(2), demo.caller.cluster
    uid = result["uid"]
    assert all(one["host_keys"] == [] for one in result["machines"])
    assert [demo.there.ec2.tags(one) for one in demo.there.live()] == 2 * [
        {"kubermatic-caas": uid, "kubermatic-caas-pool": "web", "kubermatic-caas-names": f"{name}-web 1-2", "Name": f"{name}-web",
         # without it, load balancers of the cluster don't find their machines
         f"kubernetes.io/cluster/{uid}": "owned"}]
    group = f"kubermatic-caas-{name}-{uid[:8]}"
    assert demo.there.groups() == {group: {"udp 8472 itself", "tcp 10250 itself"}, f"{group}-web": {"tcp 22 203.0.113.7/32"}}


def test_what_a_machine_is_asked_for(demo: Customer):
    demo.call(2, disk=40, tags=["env:prod", "own"], public_address=True)
    asked = demo.there.ec2.live()[0].request
    assert (asked["MinCount"], asked["MaxCount"], asked["InstanceType"], asked["ImageId"]) == ("1", "2", "t3.medium", IMAGE)
    assert asked["MetadataOptions.HttpTokens"] == "required" and asked["MetadataOptions.HttpPutResponseHopLimit"] == "1"
    assert asked["BlockDeviceMapping.1.DeviceName"] == "/dev/xvda" and asked["BlockDeviceMapping.1.Ebs.VolumeSize"] == "40"
    assert asked["BlockDeviceMapping.1.Ebs.DeleteOnTermination"] == "true"
    assert asked["NetworkInterface.1.AssociatePublicIpAddress"] == "true" and asked["NetworkInterface.1.SubnetId"].startswith("subnet-")
    assert "UserData" not in asked and asked["KeyName"] in demo.there.key_pairs()
    tags = demo.there.ec2.tags(demo.there.ec2.live()[0])
    assert tags["env"] == "prod" and tags["own"] == ""
    volumes = demo.there.ec2.backend.describe_volumes()
    assert [one.size for one in volumes] == [40, 40]
    assert all(demo.there.ec2.backend.tags[one.id]["kubermatic-caas-pool"] == "web" for one in volumes)


def test_over_zones(demo: Customer):
    zones = [f"{REGION}a", f"{REGION}b", f"{REGION}c"]
    result = demo.call(7, zones=zones)
    assert sorted(one["region"] for one in result["machines"]) == [zones[0]] * 3 + [zones[1]] * 2 + [zones[2]] * 2
    assert len(demo.names) == len(set(demo.names)) == 7
    assert sum(one.path == "RunInstances" for one in demo.there.cloud.heard) == 3
    # one by one they get around, too
    for count in (8, 9):
        result = demo.call(count, zones=zones)
    assert sorted(one["region"] for one in result["machines"]) == [zones[0]] * 3 + [zones[1]] * 3 + [zones[2]] * 3


def test_a_zone_without_room(demo: Customer):
    demo.there.ec2.full_zones = {f"{REGION}a"}
    result = demo.call(4, zones=[f"{REGION}a", f"{REGION}b"])
    assert {one["region"] for one in result["machines"]} == {f"{REGION}b"} and len(demo.names) == 4
    demo.there.ec2.full_zones = {f"{REGION}a", f"{REGION}b"}
    with pytest.raises(InvalidInput, match=r"lacks capacity or quota.*InsufficientInstanceCapacity"):
        demo.call(5, zones=[f"{REGION}a", f"{REGION}b"])


def test_check_mode_shows_names_and_all_that_a_pool_needs(demo: Customer):
    result, name = demo.call(2, check_mode=True), demo.caller.cluster
    assert result["steps"][-1] == f"Create machines {name}-web-1, {name}-web-2 at aws: t3.medium in {REGION} with {IMAGE}"
    assert [step.split()[:2] for step in result["steps"]] == [["Create", "security"], ["Create", "security"], ["Import", "key"], ["Create", "machines"]]


def test_a_pool_stays_in_its_region(demo: Customer):
    demo.call(1)
    with pytest.raises(InvalidInput, match=f"Node pool web is in {REGION} and can't move to us-east-1"):
        demo.call(2, region="us-east-1")
    # it is known where to look
    assert demo.call(state="absent", region=None)["residual"] == [] and demo.there.left() == []


def test_host_keys_that_the_console_shows(demo: Customer):
    demo.call(2)
    first = demo.there.ec2.live()[0]
    kind, body, dummy = PUBLIC_KEY.split(" ", 2)
    demo.there.ec2.consoles[first.id] = f"-----BEGIN SSH HOST KEY KEYS-----\n{kind} {body} root@ip-10-0-0-7\n-----END SSH HOST KEY KEYS-----\n"
    found = {one["id"]: one["host_keys"] for one in demo.call(2, host_keys=True)["machines"]}
    assert found.pop(first.id) == [f"{kind} {body}"] and list(found.values()) == [[]]
    assert all(one["host_keys"] == [] for one in demo.call(2)["machines"])


def test_a_thousand_machines(demo: Customer):
    """With all that they need, and away again. CPU of the module's side alone, with the time in which boto3 is loaded."""
    begin = time.thread_time()
    result = demo.call(1000, zones=[f"{REGION}a", f"{REGION}b", f"{REGION}c"])
    up, calls = time.thread_time() - begin, len(demo.there.cloud.heard)
    assert len({one["name"] for one in result["machines"]}) == len(demo.there.ec2.live()) == 1000
    # how often machines that boot are looked at depends on how long they take
    looks = sum(one.path == "DescribeInstances" for one in demo.there.cloud.heard)
    assert calls - looks <= 23 and looks <= 12, [one.path for one in demo.there.cloud.heard]
    # alone it is under 3 s; cores are slow beside other tests
    assert up < 6, f"{up:.1f} s"
    begin = time.thread_time()
    demo.call(state="absent")
    down = time.thread_time() - begin
    assert demo.there.left() == []
    assert down < 6, f"{down:.1f} s"
    print(f"up: {calls} calls, {up:.2f} s CPU; down: {len(demo.there.cloud.heard) - calls} calls, {down:.2f} s CPU")
