# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose things are at AWS: with moto, in which others have things, too."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import Ec2Instances, Launch
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.orphans_client import AwsOrphans, ElbApi, Elbv2Api, InRegions
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.security_groups_client import Ec2GroupsAndKeys
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, LENT, NAMED, RETAINED, SHARED, Orphan, Said
from lab.cloud.aws import moto
from lab.cloud.clock import SimulatedClock
from worlds.world import OTHER_UID, UID

REGION, OTHER_REGION = "eu-central-1", "eu-west-1"
BALANCER = "a0b7f7ad07d0c4c3e9f531d5f4a2c9a1"
OURS, CONTROLLERS = {"Key": "kubermatic-caas", "Value": UID}, {"Key": f"kubernetes.io/cluster/{UID}", "Value": "owned"}
LISTENER = [{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 31080}]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto.server() as url:
        yield url


KEYS = Credentials("AKIDOFATESTTHATOPENSNOTHING", "a-long-and-unlikely-key-of-a-test")


# it takes boto3 a while to make one
@cache
def client(service: str, url: str, region: str = REGION) -> Any:
    return boto3.client(service, region_name=region, endpoint_url=url, aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key)


@cache
def api(kind: type[Ec2Api], url: str, region: str) -> Ec2Api:
    return kind(KEYS, region, url, clock=SimulatedClock(), progress=print)


class Account:
    """An empty one."""

    def __init__(self, url: str) -> None:
        self.url = url
        moto.empty(url)
        self.ec2, self.elb, self.elbv2 = (client(name, url) for name in ("ec2", "elb", "elbv2"))

    def cloud(self, region: str = REGION) -> AwsOrphans:
        return AwsOrphans(*(api(kind, self.url, region) for kind in (Ec2Api, ElbApi, Elbv2Api)), UID)

    def volume(self, *tags: dict[str, str], region: str = REGION) -> str:
        given = {"TagSpecifications": [{"ResourceType": "volume", "Tags": list(tags)}]} if tags else {}
        return client("ec2", self.url, region).create_volume(AvailabilityZone=f"{region}a", Size=10, **given)["VolumeId"]

    def group(self, name: str, *tags: dict[str, str]) -> str:
        number = self.ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
        if tags:
            self.ec2.create_tags(Resources=[number], Tags=list(tags))
        return number

    def balancer(self, name: str, *tags: dict[str, str]) -> None:
        self.elb.create_load_balancer(LoadBalancerName=name, Listeners=LISTENER, AvailabilityZones=[f"{REGION}a"], **({"Tags": list(tags)} if tags else {}))

    def machine(self, *tags: dict[str, str]) -> str:
        given = {"TagSpecifications": [{"ResourceType": "instance", "Tags": list(tags)}]} if tags else {}
        return self.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, **given)["Instances"][0]["InstanceId"]

    def address(self, *tags: dict[str, str]) -> str:
        return self.ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": list(tags)}])["AllocationId"]


@pytest.fixture
def account(server: str) -> Account:
    return Account(server)


def shown(things: tuple[Orphan, ...]) -> list[str]:
    return [f"{one.kind} {one.id}" for one in things]


def gone(account: Account, said: Said | None = None) -> None:
    """As the resource does it: again and again, as things hang on each other."""
    cloud = account.cloud()
    for _round in range(6):
        for one in cloud.find(said or Said()).ours:
            try:
                cloud.remove(one)
            except ApiError:
                continue
    assert cloud.find(said or Said()).ours == ()


def test_an_account_without_anything_of_the_cluster(account: Account):
    account.volume({"Key": "Name", "Value": UID})
    account.group("web")
    account.balancer("web")
    found = account.cloud().find(Said())
    assert found.ours == found.kept == ()


def test_what_carries_the_tag_goes(account: Account):
    subnet = account.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    volume, other_mark = account.volume(OURS), account.volume(CONTROLLERS)
    snapshot = account.ec2.create_snapshot(VolumeId=volume, TagSpecifications=[{"ResourceType": "snapshot", "Tags": [OURS]}])["SnapshotId"]
    group = account.group("k8s-elb", CONTROLLERS)
    account.balancer("shop", CONTROLLERS)
    network = account.elbv2.create_load_balancer(Name="net", Subnets=[subnet], Type="network", Tags=[CONTROLLERS])["LoadBalancers"][0]["LoadBalancerArn"]
    targets = account.elbv2.create_target_group(Name="targets", Protocol="TCP", Port=80, VpcId=account.ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
                                                Tags=[CONTROLLERS])["TargetGroups"][0]["TargetGroupArn"]
    address = account.ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": [OURS]}])["AllocationId"]
    interface = account.ec2.create_network_interface(SubnetId=subnet, TagSpecifications=[{"ResourceType": "network-interface", "Tags": [OURS]}])
    key = account.ec2.create_key_pair(KeyName="k", TagSpecifications=[{"ResourceType": "key-pair", "Tags": [OURS]}])["KeyName"]
    found = account.cloud().find(Said())
    assert shown(found.ours)[:3] == ["load balancer shop", f"load balancer {network}", f"target group {targets}"]
    assert set(shown(found.ours)[3:]) == {
        f"network interface {interface['NetworkInterface']['NetworkInterfaceId']}", f"security group {group}", f"snapshot {snapshot}", f"volume {volume}",
        f"volume {other_mark}", f"elastic IP {address}", f"key pair {key}"}
    assert all(account.cloud().exists(one) for one in found.ours)
    gone(account)
    assert not any(account.cloud().exists(one) for one in found.ours)
    for one in found.ours:
        account.cloud().remove(one)


