# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clients of AWS against EC2 of the lab over HTTP."""
from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused, Unreachable, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import console_client as ec2_console
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws import errors as ec2_errors
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.machines_client import Ec2Instances, Launch
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.security_groups_client import BETWEEN_NODES, Ec2GroupsAndKeys
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import State
from lab.cloud.aws.answers import Answer, Request, error, result
from lab.cloud.aws.ec2 import IMAGE, REGION, Instance
from lab.cloud.aws.server import EXPIRED_KEY, EXPIRED_SECRET, READ_ONLY_KEY, READ_ONLY_SECRET, SECRET_KEY
from lab.cloud.clock import SimulatedClock
from lab.cloud.faults import Fault, once
from worlds.aws import World, world
from worlds.world import OTHER_UID, UID

POOL = NodePool("demo", "web", "aws", 3, REGION, "t3.medium", IMAGE)
LAUNCH = Launch(root="/dev/xvda")
NOTE = "2026-03-01T12:00:00.000001Z/0123456789abcdef0123456789abcdef"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE"


def ec2_instances(here: World, **options: Any) -> Ec2Instances:
    return Ec2Instances(here.api(**options), UID, lambda: LAUNCH)


def instance(**given: str) -> str:
    """XML of a list with one instance; given: other texts for its parts."""
    values = {"id": "i-0123456789abcdef0", "state": "running", "index": "0", "launched": "2026-03-01T12:00:00.000Z", "address": "203.0.113.7", "uid": UID,
              "names": "demo-web 1", **given}
    tags = {"kubermatic-caas": values["uid"], "kubermatic-caas-pool": "web", "kubermatic-caas-names": values["names"]}
    return (f"<reservationSet><item><instancesSet><item><instanceId>{values['id']}</instanceId><instanceState><name>{values['state']}</name></instanceState>"
            f"<amiLaunchIndex>{values['index']}</amiLaunchIndex><launchTime>{values['launched']}</launchTime><ipAddress>{values['address']}</ipAddress><tagSet>"
            + "".join(f"<item><key>{key}</key><value>{value}</value></item>" for key, value in tags.items())
            + "</tagSet></item></instancesSet></item></reservationSet>")


def answering(here: World, answer: Callable[[Request], Answer | None]) -> World:
    here.cloud.instead = answer
    return here


def test_one_request_makes_many_that_have_names_at_once():
    with world(boots=lambda: 1000.0) as here:
        ec2_instances(here).create([f"demo-web-{number}" for number in (1, 2, 3, 7)], POOL, NOTE)
        assert [one.path for one in here.cloud.heard] == ["RunInstances"]
        found = {one.name: one for one in ec2_instances(here).machines()}
        assert sorted(found) == ["demo-web-1", "demo-web-2", "demo-web-3", "demo-web-7"]
        assert {one.state for one in found.values()} == {State.CREATING}
        assert {one.asked_at for one in found.values()} == {NOTE.partition("/")[0]}


def test_the_same_request_makes_nothing_twice():
    with world() as here:
        for _time in range(2):
            ec2_instances(here).create(["demo-web-1", "demo-web-2"], POOL, NOTE)
        assert len(here.ec2.live()) == 2
        ec2_instances(here).create(["demo-web-1", "demo-web-2"], POOL, NOTE.replace("000001Z", "000002Z"))
        assert len(here.ec2.live()) == 4


@pytest.mark.parametrize("fault", [Fault.LIMITED, Fault.ERROR_AFTER, Fault.LOST_AFTER, Fault.DROPPED])
def test_a_lost_reply_is_asked_for_again_at_once(fault: Fault):
    """The client token makes it safe; nobody has to wait until a list can be trusted."""
    with world(faults=once(fault, lambda request: request.action == "RunInstances")) as here:
        ec2_instances(here).create(["demo-web-1", "demo-web-2"], POOL, NOTE)
        assert len(here.ec2.live()) == 2 and [one.path for one in here.cloud.heard] == ["RunInstances"] * 2


def test_a_request_whose_machine_has_ended_already_is_looked_after():
    with world() as here:
        ec2_instances(here).create(["demo-web-1"], POOL, NOTE)
        ec2_instances(here).remove([here.ec2.live()[0].id])
        with pytest.raises(Unsure, match="IdempotentInstanceTerminated"):
            ec2_instances(here).create(["demo-web-1"], POOL, NOTE)


