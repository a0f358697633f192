# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module with a real API of a seed for lock, UID and notes, and EC2 of the lab over HTTP. TRIALS is the number of random trials;
KILL_EVERY=1 has runs killed before every request, instead of every fourth one."""
from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given as given_options
from hypothesis import settings

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.ec2_api import Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.pool_record import PoolRecord
from ansible_collections.kubermatic.caas.plugins.module_utils._door.aws_node_pool import AwsNodePoolDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.cluster_record import ClusterRecordDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.namespace import NamespaceDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, InvalidInput, LockHeld, NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import run
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import pool_journal
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api.bare_api import BareApi
from api.doors import Caller
from api.kill import kill_before_call
from api.strange_input import options
from api.test_any_input import FAST, tried
from lab.cloud.aws.ec2 import IMAGE, REGION
from lab.cloud.aws.server import ACCESS_KEY, EXPIRED_KEY, EXPIRED_SECRET, READ_ONLY_KEY, READ_ONLY_SECRET, SECRET_KEY
from lab.cloud.aws.world import World, world
from lab.cloud.faults import Fault, Faults, sometimes
from lab.cloud.world import Killed

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"
ANOTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJaNEEEAM8zfhQdI6zGmk2dWPgiXdAQD1IHPUeS2cqF somebody else"
POOL: dict[str, Any] = {"pool": "web", "region": REGION, "size": "t3.medium", "image": IMAGE, "allowed_stages": ["alpha"],
                        "ssh_cidrs": ["203.0.113.7/32"], "ssh_public_key": PUBLIC_KEY}
TRIALS = int(os.environ.get("TRIALS", "8"))
KILL_EVERY = int(os.environ.get("KILL_EVERY", "4"))
_numbers = iter(range(1, 10_000))


@dataclass
class Customer:
    """One cluster in the real API, with an account at the cloud."""

    caller: Caller
    there: World

    def call(self, count: Any = None, check_mode: bool = False, **given: Any) -> dict[str, Any]:
        options = {**POOL, "aws_access_key": ACCESS_KEY, "aws_secret_key": SECRET_KEY, "aws_url": self.there.cloud.url, "node_count": count, **given}
        door = self.caller.door(AwsNodePoolDoor, check_mode, **{name: value for name, value in options.items() if value is not None})
        # the cloud's time, so that nothing is really waited for
        door.clock = self.there.clock
        return run(door)

    @property
    def names(self) -> list[str]:
        return self.there.all_names()

    def groups(self) -> dict[str, set[str]]:
        """Security groups that are not the network's own, with who may come in."""
        return {group.name: {f"{rule.ip_protocol} {rule.from_port} {(rule.ip_range or {}).get('CidrIp') or 'itself'}" for rule in group.ingress_rules}
                for group in self.there.ec2.backend.describe_security_groups() if group.name != "default"}

    def key_pairs(self) -> list[str]:
        return [one.key_name for one in self.there.ec2.backend.describe_key_pairs([])]

    @property
    def nothing(self) -> bool:
        """Nothing is in the account but what it began with."""
        return not (self.names or self.groups() or self.key_pairs() or self.there.ec2.backend.describe_volumes())


@pytest.fixture
def customers(bare_api: BareApi) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        def customer(name: str = "", *, running: bool = True, **options: Any) -> Customer:
            caller = Caller(bare_api.kubeconfig(), name or f"ec2pool{next(_numbers)}")
            if running:
                caller.call(NamespaceDoor)
                caller.call(ClusterRecordDoor, phase="Running")
            return Customer(caller, stack.enter_context(world(**options)))
        yield customer


@pytest.fixture
def demo(customers: Any) -> Customer:
    return customers()


