# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module with a real API of a seed for lock, UID and notes, and the lab's cloud over HTTP."""
from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given as given_options
from hypothesis import settings

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_api import URL, DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._door.cluster_record import ClusterRecordDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.digitalocean_node_pool import DigitalOceanNodePoolDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.namespace import NamespaceDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, InvalidInput, LockHeld, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._module.door import run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api.bare_api import BareApi
from api.doors import Caller
from api.kill import kill_before_call
from api.strange_input import options
from api.test_any_input import FAST, tried
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN
from lab.cloud.digitalocean.world import World, world
from lab.cloud.faults import Fault, Faults, sometimes
from lab.cloud.world import Killed

POOL: dict[str, Any] = {"pool": "web", "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64", "allowed_stages": ["alpha"]}
_numbers = iter(range(1, 10_000))


@dataclass
class Customer:
    """One cluster in the real API, with an account at the cloud."""

    caller: Caller
    there: World

    def call(self, count: Any = None, check_mode: bool = False, **given: Any) -> dict[str, Any]:
        options = {**POOL, "digitalocean_token": TOKEN, "digitalocean_url": self.there.cloud.url, "node_count": count, **given}
        door = self.caller.door(DigitalOceanNodePoolDoor, check_mode, **{name: value for name, value in options.items() if value is not None})
        # the cloud's time, so that nothing is really waited for
        door.clock = self.there.clock
        return run(door)

    @property
    def names(self) -> list[str]:
        return self.there.all_names()


@pytest.fixture
def customers(bare_api: BareApi) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        def customer(name: str = "", *, running: bool = True, **options: Any) -> Customer:
            caller = Caller(bare_api.kubeconfig(), name or f"pool{next(_numbers)}")
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
    assert all(one["address"] and one["state"] == "running" for one in result["machines"])
    assert result["price"] == "0.03571 USD an hour, 24 a month"
    namespace = bare_api.api().get("v1", "Namespace", f"cluster-{name}")
    assert all(f"kubermatic-caas:{namespace['metadata']['uid']}" in one.tags for one in demo.there.account.live())
    writes = len(demo.there.cloud.writes)
    with bare_api.watched() as seen:
        assert not demo.call(2)["changed"]
    assert seen.writes == [] and len(demo.there.cloud.writes) == writes
    kept = demo.call(1, surplus="keep", ready_nodes=[f"{name}-web-2"])
    assert not kept["changed"] and kept["surplus"] == [f"{name}-web-1"]
    assert demo.call(1, ready_nodes=[f"{name}-web-2"])["changed"]
    assert demo.names == [f"{name}-web-2"]
    gone = demo.call(state="absent")
    assert gone["residual"] == [] and demo.names == []
    assert not demo.call(state="absent")["changed"]


def test_check_mode_shows_names_and_prices_and_writes_nothing(bare_api: BareApi, demo: Customer):
    with bare_api.watched() as seen:
        result = demo.call(2, check_mode=True)
    name = demo.caller.cluster
    assert seen.writes == [] and demo.there.cloud.writes == []
    assert result["steps"] == [f"Create machines {name}-web-1, {name}-web-2 at digitalocean: s-2vcpu-4gb in fra1 with debian-12-x64, "
                               "0.03571 USD an hour, 24 a month each"]
    assert result["diff"][0]["after"].count("24 a month") == 2
    assert demo.call(2)["steps"] == result["steps"]
    assert demo.call(0, check_mode=True)["changed"] and len(demo.names) == 2


def test_the_uid_outlives_the_namespace(demo: Customer, bare_api: BareApi):
    """As when a cluster moves to another seed with its record."""
    uid = demo.call(1)["uid"]
    api, namespace = bare_api.api("system:setup"), f"cluster-{demo.caller.cluster}"
    record = api.get("v1", "ConfigMap", "cluster-record", namespace)
    assert json.loads(record["data"]["record.json"])["uid"] == uid
    changed = {**record, "data": {"record.json": record["data"]["record.json"].replace(uid, "11111111-2222-3333-4444-555555555555")}}
    api.replace(changed)
    assert demo.call(1, check_mode=True)["uid"] == "11111111-2222-3333-4444-555555555555"


def test_another_run_has_the_lock(demo: Customer):
    demo.call(1)
    other = Customer(Caller(demo.caller.seed_kubeconfig, demo.caller.cluster, holder="eve@ops2 pid 1 1/bbbbbbbb"), demo.there)
    with pytest.raises(LockHeld):
        other.call(2)
    assert len(demo.names) == 1
    assert not other.call(1)["changed"]


def test_a_provider_at_stage_alpha_must_be_allowed(demo: Customer):
    with pytest.raises(InvalidInput, match=r"provider: digitalocean is alpha.*[Aa]llowed is only beta and public"):
        demo.call(1, allowed_stages=["beta", "public"])
    assert demo.there.cloud.heard == []
    demo.call(1)
    # what is there can be looked after
    demo.call(0, allowed_stages=["beta", "public"])


