# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What machines at AWS need beside themselves: security groups, a key pair, disks."""
from __future__ import annotations

import boto3
import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from api.pools import PUBLIC_KEY, Customer, Provider
from api.providers.aws import PROVIDER as AWS
from lab.cloud.aws.ec2 import REGION
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY

ANOTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJaNEEEAM8zfhQdI6zGmk2dWPgiXdAQD1IHPUeS2cqF somebody else"


@pytest.fixture
def provider() -> Provider:
    return AWS


def test_what_the_user_has_already(demo: Customer):
    """Is used, and stays."""
    backend = demo.there.ec2.backend
    group = backend.create_security_group("mine", "mine", next(iter(backend.vpcs)))
    backend.import_key_pair("mine", PUBLIC_KEY.encode(), {})
    demo.call(2, security_groups=[group.id], ssh_cidrs=None, ssh_public_key=None, ssh_keys=["mine"])
    asked = demo.there.ec2.live()[0].request
    assert asked["SecurityGroupId.1"] == group.id and asked["KeyName"] == "mine"
    demo.call(state="absent")
    assert list(demo.there.groups()) == ["mine"] and demo.there.key_pairs() == ["mine"] and demo.names == []


def test_the_cluster_keeps_its_group_while_another_pool_needs_it(demo: Customer):
    demo.call(1)
    demo.call(1, pool="db")
    assert len(demo.there.groups()) == 3 and len(demo.there.key_pairs()) == 2
    demo.call(state="absent")
    assert len(demo.there.groups()) == 2 and len(demo.there.key_pairs()) == 1 and demo.names == [f"{demo.caller.cluster}-db-1"]
    demo.call(state="absent", pool="db")
    assert demo.there.left() == []


def test_who_may_come_in_follows_the_options(demo: Customer):
    demo.call(1)
    check = demo.call(1, check_mode=True, ssh_cidrs=["198.51.100.0/24"])
    assert check["changed"] and "let in tcp 22 from 198.51.100.0/24" in check["steps"][0]
    assert demo.call(1, ssh_cidrs=["198.51.100.0/24"])["steps"] == check["steps"]
    assert {"tcp 22 198.51.100.0/24"} in demo.there.groups().values() and {"tcp 22 203.0.113.7/32"} not in demo.there.groups().values()
    assert not demo.call(1, ssh_cidrs=["198.51.100.0/24"])["changed"]


def test_who_comes_in_through_a_network_load_balancer_stays(demo: Customer):
    """The cloud controller manager lets them into the group of the whole cluster, by rules that it describes."""
    uid = demo.call(1)["uid"]
    ec2 = boto3.client("ec2", region_name=REGION, endpoint_url=demo.there.cloud.url, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)
    group = next(one for one in ec2.describe_security_groups()["SecurityGroups"] if one["GroupName"].endswith(uid[:8]))
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": f"kubernetes.io/rule/nlb/{what}=a1"}]}
        for port, what in ((30080, "client"), (30081, "health"))])
    before = demo.there.groups()
    assert "tcp 30080 0.0.0.0/0" in before[group["GroupName"]]
    assert not demo.call(1)["changed"] and demo.there.groups() == before


def test_another_key_for_new_machines(demo: Customer):
    demo.call(1)
    assert not demo.call(1, ssh_public_key=ANOTHER_KEY)["changed"]
    before = demo.there.key_pairs()
    demo.call(2, ssh_public_key=ANOTHER_KEY)
    assert len(demo.there.key_pairs()) == 1 and demo.there.key_pairs() != before


def test_a_group_that_somebody_uses_is_told(demo: Customer):
    demo.call(1)
    group = next(one for one in demo.there.ec2.backend.describe_security_groups() if one.name.endswith("-web"))
    stranger = demo.there.stranger("somebody")
    stranger.request["SecurityGroupId.1"] = group.id
    with pytest.raises(NotReady, match=rf"Security group {group.name} .* can't be removed.*has a dependent object"):
        demo.call(state="absent")
    assert demo.names == ["somebody"]


def test_a_disk_that_is_left_is_told(demo: Customer):
    uid, backend = demo.call(1)["uid"], demo.there.ec2.backend
    volume = backend.create_volume(size=1, zone_name=f"{REGION}a")
    backend.create_tags([volume.id], {"kubermatic-caas": uid, "kubermatic-caas-pool": "web"})
    for _time in range(2):
        with pytest.raises(NotReady, match=f"Resources are left of node pool web: volume {volume.id}"):
            demo.call(state="absent")
    backend.delete_volume(volume.id)
    assert demo.call(state="absent")["residual"] == [] and demo.there.left() == []
