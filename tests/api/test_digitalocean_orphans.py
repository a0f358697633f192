# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The end of what a cluster made at DigitalOcean: a real API of the cluster tells what that was, the lab's cloud has it. One server plays seed and cluster."""
from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld, NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.cloud_resources_resource import CloudResourcesResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.description import URL as DIGITALOCEAN_URL
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import MADE_BY_DRIVER
from api import orphans
from api.attempts import FAST, try_all
from api.bare_api import BareApi, free_port
from api.kill import kill_before_call
from api.resources import Caller
from api.strange_input import options
from lab.cloud.digitalocean.account import Thing
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN
from lab.cloud.faults import Fault, Faults, sometimes
from worlds.digitalocean import World, world
from worlds.world import OTHER_UID, Killed

DRIVER = "dobs.csi.digitalocean.com"


@dataclass
class Customer(orphans.Customer):
    there: World

    def makes(self) -> list[Thing]:
        """A volume for a claim, a load balancer for a Service, and what carries its tags, all as the controllers make it."""
        account, number = self.there.account, next(orphans.numbers)
        volume, balancer = self.volume(f"pvc-{number}"), account.add("load_balancers", "shop", [f"k8s:{self.uid}"])
        self.has_volume(f"pvc-{number}", volume.id, DRIVER)
        balancer.name = self.has_balancer(f"shop-{number}", **{"kubernetes.digitalocean.com/load-balancer-id": balancer.id})
        tagged = self.volume("pvc-tagged")
        return [volume, balancer, tagged, account.add("firewalls", "ports", [f"k8s:{self.uid}"])]

    def volume(self, name: str, **fields: Any) -> Thing:
        return self.there.account.add("volumes", name, [f"kubermatic-caas:{self.uid}"], description=MADE_BY_DRIVER, **fields)

    @classmethod
    def of(cls, bare: BareApi, caller: Caller, there: World) -> Customer:
        return cls(bare, caller, "digitalocean", {"digitalocean_token": TOKEN}, there.cloud.url, there.clock, there)


@pytest.fixture
def customers(bare_api: BareApi) -> Iterator[Any]:
    with contextlib.ExitStack() as stack, orphans.cleared(bare_api):
        def customer(*, provider: str = "digitalocean", **given: Any) -> Customer:
            return Customer.of(bare_api, orphans.a_cluster(bare_api, provider), stack.enter_context(world(**given)))
        yield customer


def test_the_end_of_what_a_cluster_made(bare_api: BareApi, demo: Customer):
    account, things = demo.there.account, demo.makes()
    machine = demo.there.stranger("forgotten", f"kubermatic-caas:{demo.uid}")
    others = [account.add("volumes", things[0].name, [f"kubermatic-caas:{OTHER_UID}"]), account.add("load_balancers", things[1].name[:-1]),
              account.add("volumes", things[2].name), account.add("firewalls", "ports", [f"k8s:{demo.uid}", "env:prod"])]
    with bare_api.watched() as seen:
        listed = demo.call()
    assert len(listed["found"]) == 7 and not listed["changed"] and seen.writes == [] and demo.there.cloud.writes == []
    assert [one["name"] for one in listed["kept"]] == ["ports"]
    demo.ends()
    with bare_api.watched() as seen:
        checked = demo.call("absent", check_mode=True)
    assert seen.writes == [] and demo.there.cloud.writes == [] and len(checked["steps"]) == 8
    assert checked["diff"][0]["before"].startswith("machine forgotten")
    gone = demo.call("absent")
    assert gone["steps"] == checked["steps"] and gone["residual"] == []
    assert all(one.gone is not None for one in things) and machine.gone is not None
    assert all(one.gone is None for one in others)
    assert f"kubermatic-caas:{demo.uid}".lower() not in account.tags
    writes = len(demo.there.cloud.writes)
    with bare_api.watched() as seen:
        again = demo.call("absent")
    assert not again["changed"] and again["residual"] == [] and seen.writes == [] and len(demo.there.cloud.writes) == writes
    assert not any(TOKEN in text for text in (json.dumps(gone), json.dumps(demo.record()), *demo.caller.lines))


def test_what_the_cluster_wants_to_retain_was_noted_when_it_does_not_answer_any_more(bare_api: BareApi, demo: Customer):
    retained, *things = demo.volume("pvc-database"), *demo.makes()
    demo.has_volume("database", retained.id, DRIVER, policy="Retain")
    noted = demo.call("noted")
    assert noted["steps"] == [f"Note in the record of cluster {demo.caller.cluster} what it has at DigitalOcean"]
    assert [one["id"] for one in noted["kept"]] == [retained.id] and demo.record()["cloud"] == {"providers": ["digitalocean"], "retained": [retained.id]}
    with bare_api.watched() as seen:
        assert not demo.call("noted")["changed"]
    assert seen.writes == [] and demo.there.cloud.writes == []
    demo.ends()
    endpoint = bare_api.api("system:setup").get("v1", "ConfigMap", "endpoint", f"cluster-{demo.caller.cluster}")
    bare_api.api("system:setup").replace({**endpoint, "data": {**endpoint["data"], "port": str(free_port())}})
    gone = demo.call("absent")
    assert all(one.gone for one in things) and retained.gone is None and gone["residual"] == [] and "could not be asked" in gone["unchecked"][0]