def test_what_the_customers_objects_name_is_told_and_stays(account: Account):
    billing, other = account.volume(), account.volume({"Key": "kubermatic-caas", "Value": OTHER_UID})
    snapshot = account.ec2.create_snapshot(VolumeId=billing)["SnapshotId"]
    account.balancer("production-nlb")
    strange = {"vol-0123456789abcdef0", "../x", "vol-" + "0" * 300, "*"}
    said = Said(ids=frozenset({billing, other, snapshot, *strange}), names=frozenset({"production-nlb"}))
    found = account.cloud().find(said)
    assert found.ours == () and shown(found.kept) == ["load balancer production-nlb", f"snapshot {snapshot}", f"volume {billing}"]
    assert {one.why for one in found.kept} == {NAMED}
    # however many they name, the question to AWS stays one that it answers
    assert account.cloud().find(Said(ids=frozenset(f"vol-{number:08x}" for number in range(2000)))).ours == ()
    assert shown(account.cloud().find(Said(lent=frozenset({billing, other}))).kept) == [f"volume {billing}"]
    gone(account, said)
    assert {one["VolumeId"] for one in account.ec2.describe_volumes()["Volumes"]} == {billing, other}
    assert [one["LoadBalancerName"] for one in account.elb.describe_load_balancers()["LoadBalancerDescriptions"]] == ["production-nlb"]


def test_what_two_clusters_marked_stays(account: Account):
    theirs = {"Key": f"kubernetes.io/cluster/{OTHER_UID}", "Value": "shared"}
    account.volume(OURS, theirs)
    account.group("shared-by-two", CONTROLLERS, theirs)
    account.balancer("shared", CONTROLLERS, theirs)
    machine = account.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [CONTROLLERS, {"Key": "kubermatic-caas", "Value": OTHER_UID}]}])["Instances"][0]["InstanceId"]
    found = account.cloud().find(Said())
    assert found.ours == () and len(found.kept) == 4 and {one.why for one in found.kept} == {SHARED}
    assert f"machine {machine}" in shown(found.kept)


def test_what_is_to_outlive_its_object_stays(account: Account):
    lent, retained = account.volume(OURS), account.volume(OURS)
    snapshot = account.ec2.create_snapshot(VolumeId=lent, TagSpecifications=[{"ResourceType": "snapshot", "Tags": [OURS]}])["SnapshotId"]
    found = account.cloud().find(Said(lent=frozenset({lent}), retained=frozenset({retained, snapshot})))
    assert found.ours == () and {one.id: one.why for one in found.kept} == {lent: LENT, retained: RETAINED, snapshot: RETAINED}


def test_nothing_is_detached_from_a_machine_of_somebody_else(account: Account):
    theirs, ours = (account.machine(*tags) for tags in ((), ({"Key": f"kubernetes.io/cluster/{UID}", "Value": "shared"},)))
    moved, here, address = account.volume(OURS), account.volume(OURS), account.address(OURS)
    account.ec2.attach_volume(VolumeId=moved, InstanceId=theirs, Device="/dev/sdf")
    account.ec2.attach_volume(VolumeId=here, InstanceId=ours, Device="/dev/sdf")
    account.ec2.associate_address(AllocationId=address, InstanceId=theirs)
    found = account.cloud().find(Said())
    assert shown(found.ours) == [f"volume {here}"] and {one.id: one.why for one in found.kept} == {moved: ELSEWHERE, address: ELSEWHERE}
    # they moved after they were looked at
    for kind, number in (("volume", moved), ("elastic IP", address)):
        with pytest.raises(ApiError, match=rf"attached to machine {theirs}, which does not carry the cluster's tag"):
            account.cloud().remove(Orphan(kind, number, number, ""))
    gone(account)
    (left,) = account.ec2.describe_volumes(Filters=[{"Name": "tag:kubermatic-caas", "Values": [UID]}])["Volumes"]
    assert left["VolumeId"] == moved and left["Attachments"][0]["InstanceId"] == theirs
    assert account.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]["InstanceId"] == theirs


