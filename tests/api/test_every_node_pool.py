# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The contract of the modules of all providers. AWS: TRIALS is the number of random trials; KILL_EVERY=1 has runs killed before every request, instead of
every fourth one."""
from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.record_store import PoolRecord
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api.attempts import FAST, try_all
from api.bare_api import BareApi
from api.kill import kill_before_call
from api.pools import Customer, Customers, Provider, known
from api.strange_input import options
from lab.cloud.faults import Fault, Faults, sometimes
from worlds.world import Killed

PROVIDERS = known()


@pytest.fixture(params=PROVIDERS, ids=str)
def provider(request: pytest.FixtureRequest) -> Provider:
    return request.param


def test_life_of_a_pool(bare_api: BareApi, demo: Customer):
    name = demo.caller.cluster
    result = demo.call(2)
    assert result["changed"] and [one["name"] for one in result["machines"]] == demo.names == [f"{name}-web-1", f"{name}-web-2"]
    assert all(one["address"] and one["state"] == "running" for one in result["machines"])
    uid = bare_api.api().get("v1", "Namespace", demo.namespace)["metadata"]["uid"]
    assert result["uid"] == uid and demo.there.names(uid) == demo.names
    writes = demo.there.writes
    with bare_api.watched() as seen:
        assert not demo.call(2)["changed"]
    assert seen.writes == [] and demo.there.writes == writes
    kept = demo.call(1, surplus="keep", ready_nodes=[f"{name}-web-2"])
    assert not kept["changed"] and kept["surplus"] == [f"{name}-web-1"] and len(demo.names) == 2
    assert demo.call(1, ready_nodes=[f"{name}-web-2"])["changed"]
    assert demo.names == [f"{name}-web-2"]
    gone = demo.call(state="absent", surplus="keep")
    assert gone["residual"] == [] and demo.there.left() == []
    writes = demo.there.writes
    with bare_api.watched() as seen:
        assert not demo.call(state="absent")["changed"]
    assert seen.writes == [] and demo.there.writes == writes


def test_it_goes_also_where_the_namespace_was_deleted_first(bare_api: BareApi, demo: Customer):
    """By somebody's hand: as long as its record is there, it tells what is to go. No lock can be taken any more."""
    demo.call(2)
    admin = bare_api.api("system:setup")
    admin.delete("v1", "Namespace", demo.namespace)
    admin.delete("coordination.k8s.io/v1", "Lease", "cluster-lock", demo.namespace)
    demo.call(state="absent")
    assert demo.there.left() == []


def test_what_was_chosen_goes_though_another_machine_would_be_chosen_now(bare_api: BareApi, demo: Customer):
    """Between the choice and the removal a node is drained, which takes minutes."""
    name = demo.caller.cluster
    demo.call(3)
    chosen = demo.call(2, surplus="keep", ready_nodes=[f"{name}-web-2", f"{name}-web-3"])["surplus"]
    assert chosen == [f"{name}-web-1"]
    # now machine 3 is the one that would be missed least
    assert demo.call(2, check_mode=True, ready_nodes=[f"{name}-web-1", f"{name}-web-2"])["surplus"] == [f"{name}-web-3"]
    gone = demo.call(2, remove=chosen, ready_nodes=[f"{name}-web-1", f"{name}-web-2"])
    assert gone["changed"] and demo.names == [f"{name}-web-2", f"{name}-web-3"]
    writes = demo.there.writes
    with bare_api.watched() as seen:
        assert not demo.call(5, remove=chosen)["changed"]
    assert seen.writes == [] and demo.there.writes == writes
    with pytest.raises(InvalidInput, match="'other-web-1' is not a machine of node pool web"):
        demo.call(2, remove=["other-web-1"])


def test_what_the_record_has_no_room_for_is_not_made(bare_api: BareApi, demo: Customer):
    """As many machines as fit are kept by a real API server; more are refused before the first is made."""
    name, key = demo.caller.cluster, "ssh-ed25519 " + "A" * 68
    pool_record = PoolRecord(bare_api.api(), name, demo.namespace)

    def pins(count: int) -> dict[str, Any]:
        return {f"{name}-db-{number}": {"pool": "db", "machine": f"aws-i-{number:017x}", "host_keys": [key]} for number in range(1, count + 1)}

    full = pool_record.change(lambda record: replace(record, nodes=pins(4800)))
    assert 700_000 < len(full.stored().encode()) < 2**20 and pool_record.read() == full
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=r"can't have so many machines: .* of 5800, .*Ask for fewer machines"):
        demo.call(1000)
    assert seen.writes == [] and demo.there.cloud.writes == []
    pool_record.change(lambda record: replace(record, nodes={}))