def test_life_of_a_pool(bare_api: BareApi, demo: Customer):
    name = demo.caller.cluster
    result = demo.call(2)
    assert result["changed"] and [one["name"] for one in result["machines"]] == demo.names == [f"{name}-web-1", f"{name}-web-2"]
    assert all(one["address"] and one["state"] == "running" and one["host_keys"] == [] for one in result["machines"])
    uid = bare_api.api().get("v1", "Namespace", f"cluster-{name}")["metadata"]["uid"]
    assert result["uid"] == uid
    for one in demo.there.ec2.live():
        assert demo.there.ec2.tags(one) == {"kubermatic-caas": uid, "kubermatic-caas-pool": "web", "kubermatic-caas-names": f"{name}-web 1-2",
                                            "Name": f"{name}-web"}
    group = f"kubermatic-caas-{name}-{uid[:8]}"
    assert demo.groups() == {group: {"udp 8472 itself", "tcp 10250 itself"}, f"{group}-web": {"tcp 22 203.0.113.7/32"}}
    writes = len(demo.there.cloud.writes)
    with bare_api.watched() as seen:
        assert not demo.call(2)["changed"]
    assert seen.writes == [] and len(demo.there.cloud.writes) == writes
    kept = demo.call(1, surplus="keep", ready_nodes=[f"{name}-web-2"])
    assert not kept["changed"] and kept["surplus"] == [f"{name}-web-1"]
    assert demo.call(1, ready_nodes=[f"{name}-web-2"])["changed"]
    assert demo.names == [f"{name}-web-2"]
    gone = demo.call(state="absent", surplus="keep")
    assert gone["residual"] == [] and demo.nothing
    with bare_api.watched() as seen:
        assert not demo.call(state="absent")["changed"]
    assert seen.writes == []


def test_what_a_machine_is_asked_for(demo: Customer):
    demo.call(2, disk=40, tags=["env:prod", "own"], public_address=True)
    asked = demo.there.ec2.live()[0].request
    assert (asked["MinCount"], asked["MaxCount"], asked["InstanceType"], asked["ImageId"]) == ("1", "2", "t3.medium", IMAGE)
    assert asked["MetadataOptions.HttpTokens"] == "required" and asked["MetadataOptions.HttpPutResponseHopLimit"] == "1"
    assert asked["BlockDeviceMapping.1.DeviceName"] == "/dev/xvda" and asked["BlockDeviceMapping.1.Ebs.VolumeSize"] == "40"
    assert asked["BlockDeviceMapping.1.Ebs.DeleteOnTermination"] == "true"
    assert asked["NetworkInterface.1.AssociatePublicIpAddress"] == "true" and asked["NetworkInterface.1.SubnetId"].startswith("subnet-")
    assert "UserData" not in asked and asked["KeyName"] in demo.key_pairs()
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
    with pytest.raises(InvalidInput, match=r"no room.*InsufficientInstanceCapacity"):
        demo.call(5, zones=[f"{REGION}a", f"{REGION}b"])


def test_what_the_user_has_already(demo: Customer):
    """Is used, and stays."""
    backend = demo.there.ec2.backend
    group = backend.create_security_group("mine", "mine", next(iter(backend.vpcs)))
    backend.import_key_pair("mine", PUBLIC_KEY.encode(), {})
    demo.call(2, security_groups=[group.id], ssh_cidrs=None, ssh_public_key=None, ssh_keys=["mine"])
    asked = demo.there.ec2.live()[0].request
    assert asked["SecurityGroupId.1"] == group.id and asked["KeyName"] == "mine"
    demo.call(state="absent")
    assert list(demo.groups()) == ["mine"] and demo.key_pairs() == ["mine"] and demo.names == []


def test_the_cluster_keeps_its_group_while_another_pool_needs_it(demo: Customer):
    demo.call(1)
    demo.call(1, pool="db")
    assert len(demo.groups()) == 3 and len(demo.key_pairs()) == 2
    demo.call(state="absent")
    assert len(demo.groups()) == 2 and len(demo.key_pairs()) == 1 and demo.names == [f"{demo.caller.cluster}-db-1"]
    demo.call(state="absent", pool="db")
    assert demo.nothing


def test_who_may_come_in_follows_the_options(demo: Customer):
    demo.call(1)
    check = demo.call(1, check_mode=True, ssh_cidrs=["198.51.100.0/24"])
    assert check["changed"] and "let in tcp 22 from 198.51.100.0/24" in check["steps"][0]
    assert demo.call(1, ssh_cidrs=["198.51.100.0/24"])["steps"] == check["steps"]
    assert {"tcp 22 198.51.100.0/24"} in demo.groups().values() and {"tcp 22 203.0.113.7/32"} not in demo.groups().values()
    assert not demo.call(1, ssh_cidrs=["198.51.100.0/24"])["changed"]


def test_another_key_for_new_machines(demo: Customer):
    demo.call(1)
    assert not demo.call(1, ssh_public_key=ANOTHER_KEY)["changed"]
    before = demo.key_pairs()
    demo.call(2, ssh_public_key=ANOTHER_KEY)
    assert len(demo.key_pairs()) == 1 and demo.key_pairs() != before