def test_an_ended_machine_answers_its_note_and_no_other():
    """Else a machine that went an hour ago would answer for one that is asked for now, or nobody would for one that ended at once."""
    with world(boots=lambda: None) as here:
        work = here.work(1)
        seen = work.look()
        record = work._note(create=("demo-web-1",))
        work.provider.create(("demo-web-1",), work.pool, here_request(record))
        here.clock.sleep(40)
        begin = here.clock.monotonic()
        assert work.look().decision.names == seen.decision.names
        assert here.clock.monotonic() - begin < 5
        work._note(create=("demo-web-1",))
        begin = here.clock.monotonic()
        work.look()
        assert here.clock.monotonic() - begin > 50


def here_request(record: Any) -> str:
    from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
    return intent_log.request(record, "web", ["demo-web-1"])


def test_machines_that_went_are_gone_although_they_are_shown_for_an_hour():
    with world() as here:
        ec2_instances(here).create(["demo-web-1"], POOL, NOTE)
        name = here.ec2.live()[0].id
        assert ec2_instances(here).exists(name)
        ec2_instances(here).remove([name])
        assert [one.state for one in ec2_instances(here).machines()] == [State.LEAVING] and ec2_instances(here).exists(name)
        here.clock.sleep(60)
        assert [one.state for one in ec2_instances(here).machines()] == [State.GONE] and not ec2_instances(here).exists(name)
        here.clock.sleep(4000)
        assert ec2_instances(here).machines() == []


def test_many_go_by_one_request_also_if_some_are_gone_already():
    with world() as here:
        ec2_instances(here).create([f"demo-web-{number}" for number in range(1, 6)], POOL, NOTE)
        ids = [one.id for one in here.ec2.live()]
        ec2_instances(here).remove([*ids[:3], "i-0000000000000dead", *ids[3:]])
        assert here.ec2.live() == [] and not ec2_instances(here).exists("i-0000000000000dead")
        assert [one.path for one in here.cloud.heard][1:3] == ["TerminateInstances"] * 2


def test_a_list_of_several_pages():
    pages = {"": ("<nextToken>two</nextToken>", "0123456789abcdef0"), "two": ("", "0123456789abcdef1")}

    def page(request: Request) -> Answer:
        token, number = pages[request.params.get("NextToken", "")]
        return result("DescribeInstances", token + instance(id=f"i-{number}"))

    with world() as here:
        assert len(ec2_instances(answering(here, page)).machines()) == 2
        assert len(here.cloud.heard) == 2


def test_an_endless_list():
    with world() as here, pytest.raises(Unreachable, match="more than 100 pages"):
        ec2_instances(answering(here, lambda request: result("DescribeInstances", "<nextToken>x</nextToken>" + instance()))).machines()


@pytest.mark.parametrize("given", [
    {"id": "i-0; rm"}, {"id": ""}, {"state": "exploded"}, {"index": "one"}, {"launched": "yesterday"}, {"address": "-oProxyCommand=id"},
    {"address": "203.0.113.999"}])
def test_instances_that_are_none(given: dict[str, str]):
    with world() as here:
        with pytest.raises(CaasError) as failure:
            ec2_instances(answering(here, lambda request: result("DescribeInstances", instance(**given)))).machines()
        line = failure.value.line()
        assert "\n" not in line and len(line) < 700 and "can't be understood" in line
        assert len(here.cloud.heard) == 1


@pytest.mark.parametrize("body", [
    b"", b"{}", b"<html><body>login</body></html>", b"<a><b></a>", b"\x00\xff", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>',
    b"<DescribeInstancesResponse>", b"<DescribeImagesResponse></DescribeImagesResponse>"])
def test_answers_that_are_none(body: bytes):
    with world() as here:
        with pytest.raises(Unreachable, match="can't be understood") as failure:
            ec2_instances(answering(here, lambda request: Answer(200, body))).machines()
        assert "\n" not in failure.value.line() and len(failure.value.line()) < 700


def test_names_that_would_steer_a_template_or_a_terminal_are_texts():
    with world() as here:
        found = ec2_instances(answering(here, lambda request: result("DescribeInstances", instance(names="{{ 7*7 }} 1")))).machines()
        assert [one.name for one in found] == [""]


def test_machines_of_others_in_the_list_are_not_ours():
    with world() as here:
        here.stranger("demo-web-1", kubermatic_caas=OTHER_UID)
        here.stranger("demo-web-2")
        assert ec2_instances(here).machines() == []
        assert ec2_instances(answering(here, lambda request: result("DescribeInstances", instance(uid=OTHER_UID)))).machines() == []
        assert not ec2_instances(here).exists("i-0123456789abcdef0")