def test_marks_of_others_and_similar_ones(account: Account):
    for tag in ({"Key": "kubermatic-caas", "Value": OTHER_UID}, {"Key": "kubermatic-caas", "Value": f"{UID}x"}, {"Key": "kubermatic-caas-pool", "Value": UID},
                {"Key": f"kubernetes.io/cluster/{OTHER_UID}", "Value": "owned"}, {"Key": f"kubernetes.io/cluster/{UID}", "Value": "shared"},
                {"Key": f"kubernetes.io/cluster/{UID}x", "Value": "owned"}):
        account.volume(tag)
        account.group(f"g{tag['Key']}{tag['Value']}"[:200], tag)
        account.balancer(f"b{abs(hash(str(tag))) % 10**9}", tag)
    assert account.cloud().find(Said()).ours == ()
    # whatever a Service of ours is called
    account.balancer(BALANCER, {"Key": f"kubernetes.io/cluster/{OTHER_UID}", "Value": "owned"})
    found = account.cloud().find(Said(names=frozenset({BALANCER})))
    assert found.ours == found.kept == ()


def test_what_is_perhaps_somebodys_own_is_told_and_stays(account: Account):
    lent = account.volume(OURS)
    image = "ami-12c6146b"
    machine = account.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": [OURS]}])
    number = machine["Instances"][0]["InstanceId"]
    address = account.ec2.allocate_address(Domain="vpc")["AllocationId"]
    account.ec2.associate_address(AllocationId=address, InstanceId=number)
    found = account.cloud().find(Said(lent=frozenset({lent})))
    assert shown(found.ours) == [f"machine {number}"] and shown(found.kept) == [f"volume {lent}", f"elastic IP {address}"]
    gone(account, Said(lent=frozenset({lent})))
    assert account.ec2.describe_volumes(VolumeIds=[lent])["Volumes"] and account.ec2.describe_addresses(AllocationIds=[address])["Addresses"]


def test_rules_of_others_that_name_a_group_of_ours_are_taken_back(account: Account):
    ours, others = account.group("k8s-elb", CONTROLLERS), account.group("customers-own")
    for port in (80, 443):
        account.ec2.authorize_security_group_ingress(GroupId=others, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": ours}], "IpRanges": [{"CidrIp": "192.0.2.0/24"}]}])
    gone(account)
    (left,) = account.ec2.describe_security_groups(GroupIds=[others])["SecurityGroups"]
    assert [rule["IpRanges"] for rule in left["IpPermissions"]] == [[{"CidrIp": "192.0.2.0/24"}]] * 2
    assert not any(rule["UserIdGroupPairs"] for rule in left["IpPermissions"])


def test_an_attached_volume_is_detached(account: Account):
    number = account.machine({"Key": f"kubernetes.io/cluster/{UID}", "Value": "shared"})
    volume = account.volume(OURS)
    account.ec2.attach_volume(VolumeId=volume, InstanceId=number, Device="/dev/sdf")
    gone(account)
    states = [one["State"]["Name"] for each in account.ec2.describe_instances()["Reservations"] for one in each["Instances"]]
    assert states == ["running"]


def test_several_regions(account: Account):
    here, there = account.volume(OURS), account.volume(OURS, region=OTHER_REGION)
    both = InRegions([account.cloud(), account.cloud(OTHER_REGION)])
    assert shown(both.find(Said()).ours) == [f"volume {here}", f"volume {there}"]
    for one in both.find(Said()).ours:
        assert both.exists(one)
        both.remove(one)
        assert not both.exists(one)


def test_load_balancers_are_let_into_one_group_of_each_instance(account: Account):
    """The one of the whole cluster, which goes with it."""
    ec2 = api(Ec2Api, account.url, REGION)
    groups_and_keys = Ec2GroupsAndKeys(ec2, Ec2Instances(ec2, UID, Launch), "demo", "web")
    network = account.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for wanted in groups_and_keys.wanted_groups([]):
        groups_and_keys.make_group(wanted, network)
    tagged = account.ec2.describe_security_groups(Filters=[{"Name": f"tag:{CONTROLLERS['Key']}", "Values": ["owned"]}])["SecurityGroups"]
    assert [one["GroupName"] for one in tagged] == [f"kubermatic-caas-demo-{UID[:8]}"]
    assert len(account.cloud().find(Said()).ours) == 2
    gone(account)