def test_check_mode_shows_what_will_be_done_and_writes_nothing(bare_api: BareApi, demo: Customer):
    name = demo.caller.cluster
    with bare_api.watched() as seen:
        result = demo.call(2, check_mode=True)
    assert seen.writes == [] and demo.there.cloud.writes == [] and demo.names == []
    # by one request, or one for each
    created = [step.partition(f" at {demo.provider}: ") for step in result["steps"] if step.startswith("Create machine")]
    assert ", ".join(names.removeprefix("Create machine").removeprefix("s").strip() for names, at, dummy in created if at) == f"{name}-web-1, {name}-web-2"
    assert demo.call(2)["steps"] == result["steps"]
    for given in ({"count": 0}, {"state": "absent"}):
        writes = demo.there.writes
        with bare_api.watched() as seen:
            checked = demo.call(**given, check_mode=True)
        assert checked["changed"] and len(demo.names) == 2 and seen.writes == [] and demo.there.writes == writes
    assert demo.call(state="absent")["steps"] == checked["steps"]


FOREIGN_UID = "11111111-2222-3333-4444-555555555555"


def record_says(bare_api: BareApi, demo: Customer, uid: str) -> None:
    api = bare_api.api("system:setup")
    record = api.get("v1", "ConfigMap", "cluster-record", demo.namespace)
    data = {**json.loads(record["data"]["record.json"]), "uid": uid}
    api.replace({**record, "data": {"record.json": json.dumps(data)}})


def label(bare_api: BareApi, namespace: str, uid: str | None) -> None:
    bare_api.api("system:setup").request("PATCH", f"/api/v1/namespaces/{namespace}", body={"metadata": {"labels": {"kubermatic.caas/uid": uid}}},
                                         content_type="application/merge-patch+json")


def test_whoever_writes_the_record_does_not_choose_whose_machines_are_removed(demo: Customer, bare_api: BareApi):
    demo.call(1)
    victim = demo.there.somebodys("victim-web-1", FOREIGN_UID, "web")
    before = victim()
    writes = demo.there.writes
    record_says(bare_api, demo, FOREIGN_UID)
    with bare_api.watched() as seen:
        for given in ({"count": 0}, {"count": 2}, {"state": "absent"}):
            with pytest.raises(InvalidInput, match="has another UID than its namespace") as failure:
                demo.call(**given)
    assert seen.writes == [] and demo.there.writes == writes and victim() == before
    assert f"kubectl label namespace {demo.namespace} kubermatic.caas/uid={FOREIGN_UID}" in failure.value.line()


def test_the_uid_outlives_the_namespace_if_an_administrator_says_so(demo: Customer, bare_api: BareApi):
    """As when a cluster comes back from a backup."""
    demo.call(1)
    record_says(bare_api, demo, FOREIGN_UID)
    label(bare_api, demo.namespace, FOREIGN_UID)
    assert demo.call(1, check_mode=True)["uid"] == FOREIGN_UID
    label(bare_api, demo.namespace, None)


def test_no_two_clusters_have_one_uid(demo: Customer, customers: Any, bare_api: BareApi):
    victim = customers()
    uid = victim.call(1)["uid"]
    record_says(bare_api, demo, uid)
    label(bare_api, demo.namespace, uid)
    with pytest.raises(InvalidInput, match=f"is the UID of namespace {victim.namespace}"):
        demo.call(0)
    label(bare_api, demo.namespace, None)


def test_another_run_has_the_lock(demo: Customer):
    demo.call(1)
    other = demo.somebody_else()
    with pytest.raises(LockHeld):
        other.call(2)
    assert len(demo.names) == 1
    assert not other.call(1)["changed"]


def test_a_provider_at_stage_alpha_must_be_allowed(demo: Customer):
    with pytest.raises(InvalidInput, match=rf"provider: {demo.provider} is alpha.*[Tt]he allowed stages are beta and public"):
        demo.call(1, allowed_stages=["beta", "public"])
    assert demo.there.cloud.heard == []
    demo.call(1)
    # what is there can be looked after
    demo.call(0, allowed_stages=["beta", "public"])
    assert demo.names == []