def test_check_mode_shows_names_and_writes_nothing(bare_api: BareApi, demo: Customer):
    with bare_api.watched() as seen:
        result = demo.call(2, check_mode=True)
    name = demo.caller.cluster
    assert seen.writes == [] and demo.there.cloud.writes == []
    assert result["steps"][-1] == f"Create machines {name}-web-1, {name}-web-2 at aws: t3.medium in {REGION} with {IMAGE}"
    assert [step.split()[:2] for step in result["steps"]] == [["Create", "security"], ["Create", "security"], ["Import", "key"], ["Create", "machines"]]
    assert demo.call(2)["steps"] == result["steps"]
    steps = demo.call(state="absent", check_mode=True)["steps"]
    assert len(demo.names) == 2 and demo.call(state="absent")["steps"] == steps


def test_a_pool_stays_in_its_region(demo: Customer):
    demo.call(1)
    with pytest.raises(InvalidInput, match=f"Node pool web is in {REGION} and can't be in us-east-1"):
        demo.call(2, region="us-east-1")
    # it is known where to look
    assert demo.call(state="absent", region=None)["residual"] == [] and demo.nothing


def test_host_keys_that_the_console_shows(demo: Customer):
    demo.call(2)
    first = demo.there.ec2.live()[0]
    kind, body, dummy = PUBLIC_KEY.split(" ", 2)
    demo.there.ec2.consoles[first.id] = f"-----BEGIN SSH HOST KEY KEYS-----\n{kind} {body} root@ip-10-0-0-7\n-----END SSH HOST KEY KEYS-----\n"
    found = {one["id"]: one["host_keys"] for one in demo.call(2, host_keys=True)["machines"]}
    assert found.pop(first.id) == [f"{kind} {body}"] and list(found.values()) == [[]]
    assert all(one["host_keys"] == [] for one in demo.call(2)["machines"])


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
        with pytest.raises(NotReady, match=f"Something is left of node pool web: volume {volume.id}"):
            demo.call(state="absent")
    backend.delete_volume(volume.id)
    assert demo.call(state="absent")["residual"] == [] and demo.nothing


def test_another_run_has_the_lock(demo: Customer):
    demo.call(1)
    other = Customer(Caller(demo.caller.seed_kubeconfig, demo.caller.cluster, holder="eve@ops2 pid 1 1/bbbbbbbb"), demo.there)
    with pytest.raises(LockHeld):
        other.call(2)
    assert len(demo.names) == 1
    assert not other.call(1)["changed"]


def test_a_provider_at_stage_alpha_must_be_allowed(demo: Customer):
    with pytest.raises(InvalidInput, match=r"provider: aws is alpha.*[Aa]llowed is only beta and public"):
        demo.call(1, allowed_stages=["beta", "public"])
    assert demo.there.cloud.heard == []
    demo.call(1)
    # what is there can be looked after
    demo.call(0, allowed_stages=["beta", "public"])