@pytest.mark.parametrize(("fault", "part"), [
    (Fault.HTML, "can't be understood"), (Fault.HUGE, "more than 32 MB"), (Fault.ERROR, "InternalError: An internal error has occurred"),
    (Fault.DROPPED, "The connection broke"), (Fault.LIMITED, "RequestLimitExceeded")])
def test_a_server_that_never_recovers(fault: Fault, part: str):
    with world(faults=lambda request: fault) as here:
        with pytest.raises(Unreachable, match=part) as failure:
            ec2_instances(here).machines()
        assert "\x1b" not in failure.value.line() and SECRET_KEY not in failure.value.line()
        with pytest.raises(Unreachable if fault is Fault.LIMITED else Unsure):
            ec2_instances(here).create(["demo-web-1"], POOL, NOTE)


def test_as_long_as_the_server_wants_us_to_wait():
    with world(faults=once(Fault.LIMITED, lambda request: True)) as here:
        begin = here.clock.monotonic()
        ec2_instances(here).machines()
        assert 7 <= here.clock.monotonic() - begin < 8
        assert here.lines == ["AWS: RequestLimitExceeded: Request limit exceeded.; again in 7 s"]


def test_nobody_listens():
    with world() as here:
        there = ec2_instances(here)
    with pytest.raises(Unreachable, match=r"[Nn]othing answers there"):
        there.machines()
    with pytest.raises(Unreachable, match=r"[Nn]othing answers there"):
        there.create(["demo-web-1"], POOL, NOTE)


@pytest.mark.parametrize(("key", "secret", "kind", "part"), [
    ("AKIAOFSOMEBODYELSE", "a/secret/key", Refused, "rejects the credentials"), ("AKIALABMAYDOEVERYTHING", "wrong/secret", Refused, "rejects the credentials"),
    (EXPIRED_KEY, EXPIRED_SECRET, Refused, "have expired"), (READ_ONLY_KEY, READ_ONLY_SECRET, Refused, "may not do run_instances")])
def test_credentials_without_right(key: str, secret: str, kind: type[CaasError], part: str):
    with world() as here:
        with pytest.raises(kind, match=part) as failure:
            ec2_instances(here, key=key, secret=secret).create(["demo-web-1"], POOL, NOTE)
        assert secret not in failure.value.line() and len(here.cloud.heard) == 1


@pytest.mark.parametrize("given", [
    Credentials("AKIA", "sec\nret"), Credentials("AKIA", " secret"), Credentials("AK IA", "secret"), Credentials("AKIA", "sécret"),
    Credentials("AKIA", "secret", "to ken"), Credentials("", "secret"), Credentials("", "", "secret")])
def test_credentials_that_can_not_be_any(given: Credentials):
    with pytest.raises(InvalidInput, match=r"aws_") as failure:
        Ec2Api(given, REGION, clock=SimulatedClock(), progress=print)
    assert "secret" not in failure.value.line().replace("aws_secret_key", "") and "secret" not in repr(given)


def test_no_log_holds_a_secret(caplog: pytest.LogCaptureFixture):
    with world() as here, caplog.at_level(logging.DEBUG):
        here.run(1)
    assert SECRET_KEY not in caplog.text and "Signature=" not in caplog.text


def test_a_region_that_is_none():
    api = Ec2Api(Credentials("AKIA", "secret"), "eu-nowhere-9", clock=SimulatedClock(), progress=print)
    nobody = type("EndpointConnectionError", (Exception,), {})("Could not connect to the endpoint URL")
    failure = ec2_errors.told(api.place, api.region, "describe_instances", nobody)
    assert "There is no region 'eu-nowhere-9'" in (line := api._known_region(failure).line()) and "eu-central-1" in line


@pytest.mark.parametrize("url", ["ftp://ec2.example", "ec2.example", "https://user:word@ec2.example", "https:///", "https://a/?x=y", "http://ec2.example"])
def test_addresses_that_are_refused(url: str):
    with pytest.raises(InvalidInput):
        Ec2Api(Credentials(), REGION, url, clock=SimulatedClock(), progress=print)