@pytest.mark.parametrize(("given", "kind", "part"), [
    ({"node_count": -1}, InvalidInput, "node_count '-1' can't be used"), ({"node_count": "many"}, InvalidInput, "node_count 'many' can't be used"),
    ({"node_count": 10**9}, InvalidInput, "Use a whole number from 0 to 1000"), ({}, InvalidInput, "node_count 'None' can't be used"),
    ({"node_count": 3, "max_node_count": 2}, InvalidInput, "more than max_node_count 2"),
    ({"node_count": 1, "region": "fra9"}, InvalidInput, "There is no region 'fra9'.*ams3, fra1"),
    ({"node_count": 1, "size": "s-9"}, InvalidInput, "There is no size 's-9'"),
    ({"node_count": 1, "image": "dos-6"}, InvalidInput, "There is no image 'dos-6'"),
    ({"node_count": 1, "digitalocean_token": "dop_v1_wrong_and_long_enough"}, Refused, "does not know the token"),
    ({"node_count": 1, "digitalocean_token": READ_ONLY_TOKEN}, Refused, "may not POST droplets"),
    ({"node_count": 1, "digitalocean_token": TOKEN + "\n"}, InvalidInput, "line break"),
    ({"node_count": 1, "pool": "a_b"}, InvalidInput, "Node pool name 'a_b' is not valid"),
    ({"node_count": 1, "tags": ["kubermatic-caas:x"]}, InvalidInput, "say whose a machine is")])
def test_bad_input_is_one_line_and_makes_nothing(demo: Customer, given: dict[str, Any], kind: type[CaasError], part: str):
    with pytest.raises(kind, match=part) as failure:
        demo.call(**given)
    assert "\n" not in failure.value.line() and TOKEN not in failure.value.line()
    assert demo.there.account.live() == []


def test_a_token_must_come_from_somewhere(demo: Customer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    with pytest.raises(InvalidInput, match="No token for DigitalOcean"):
        demo.call(1, digitalocean_token="")
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    caller = demo.caller.door(DigitalOceanNodePoolDoor, **POOL, node_count=1)
    assert caller.params["digitalocean_token"] == TOKEN


def test_a_cluster_that_is_not_there(customers: Any):
    with pytest.raises(InvalidInput, match=r"has no record.*[Cc]reate the cluster first"):
        customers(running=False).call(1)


def test_a_pool_can_not_change_its_provider(demo: Customer, bare_api: BareApi):
    demo.call(1)
    api, namespace = bare_api.api("system:setup"), f"cluster-{demo.caller.cluster}"
    record = api.get("v1", "ConfigMap", "cluster-record", namespace)
    api.replace({**record, "data": {"record.json": record["data"]["record.json"].replace('"provider": "digitalocean"', '"provider": "aws"')}})
    with pytest.raises(InvalidInput, match="Node pool web is at aws and can't be at digitalocean"):
        demo.call(2)


@pytest.mark.parametrize(("first", "then"), [(0, 12), (5, 2)])
def test_killed_before_any_request_the_next_run_converges(customers: Any, monkeypatch: pytest.MonkeyPatch, first: int, then: int):
    for call in range(1, 100):
        demo = customers(lag=30, seed=call)
        demo.call(first)
        demo.there.clock.sleep(500)
        died = False
        with monkeypatch.context() as patch:
            kill_before_call(DigitalOceanApi, call, patch)
            try:
                demo.call(then)
            except Killed:
                died = True
        demo.call(then)
        assert len(demo.names) == len(set(demo.names)) == then, f"killed at {call}: {demo.names}"
        if not died:
            break
    assert call > 8


# 200 in all, in four parts
@pytest.mark.parametrize("first", range(0, 200, 50))
def test_trials_with_lost_replies_and_lists_that_lag(customers: Any, first: int):
    """Random counts, faults, lags; runs end early, and are begun again until one says that it is done."""
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML_AFTER)
    runs = 0
    for seed in range(first, first + 50):
        random = Random(seed)
        faults: Faults = sometimes(random, random.choice((0.1, 0.3)), kinds)
        demo = customers(seed=seed, lag=random.choice((0, 10, 30)), faults=faults)
        for count in (random.randint(1, 15), random.randint(0, 15)):
            for _attempt in range(50):
                runs += 1
                with contextlib.suppress(CaasError):
                    demo.call(count)
                    break
            else:
                raise AssertionError(f"trial {seed}: no run said that it is done")
            assert len(demo.names) == len(set(demo.names)) == count, f"trial {seed}: {demo.names}"
            assert len(demo.there.account.live()) == count
    print(f"{runs} runs")


def test_any_options(bare_api: BareApi, demo: Customer):
    name = demo.caller.cluster
    good = {"seed_kubeconfig": demo.caller.seed_kubeconfig, "cluster": name, **POOL, "node_count": 1, "min_node_count": 0, "max_node_count": 5,
            "state": "present", "disk": 80, "network": "760e09ef-dc84-11e8-981e-3cfdfeaae000", "ssh_keys": [], "tags": ["env:prod"],
            "ready_nodes": [f"{name}-web-1"], "surplus": "remove", "digitalocean_token": TOKEN, "digitalocean_url": demo.there.cloud.url}

    def attempt_with(given: dict[str, Any]) -> None:
        params = validated("digitalocean_node_pool", DigitalOceanNodePoolDoor.ARGUMENT_SPEC, {}, given)
        # without one it would be DigitalOcean's own
        params["digitalocean_url"] = demo.there.cloud.url if params["digitalocean_url"] == URL else params["digitalocean_url"]
        door = DigitalOceanNodePoolDoor(params, holder=demo.caller.holder, check_mode=False, progress=demo.caller.lines.append)
        door.clock = demo.there.clock
        before = len(demo.there.cloud.writes)
        try:
            run(door)
        except CaasError:
            assert len(demo.there.cloud.writes) == before
            raise

    @settings(**FAST)
    @given_options(options(good, sorted(DigitalOceanNodePoolDoor.ARGUMENT_SPEC)))
    def attempt(given: dict[str, Any]) -> None:
        tried(bare_api, lambda: attempt_with(given))

    attempt()


def test_the_product_waits_by_the_real_clock():
    assert isinstance(DigitalOceanNodePoolDoor.clock, Clock)