@pytest.mark.parametrize(("given", "kind", "part"), [
    ({"node_count": -1}, InvalidInput, "node_count '-1' can't be used"), ({"node_count": "many"}, InvalidInput, "node_count 'many' can't be used"),
    ({"node_count": 10**9}, InvalidInput, "Use a whole number from 0 to 1000"), ({}, InvalidInput, "node_count 'None' can't be used"),
    ({"node_count": 3, "max_node_count": 2}, InvalidInput, "more than max_node_count 2"),
    ({"node_count": 1, "region": "eu_central"}, InvalidInput, "Region 'eu_central' is not valid"),
    ({"node_count": 1, "size": "t3.gigantic"}, InvalidInput, "There is no size 't3.gigantic'.*t3.gigantic.*t3.medium"),
    ({"node_count": 1, "image": "ami-00000000000000000"}, InvalidInput, "There is no image 'ami-00000000000000000'"),
    ({"node_count": 1, "ssh_public_key": None, "key_name": "nobodys"}, InvalidInput, "no key pair nobodys.*InvalidKeyPair.NotFound"),
    ({"node_count": 1, "ssh_public_key": None, "ssh_keys": ["one", "two"]}, InvalidInput, "[Aa] machine at AWS gets one"),
    ({"node_count": 1, "ssh_keys": ["one"]}, InvalidInput, "ssh_keys and ssh_public_key can't be given together"),
    ({"node_count": 1, "ssh_public_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nlong and secret"}, InvalidInput, "ssh_public_key is not valid.*private key"),
    ({"node_count": 1, "zones": ["eu-central-1z"]}, InvalidInput, "no subnet in zone eu-central-1z.*eu-central-1a, eu-central-1b"),
    ({"node_count": 1, "subnets": ["subnet-0"]}, InvalidInput, "There is no subnet subnet-0"),
    ({"node_count": 1, "network": "vpc-0"}, InvalidInput, "no subnet in network vpc-0"),
    ({"node_count": 1, "ssh_cidrs": None, "security_groups": ["sg-0"]}, InvalidInput, "There is no security group sg-0"),
    ({"node_count": 1, "ssh_cidrs": None}, InvalidInput, "Nobody could reach the machines by SSH.*ssh_cidrs"),
    ({"node_count": 1, "ssh_cidrs": ["203.0.113.7/24"]}, InvalidInput, "ssh_cidrs '203.0.113.7/24' is not valid"),
    ({"node_count": 1, "disk": 12}, InvalidInput, "disk 12 is less than the 15 GiB"),
    ({"node_count": 1, "aws_secret_key": "wrong/secret/key"}, Refused, "does not know the credentials"),
    ({"node_count": 1, "aws_access_key": "AKIAOFSOMEBODYELSE"}, Refused, "does not know the credentials"),
    ({"node_count": 1, "aws_access_key": READ_ONLY_KEY, "aws_secret_key": READ_ONLY_SECRET}, Refused, "may not do create_security_group.*not authorized"),
    ({"node_count": 1, "aws_access_key": EXPIRED_KEY, "aws_secret_key": EXPIRED_SECRET}, Refused, "have expired"),
    ({"node_count": 1, "aws_secret_key": SECRET_KEY + "\n"}, InvalidInput, "line break"),
    ({"node_count": 1, "aws_secret_key": None}, InvalidInput, "Only one of aws_access_key and aws_secret_key"),
    ({"node_count": 1, "aws_url": "http://ec2.example"}, InvalidInput, "[Uu]se https"),
    ({"node_count": 1, "pool": "a_b"}, InvalidInput, "Node pool name 'a_b' is not valid"),
    ({"node_count": 1, "tags": ["aws:x"]}, InvalidInput, "Tag 'aws:x' can't be given"),
    ({"node_count": 1, "tags": ["kubermatic-caas:x"]}, InvalidInput, "say whose a machine is")])
def test_bad_input_is_one_line_and_makes_nothing(demo: Customer, given: dict[str, Any], kind: type[CaasError], part: str):
    with pytest.raises(kind, match=part) as failure:
        demo.call(**given)
    line = failure.value.line()
    assert "\n" not in line and SECRET_KEY not in line and "long and secret" not in line
    assert demo.nothing


def test_credentials_must_come_from_somewhere(demo: Customer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InvalidInput, match=r"No credentials for AWS.*AWS_ACCESS_KEY_ID"):
        demo.call(1, aws_access_key=None, aws_secret_key=None)
    with pytest.raises(InvalidInput, match=r"nobodys.*could not be found.*aws_profile"):
        demo.call(1, aws_access_key=None, aws_secret_key=None, aws_profile="nobodys")
    with pytest.raises(InvalidInput, match="Region None is not valid"):
        demo.call(1, region=None)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_REGION", REGION)
    assert demo.call(1, aws_access_key=None, aws_secret_key=None, region=None)["changed"]


def test_a_cluster_that_is_not_there(customers: Any):
    with pytest.raises(InvalidInput, match=r"has no record.*[Cc]reate the cluster first"):
        customers(running=False).call(1)


def test_a_pool_can_not_change_its_provider(demo: Customer, bare_api: BareApi):
    demo.call(1)
    api, namespace = bare_api.api("system:setup"), f"cluster-{demo.caller.cluster}"
    record = api.get("v1", "ConfigMap", "cluster-record", namespace)
    api.replace({**record, "data": {"record.json": record["data"]["record.json"].replace('"provider": "aws"', '"provider": "digitalocean"')}})
    with pytest.raises(InvalidInput, match="Node pool web is at digitalocean and can't be at aws"):
        demo.call(2)