def test_what_was_lent_to_the_cluster_stays(bare_api: BareApi, demo: Customer):
    lent = demo.volume("customers-data")
    demo.has_volume(f"by-hand-{next(orphans.numbers)}", lent.id, DRIVER, made=False)
    demo.ends()
    gone = demo.call("absent")
    assert lent.gone is None and [one["id"] for one in gone["kept"]] == [lent.id] and gone["residual"] == []
    assert not demo.call("absent")["changed"]


def test_a_cluster_that_lives_keeps_its_things(demo: Customer):
    demo.makes()
    with pytest.raises(InvalidInput, match="is not being deleted, and its cloud resources are in use"):
        demo.call("absent")
    assert demo.there.cloud.heard == []


def test_a_cluster_that_has_nothing_to_do_with_the_cloud_needs_no_token(customers: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    stranger = customers(provider="none")
    for state in ("listed", "noted", "absent"):
        result = stranger.call(state, digitalocean_token="")
        assert not result["changed"] and result["found"] == []
    assert stranger.there.cloud.heard == []
    stranger.caller.cluster = "neverwas"
    assert stranger.call("absent", digitalocean_token="")["residual"] == []


@pytest.mark.parametrize(("given", "kind", "part"), [
    ({"digitalocean_token": ""}, InvalidInput, "No token for DigitalOcean"), ({"digitalocean_token": TOKEN + "\n"}, InvalidInput, "line break"),
    ({"digitalocean_token": "dop_v1_wrong_and_long_enough"}, Refused, "rejects the token"),
    ({"digitalocean_url": "http://example.org/"}, InvalidInput, "would show the token")])
def test_bad_input_is_one_line_and_changes_nothing(bare_api: BareApi, demo: Customer, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any],
                                                   kind: type[CaasError], part: str):
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    demo.makes()
    with bare_api.watched() as seen, pytest.raises(kind, match=part) as failure:
        demo.call("noted", **given)
    assert "\n" not in failure.value.line() and TOKEN not in failure.value.line() and seen.writes == []


def test_what_can_not_go_is_named_with_its_reason(demo: Customer):
    volume = demo.makes()[0]
    demo.ends()
    with pytest.raises(NotReady, match=rf"still has resources at DigitalOcean after .* s: .*volume {volume.name} .*You do not have access") as failure:
        demo.call("absent", digitalocean_token=READ_ONLY_TOKEN, wait_timeout=60)
    assert "\n" not in failure.value.line()
    assert demo.call("absent")["residual"] == []


def test_a_volume_of_a_machine_that_stays_is_detached_if_the_machine_says_whose_it_is(demo: Customer):
    stays = demo.there.stranger("of-the-customer", f"k8s:{demo.uid}")
    volume = demo.makes()[2]
    volume.fields["droplet_id"] = stays.id
    demo.ends()
    gone = demo.call("absent")
    assert gone["residual"] == [] and volume.gone and stays.gone is None and stays.tags == []
    assert [one["name"] for one in gone["kept"]] == ["of-the-customer"]


def test_another_run_has_the_lock(demo: Customer):
    demo.call("noted")
    demo.makes()
    other = Customer.of(demo.bare, Caller(demo.caller.seed_kubeconfig, demo.caller.cluster, holder="eve@ops2 pid 1 1/bbbbbbbb"), demo.there)
    demo.ends()
    with pytest.raises(LockHeld):
        other.call("absent")
    assert demo.there.cloud.writes == []


def test_killed_before_any_request_the_next_run_converges(customers: Any, monkeypatch: pytest.MonkeyPatch):
    for call in range(1, 200):
        demo = customers(lag=10, seed=call)
        things, other = demo.makes(), demo.there.account.add("volumes", "pvc-tagged", description=MADE_BY_DRIVER)
        demo.there.clock.sleep(60)
        demo.ends()
        died = False
        with monkeypatch.context() as patch:
            kill_before_call(DigitalOceanApi, call, patch)
            try:
                demo.call("absent")
            except Killed:
                died = True
        assert demo.call("absent")["residual"] == []
        assert all(one.gone for one in things) and other.gone is None, f"killed at {call}"
        if not died:
            break
    assert call > 20


def test_trials_with_lost_replies_and_lists_that_lag(customers: Any):
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML_AFTER)
    for seed in range(40):
        random = Random(seed)
        faults: Faults = sometimes(random, random.choice((0.1, 0.3)), kinds)
        demo = customers(seed=seed, lag=random.choice((0, 10, 30)), faults=faults)
        things, other = demo.makes(), demo.there.account.add("volumes", "pvc-tagged", description=MADE_BY_DRIVER)
        demo.there.clock.sleep(60)
        demo.ends()
        for _attempt in range(20):
            with contextlib.suppress(CaasError):
                assert demo.call("absent")["residual"] == []
                break
        assert all(one.gone for one in things) and other.gone is None, f"trial {seed}"


def test_any_options(bare_api: BareApi, demo: Customer):
    given = options(demo.good_options(), sorted(CloudResourcesResource.ARGUMENT_SPEC))
    try_all(bare_api, given, lambda one: demo.attempt(one, (DIGITALOCEAN_URL,)), FAST)
    assert demo.there.cloud.writes == []