def test_boto3_is_loaded_when_it_is_needed():
    code = ("import sys; import ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.provider_client; "
            "assert not [name for name in sys.modules if name.startswith(('boto', 'urllib3.contrib.pyopenssl'))]")
    done = subprocess.run([sys.executable, "-c", f"import tests.conftest; {code}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def groups_and_keys(here: World) -> Ec2GroupsAndKeys:
    return Ec2GroupsAndKeys(here.api(), ec2_instances(here), "demo", "web")


def test_a_group_whose_making_was_answered_by_nobody():
    with world(faults=once(Fault.LOST_AFTER, lambda request: request.action == "CreateSecurityGroup")) as here:
        there = groups_and_keys(here)
        network = next(iter(here.ec2.backend.vpcs))
        first = there.make_group(there.wanted_groups([])[0], network)
        there.change_rules(first, BETWEEN_NODES)
        assert [(one.id, one.pool, one.rules) for one in there.groups()] == [(first.id, "", BETWEEN_NODES)]
        there.change_rules(first, BETWEEN_NODES)
        there.remove_group(first, 60)
        there.remove_group(first, 60)
        assert there.groups() == []


def test_a_group_of_somebody_else_with_our_name_is_not_taken():
    with world() as here:
        there = groups_and_keys(here)
        network, wanted = next(iter(here.ec2.backend.vpcs)), there.wanted_groups([])[0]
        here.ec2.backend.create_security_group(wanted.name, "theirs", network)
        with pytest.raises(InvalidInput, match="There is another security group"):
            there.make_group(wanted, network)


def test_machines_over_subnets_have_neighbouring_names():
    with world() as here:
        subnets = tuple(sorted(one.id for one in here.ec2.backend.describe_subnets()))[:2]
        there = Ec2Instances(here.api(), UID, lambda: replace(LAUNCH, subnets=subnets), 2)
        there.create([f"demo-web-{number}" for number in range(1, 6)], POOL, NOTE)
        assert sorted(one["kubermatic-caas-names"] for one in map(here.ec2.tags, here.ec2.live())) == ["demo-web 1-3"] * 3 + ["demo-web 4-5"] * 2


@pytest.mark.parametrize(("output", "keys"), [
    ("", ()), (f"{ec2_console.BEGIN}\n{KEY} root@ip\n", ()),
    (f"{ec2_console.BEGIN}\n{KEY} root@ip\n{ec2_console.END}\n", (KEY,)),
    (f"[    9.1] {ec2_console.BEGIN}\r\n[    9.1] {KEY} root@ip\r\n[    9.2] {ec2_console.END}\r\n", (KEY,)),
    (f"{ec2_console.BEGIN}\nssh-rsa {KEY.split()[1]}\nssh-dss AAAA\n{KEY[:60]}\n{{{{ 7*7 }}}}\n{ec2_console.END}", ()),
    (f"{KEY}\n{ec2_console.BEGIN}\n{ec2_console.END}\n", ()),
    (f"{ec2_console.BEGIN}\nnothing\n{ec2_console.END}\n{ec2_console.BEGIN}\n{KEY}\n{KEY}\n{ec2_console.END}", (KEY,))])
def test_what_a_console_shows(output: str, keys: tuple[str, ...]):
    assert ec2_console.printed(output) == keys


def test_a_console_that_may_not_be_looked_at():
    with world() as here:
        answering(here, lambda request: error(403, "UnauthorizedOperation", "No") if request.action == "GetConsoleOutput" else None)
        assert ec2_console.host_keys(here.api(), "i-0123456789abcdef0") == ()


def test_hosts_can_stand_behind_the_machines_of_the_labs_cloud():
    came, went = [], []

    def begin(one: Instance) -> None:
        came.append(one)
        one.address = f"192.0.2.{len(came)}"

    with world(on_create=begin, on_delete=went.append) as here:
        groups_and_keys(here).import_key("mine", KEY)
        Ec2Instances(here.api(), UID, lambda: replace(LAUNCH, key="mine")).create(["demo-web-1", "demo-web-2"], POOL, NOTE)
        here.clock.sleep(60)
        assert sorted(one.address for one in ec2_instances(here).machines()) == ["192.0.2.1", "192.0.2.2"]
        assert [here.ec2.public_key(one) for one in came] == [KEY, KEY]
        ec2_instances(here).remove([came[0].id])
        assert went == came[:1]


def test_the_labs_cloud_refuses_what_the_real_one_refuses():
    with world(limit=2) as here:
        one = here.stranger("somebody")
        assert here.ec2.answer(Request("TerminateInstances", {"InstanceId.1": "i-0123456789abcdef0"})).status == 400
        here.stranger("somebody else")
        assert here.ec2.answer(Request("RunInstances", {**one.request, "ClientToken": "x"})).status == 400
        here.ec2.limit = 3
        assert here.ec2.answer(Request("RunInstances", {**one.request, "ClientToken": "x"})).status == 200
        assert b"IdempotentParameterMismatch" in here.ec2.answer(Request("RunInstances", {**one.request, "ClientToken": "x", "MaxCount": "2"})).body