@pytest.mark.parametrize(("first", "then"), [(0, 3), (2, None)])
def test_killed_before_any_request_the_next_run_converges(bare_api: BareApi, customers: Any, monkeypatch: pytest.MonkeyPatch, first: int,
                                                          then: int | None):
    """then: None for a pool that ends."""
    last = {"state": "absent"} if then is None else {"count": then}
    for call in range(1, 100, KILL_EVERY):
        demo = customers(lag=30, seed=call)
        demo.call(first)
        demo.there.clock.sleep(500)
        died = False
        with monkeypatch.context() as patch:
            kill_before_call(Ec2Api, call, patch)
            try:
                demo.call(**last)
            except Killed:
                died = True
        # whoever removes the cluster now must know where it has something
        assert demo.nothing or pool_journal.is_bound(PoolRecord(bare_api.api(), demo.caller.cluster, f"cluster-{demo.caller.cluster}").read(), "web")
        demo.call(**last)
        assert len(demo.names) == len(set(demo.names)) == (then or 0), f"killed at {call}: {demo.names}"
        assert demo.nothing if then is None else (len(demo.groups()), len(demo.key_pairs())) == (2, 1), f"killed at {call}"
        if not died:
            break
    assert call > 8


@pytest.mark.parametrize("part", range(4))
def test_trials_with_lost_replies_and_lists_that_lag(customers: Any, part: int):
    """Random counts, faults, lags; runs end early, and are begun again until one says that it is done. In the end nothing may be left."""
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML_AFTER)
    runs = 0
    for seed in range(part, TRIALS, 4):
        random = Random(seed)
        faults: Faults = sometimes(random, random.choice((0.1, 0.3)), kinds)
        demo = customers(seed=seed, lag=random.choice((0, 10, 30)), faults=faults)
        for count in (random.randint(1, 15), random.randint(0, 15), None):
            for _attempt in range(50):
                runs += 1
                with contextlib.suppress(CaasError):
                    demo.call(count, state="present" if count is not None else "absent")
                    break
            else:
                raise AssertionError(f"trial {seed}: no run said that it is done")
            assert len(demo.names) == len(set(demo.names)) == (count or 0), f"trial {seed}: {demo.names}"
        assert demo.nothing, f"trial {seed}: {demo.groups()} {demo.key_pairs()}"
    print(f"{runs} runs")


def test_a_thousand_machines(demo: Customer):
    """With all that they need, and away again. CPU of the module's side alone, with the time in which boto3 is loaded."""
    begin = time.thread_time()
    result = demo.call(1000, zones=[f"{REGION}a", f"{REGION}b", f"{REGION}c"])
    up, calls = time.thread_time() - begin, len(demo.there.cloud.heard)
    assert len({one["name"] for one in result["machines"]}) == len(demo.there.ec2.live()) == 1000
    assert calls <= 30, [one.path for one in demo.there.cloud.heard]
    assert up < 3, f"{up:.1f} s"
    begin = time.thread_time()
    demo.call(state="absent")
    down = time.thread_time() - begin
    assert demo.nothing
    print(f"up: {calls} calls, {up:.2f} s CPU; down: {len(demo.there.cloud.heard) - calls} calls, {down:.2f} s CPU")


def test_any_options(bare_api: BareApi, demo: Customer):
    name = demo.caller.cluster
    good = {"seed_kubeconfig": demo.caller.seed_kubeconfig, "cluster": name, **POOL, "node_count": 1, "min_node_count": 0, "max_node_count": 5,
            "state": "present", "disk": 80, "zones": [f"{REGION}a"], "public_address": True, "tags": ["env:prod"], "host_keys": False,
            "ready_nodes": [f"{name}-web-1"], "surplus": "remove", "aws_access_key": ACCESS_KEY, "aws_secret_key": SECRET_KEY,
            "aws_url": demo.there.cloud.url}

    def attempt_with(given: dict[str, Any]) -> None:
        params = validated("aws_node_pool", AwsNodePoolDoor.ARGUMENT_SPEC, {}, given)
        # without one it would be AWS's own
        params["aws_url"] = params["aws_url"] or demo.there.cloud.url
        door = AwsNodePoolDoor(params, holder=demo.caller.holder, check_mode=False, progress=demo.caller.lines.append)
        door.clock = demo.there.clock
        before = len(demo.there.cloud.writes)
        try:
            run(door)
        except CaasError:
            assert len(demo.there.cloud.writes) == before
            raise

    @settings(**FAST)
    @given_options(options(good, sorted(AwsNodePoolDoor.ARGUMENT_SPEC)))
    def attempt(given: dict[str, Any]) -> None:
        tried(bare_api, lambda: attempt_with(given))

    attempt()


def test_the_product_waits_by_the_real_clock():
    assert isinstance(AwsNodePoolDoor.clock, Clock)
