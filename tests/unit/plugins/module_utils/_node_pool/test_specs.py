# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory over record, command line over both; every mistake is one line."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import specs as pool_specs
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool, node_pool

WEB: dict[str, Any] = {"name": "web", "provider": "digitalocean", "node_count": 2, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
DB = {**WEB, "name": "db", "node_count": 1}
EMPTY = Record("demo", "Running", "2026-01-01T00:00:00Z")


def counts(wanted: pool_specs.Wanted) -> dict[str, int]:
    return {pool.name: pool.node_count for pool in wanted.pools}


def known(*specs: dict[str, Any]) -> Record:
    return pool_specs.noted(EMPTY, pool_specs.wanted("demo", list(specs), None).pools)


def test_from_the_inventory():
    wanted = pool_specs.wanted("demo", [WEB, DB], EMPTY)
    assert counts(wanted) == {"web": 2, "db": 1} and all("over public addresses" in hint for hint in wanted.hints)
    assert pool_specs.wanted("demo", None, EMPTY).pools == ()


def test_the_command_line_counts_more_and_says_what_follows():
    wanted = pool_specs.wanted("demo", [WEB], EMPTY, node_count="5")
    assert counts(wanted) == {"web": 5}
    assert "said node_count: 2" in wanted.hints[0] and "write 5" in wanted.hints[0]
    assert counts(pool_specs.wanted("demo", [WEB, DB], EMPTY, pool="db", node_count=0)) == {"db": 0}
    assert counts(pool_specs.wanted("demo", [WEB, DB], EMPTY, pool="db")) == {"db": 1}


def test_a_pool_that_only_the_record_knows():
    assert counts(pool_specs.wanted("demo", None, known(WEB))) == {"web": 2}
    assert counts(pool_specs.wanted("demo", None, known(WEB), node_count=3)) == {"web": 3}
    # the inventory counts more, and says nothing of the other one
    assert counts(pool_specs.wanted("demo", [{**WEB, "node_count": 4}], known(WEB, DB))) == {"web": 4, "db": 1}


def test_a_pool_without_a_number_keeps_the_one_of_its_record_up_to_its_own_limit():
    without = {key: value for key, value in WEB.items() if key != "node_count"}
    assert counts(pool_specs.wanted("demo", [{**without, "max_node_count": 7}], known({**WEB, "node_count": 7}))) == {"web": 7}
    assert counts(pool_specs.wanted("demo", [without], known({**WEB, "node_count": 7}), node_count=8)) == {"web": 8}
    with pytest.raises(InvalidInput, match="no node_count"):
        pool_specs.wanted("demo", [without], EMPTY)
    # others may write the record, and the account of this run would pay for a thousand
    with pytest.raises(InvalidInput, match=r"no node_count.*others may write that.*Write node_count, or max_node_count"):
        pool_specs.wanted("demo", [without], known({**WEB, "node_count": 1000}))
    with pytest.raises(InvalidInput, match="node_count 1000 is more than max_node_count 7"):
        pool_specs.wanted("demo", [{**without, "max_node_count": 7}], known({**WEB, "node_count": 1000}))


def test_whether_only_the_record_describes_a_pool_is_told():
    assert pool_specs.wanted("demo", None, known(WEB)).by_record == ("web",)
    assert pool_specs.wanted("demo", [WEB], known(WEB, DB)).by_record == ("db",)
    assert pool_specs.wanted("demo", [WEB], known(WEB, DB), pool="web").by_record == ()


def test_what_is_noted_is_no_tie_to_a_provider():
    record = known(WEB)
    assert not intent_log.is_bound(record, "web") and pool_specs.bound(record) == []
    assert pool_specs.noted(record, pool_specs.wanted("demo", [WEB], record).pools) == record
    tied = replace(record, pools={"web": {**record.pools["web"], "provider": "digitalocean"}})
    assert pool_specs.bound(tied) == [{"name": "web", "provider": "digitalocean"}]
    # a pool that is no more isn't made again
    assert pool_specs.wanted("demo", None, intent_log.released(tied, "web")).pools == ()


MISTAKES = {
    "no list": ({"name": "web"}, {}, "is not a list"),
    "no mapping": (["web"], {}, "not a mapping"),
    "unknown key": ([{**WEB, "nodes": 3}], {}, "'nodes' is not a key of a node pool"),
    "two of one name": ([WEB, {**DB, "name": "web"}], {}, "Two node pools are called 'web'"),
    "no name": ([{**WEB, "name": None}], {}, "name"),
    "own machines": ([{**WEB, "provider": "hosts"}], {}, "hosts of the group nodes"),
    "unknown provider": ([{**WEB, "provider": "moon"}], {}, "makes no machines"),
    "unknown pool": ([WEB], {"pool": "cache"}, "no node pool 'cache'. Its pools: web"),
    "no pool at all": (None, {"pool": "cache"}, "it has none"),
    "which pool": ([WEB, DB], {"node_count": 3}, "add -e pool=web"),
    "negative": ([WEB], {"node_count": "-1"}, "from 0 to 1000"),
    "huge": ([WEB], {"node_count": "1000000000000"}, "from 0 to 1000"),
    "text": ([WEB], {"node_count": "three"}, "'three'"),
    "half": ([WEB], {"node_count": 1.5}, "'1.5'"),
    "over its max": ([{**WEB, "max_node_count": 3}], {"node_count": 4}, "more than max_node_count 3"),
    "under its min": ([{**WEB, "min_node_count": 2}], {"node_count": 1}, "less than min_node_count 2"),
    "a user that is an option": ([{**WEB, "ssh_user": "-oProxyCommand=id"}], {}, "ssh_user"),
    "a label": ([{**WEB, "labels": {"a": "b c"}}], {}, "label a"),
}


@pytest.mark.parametrize(("listed", "words", "part"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line(listed: Any, words: dict[str, Any], part: str):
    with pytest.raises(InvalidInput) as error:
        pool_specs.wanted("demo", listed, EMPTY, **words)
    assert part.lower() in error.value.line().lower() and error.value.line().isprintable()


def test_a_pool_whose_provider_changed():
    tied = replace(EMPTY, pools={"web": {"provider": "aws"}})
    with pytest.raises(InvalidInput, match="is at aws and can't move to digitalocean"):
        pool_specs.wanted("demo", [WEB], tied)


def test_a_pool_of_which_the_record_knows_nothing_but_its_provider():
    tied = replace(EMPTY, pools={"web": {"provider": "digitalocean"}})
    with pytest.raises(InvalidInput, match="Node pool 'web' is not defined"):
        pool_specs.wanted("demo", None, tied, pool="web", node_count=2)


@given(st.fixed_dictionaries({"node_count": st.integers(0, 1000)}, optional={
    "min_node_count": st.just(0), "max_node_count": st.just(1000), "disk": st.integers(10, 100), "network": st.just("vpc-1"), "tags": st.just(["env:prod"]),
    "ssh_keys": st.just(["42"]), "labels": st.just({"a": "b"}), "ssh_user": st.just("admin"),
    "taints": st.just([{"key": "a", "effect": "NoExecute"}])}))
def test_what_is_kept_gives_the_same_pool_again(more: dict[str, Any]):
    pool = node_pool("demo", "digitalocean", {**WEB, **more})
    spec = pool_specs.spec_of(pool)
    assert node_pool("demo", spec["provider"], spec) == pool
    record = Record.of(pool_specs.noted(EMPTY, [pool]).text())
    assert pool_specs.wanted("demo", None, record).pools == (pool,)


def test_every_field_can_be_written():
    assert set(pool_specs.KEYS) >= {"name", "provider", "node_count", "labels", "taints", "ssh_user"} and "cluster" not in pool_specs.KEYS
    assert isinstance(pool_specs.wanted("demo", [WEB], None).pools[0], NodePool)


def test_a_firewall_of_one_pool_would_shut_the_machines_of_another():
    closed = {**WEB, "ssh_cidrs": ["203.0.113.7/32"]}
    with pytest.raises(InvalidInput, match="Node pool db has no ssh_cidrs, and web has"):
        pool_specs.wanted("demo", [closed, DB], EMPTY)
    with pytest.raises(InvalidInput, match="Node pool db has no ssh_cidrs, and web has"):
        pool_specs.wanted("demo", [closed], known(DB), pool="web")
    # of AWS, or without machines, it shuts nobody out
    pool_specs.wanted("demo", [closed, {**DB, "provider": "aws"}], EMPTY)
    pool_specs.wanted("demo", [closed, {**DB, "node_count": 0}], EMPTY)
    pool_specs.wanted("demo", [closed, {**DB, "ssh_cidrs": ["198.51.100.0/24"]}], EMPTY)


def test_all_pools_are_counted_also_those_that_are_not_asked_for():
    assert pool_specs.wanted("demo", [{**WEB, "node_count": 3}, {**DB, "node_count": 4}], EMPTY, pool="web", node_count=5).machines == 9


@pytest.mark.parametrize(("pod_cidr", "room"), [("10.244.0.0/22", 4), ("10.244.0.0/21", 8), ("10.244.0.0/16", 256), ("10.0.0.0/8", 65536)])
def test_every_node_needs_a_network_for_its_pods(pod_cidr: str, room: int):
    pool_specs.check_room("demo", pod_cidr, machines=room - 1, own_nodes=1)
    with pytest.raises(InvalidInput, match=f"would have {room + 1} nodes, and pod_cidr {pod_cidr} has room for {room}"):
        pool_specs.check_room("demo", pod_cidr, machines=room, own_nodes=1)


@pytest.mark.parametrize(("more", "told"), [
    ({}, 1), ({"network": "vpc-1"}, 0), ({"node_address": "public"}, 0), ({"node_address": "private"}, 0), ({"node_count": 0}, 0), ({"provider": "aws"}, 0)])
def test_traffic_of_nodes_over_public_addresses_is_told(more: dict[str, Any], told: int):
    assert len([hint for hint in pool_specs.wanted("demo", [{**WEB, **more}], None).hints if "over public addresses" in hint]) == told


def test_which_address_a_node_has_is_for_one_provider_alone():
    with pytest.raises(InvalidInput, match="node_address is only for node pools at digitalocean"):
        pool_specs.wanted("demo", [{**WEB, "provider": "aws", "node_address": "private"}], None)
    with pytest.raises(InvalidInput, match=r"node_address 'both' can't be used.*private or public"):
        pool_specs.wanted("demo", [{**WEB, "node_address": "both"}], None)