@pytest.mark.parametrize(("given", "part"), [
    ({"node_count": -1}, "node_count '-1' can't be used"), ({"node_count": "many"}, "node_count 'many' can't be used"),
    ({"node_count": 10**9}, "Use a whole number from 0 to 1000"), ({}, "node_count 'None' can't be used"),
    ({"node_count": 3, "max_node_count": 2}, "more than max_node_count 2"),
    ({"node_count": 1, "pool": "a_b"}, "Node pool name 'a_b' is not valid"),
    ({"node_count": 1, "tags": ["kubermatic-caas:x"]}, "are reserved, because the collection finds its machines by them")])
def test_bad_input_is_one_line_and_makes_nothing(bare_api: BareApi, demo: Customer, given: dict[str, Any], part: str):
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=part) as failure:
        demo.call(**given)
    assert "\n" not in failure.value.line() and demo.provider.secret not in failure.value.line()
    assert seen.writes == [] and demo.there.cloud.writes == [] and demo.there.left() == []


def test_a_cluster_that_is_not_there(customers: Customers):
    demo = customers(running=False)
    with pytest.raises(InvalidInput, match=r"has no record.*[Cc]reate the cluster first"):
        demo.call(1)
    assert demo.there.cloud.writes == []


def test_a_pool_can_not_change_its_provider(demo: Customer, bare_api: BareApi):
    demo.call(1)
    here, other = demo.provider.name, next(one.name for one in PROVIDERS if one is not demo.provider)
    api = bare_api.api("system:setup")
    record = api.get("v1", "ConfigMap", "cluster-record", demo.namespace)
    api.replace({**record, "data": {"record.json": record["data"]["record.json"].replace(f'"provider": "{here}"', f'"provider": "{other}"')}})
    with pytest.raises(InvalidInput, match=f"Node pool web is at {other} and can't move to {here}"):
        demo.call(2)
    assert len(demo.names) == 1


@pytest.mark.parametrize(("provider", "first", "then", "beside"), [(one, *kills) for one in PROVIDERS for kills in one.kills], ids=str)
def test_killed_before_any_request_the_next_run_converges(bare_api: BareApi, customers: Customers, monkeypatch: pytest.MonkeyPatch, provider: Provider,
                                                          first: int, then: int | None, beside: int):
    """then: None for a pool that ends. beside: how many things the pool has at the cloud that are no machines."""
    last: dict[str, Any] = {"state": "absent"} if then is None else {"count": then}
    for call in range(1, 100, provider.kill_every):
        demo = customers(lag=30, seed=call)
        demo.call(first)
        demo.there.clock.sleep(500)
        died = False
        with monkeypatch.context() as patch:
            kill_before_call(provider.api, call, patch)
            try:
                demo.call(**last)
            except Killed:
                died = True
        # whoever removes the cluster now must know where it has something
        assert demo.there.left() == [] or intent_log.is_bound(PoolRecord(bare_api.api(), demo.caller.cluster, demo.namespace).read(), "web")
        demo.call(**last)
        assert len(demo.names) == len(set(demo.names)) == (then or 0), f"killed at {call}: {demo.names}"
        assert len(demo.there.beside()) == beside and (then is not None or demo.there.left() == []), f"killed at {call}: {demo.there.left()}"
        if not died:
            break
    else:
        raise AssertionError("no run came to its end")
    assert call > 8


@pytest.mark.parametrize("part", range(4))
def test_trials_with_lost_replies_and_lists_that_lag(customers: Customers, provider: Provider, part: int):
    """Random counts, faults, lags; runs end early, and are begun again until one says that it is done. In the end nothing may be left."""
    kinds = (Fault.LIMITED, Fault.ERROR, Fault.ERROR_AFTER, Fault.DROPPED, Fault.LOST_AFTER, Fault.HTML_AFTER)
    runs = 0
    for seed in range(part, provider.trials, 4):
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
        assert demo.there.left() == [], f"trial {seed}: {demo.there.left()}"
    print(f"{runs} runs")


def test_any_options(bare_api: BareApi, demo: Customer):
    try_all(bare_api, options(demo.good_options(), sorted(NodePoolResource.ARGUMENT_SPEC)), demo.attempt, FAST)


def test_the_product_waits_by_the_real_clock():
    assert isinstance(NodePoolResource.clock, Clock)


def test_whether_a_pool_can_be_had_is_asked_before_its_cluster_is_there(customers: Customers):
    customer = customers(running=False)
    assert customer.call(3, state="fit")["changed"] is False
    with pytest.raises(InvalidInput, match="There is no size"):
        customer.call(3, state="fit", size="x9.huge")
    assert customer.there.writes == 0 and customer.names == []
