# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whom a play is for."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.selection import SELECTIONS, Selection

GROUPS = {"clusters": ["demo", "my-shop"], "nodes": ["web-1", "web-2", "till-1", "spare", "stray"],
          "cluster_demo": ["demo", "web-1", "web-2"], "cluster_my_shop": ["my-shop", "till-1"]}
HOSTS: dict[str, dict[str, Any]] = {"demo": {}, "my-shop": {}, "web-1": {"cluster": "demo"}, "web-2": {"cluster": "demo"},
                                    "till-1": {"cluster": "my-shop"}, "spare": {}, "stray": {"cluster": "gone"}}
ASKED = {"seed_known": {"changed": False}}
NEW = {**ASKED, "control_plane_spec": {"cluster": {"kubernetes_version": "1.36.3"}, "runs": False}, "node_pools_checked": {"pools": []}}
RUNS = {**ASKED, "control_plane_spec": {"cluster": {"kubernetes_version": "1.36.3"}, "runs": True}, "control_plane_noted": {"phase": "Running"}}
REFUSED = {**ASKED, "control_plane_spec": {"failed": True, "msg": "no such version"}}


def selected(what: str, *, named: bool = False, cluster: Any = None, **variables: Any) -> list[str]:
    hosts = {name: {**known, **variables.get(name.replace("-", "_"), {})} for name, known in HOSTS.items()}
    return SELECTIONS[what](Selection(GROUPS, hosts, named, cluster))


def test_without_a_name_all_are_meant():
    assert selected("clusters") == ["demo", "my-shop"] and selected("nodes") == GROUPS["nodes"]


@pytest.mark.parametrize(("cluster", "clusters", "nodes"), [
    ("demo", ["demo"], ["web-1", "web-2"]), ("my-shop", ["my-shop"], ["till-1"]),
    ("all", [], []), ("demo:my-shop", [], []), ("*", [], []), ("", [], []), (None, [], []), (7, [], [])])
def test_a_name_is_one_cluster_and_never_a_pattern(cluster: Any, clusters: list[str], nodes: list[str]):
    assert selected("clusters", named=True, cluster=cluster) == clusters
    assert selected("nodes", named=True, cluster=cluster) == nodes


def test_hosts_of_new_clusters_are_looked_at_first():
    assert selected("nodes_of_new_clusters", demo=NEW, my_shop=RUNS) == ["web-1", "web-2"]
    assert selected("nodes_of_new_clusters", demo=REFUSED, my_shop=RUNS) == []
    assert selected("nodes_of_new_clusters") == []


@pytest.mark.parametrize("result", ["node_pools_checked", "node_pools_at_aws", "control_plane_credentials"])
def test_hosts_of_a_cluster_that_is_not_good_are_not_asked(result: str):
    assert selected("nodes_of_new_clusters", demo={**NEW, result: {"failed": True, "msg": "no region moon"}}) == []
    assert selected("nodes_of_new_clusters", demo={**NEW, "control_plane_replicas": 2, "node_pools": [{"name": "web"}]}) == ["web-1", "web-2"]


SILENT, BROKEN = {"node_result": {"unreachable": True, "msg": "x"}}, {"node_result": {"failed": True, "msg": "y"}}
LACKS, COMPLETE = {"node_result": {"changed": False, "lacking": ["kubelet 1.36.3"]}}, {"node_result": {"changed": False, "lacking": []}}


@pytest.mark.parametrize(("one", "two", "fetch", "clean"), [
    (LACKS, LACKS, ["web-1", "web-2"], []), (LACKS, COMPLETE, ["web-1"], []), (COMPLETE, COMPLETE, [], []),
    (LACKS, BROKEN, [], ["web-1"]), (SILENT, LACKS, [], ["web-2"]), (SILENT, BROKEN, [], []), (COMPLETE, BROKEN, [], [])])
def test_a_cluster_with_a_host_that_failed_fetches_nothing(one: dict[str, Any], two: dict[str, Any], fetch: list[str], clean: list[str]):
    # that of another customer neither helps nor harms
    for other, fetched in ((LACKS, ["till-1"]), (BROKEN, [])):
        assert selected("nodes_to_fetch", demo=NEW, my_shop=NEW, web_1=one, web_2=two, till_1=other) == fetch + fetched
        assert selected("nodes_to_clean", demo=NEW, my_shop=NEW, web_1=one, web_2=two, till_1=other) == clean
    assert selected("nodes_to_fetch", demo=RUNS, web_1=one, web_2=two) == selected("nodes_to_clean", demo=RUNS, web_1=one, web_2=two) == []


def test_whether_another_cluster_waits():
    assert selected("another_cluster", named=True, cluster="demo", demo=NEW, my_shop=RUNS) == ["my-shop"]
    assert selected("another_cluster", named=True, cluster="demo", demo=NEW) == []


def test_nodes_of_a_cluster_that_failed_are_left_out():
    assert selected("nodes_to_join", demo=NEW, my_shop=RUNS) == ["till-1"]
    assert selected("nodes_to_join", demo=REFUSED, my_shop=RUNS) == ["till-1"]
    # with --limit web-1 no cluster takes part
    assert selected("nodes_to_join") == ["web-1", "web-2", "till-1"]


def test_nodes_whose_cluster_takes_no_part():
    assert selected("nodes_alone", my_shop=RUNS) == ["web-1", "web-2", "stray"]
    assert selected("nodes_alone", demo=REFUSED, my_shop=RUNS) == ["stray"]


def test_clusters_that_have_node_pools():
    some, none = {"node_pools_checked": {"pools": [{"name": "web"}]}}, {"node_pools_checked": {"pools": []}}
    assert selected("clusters_with_node_pools", demo=some, my_shop=none) == ["demo"]


def test_who_only_lists_hosts_has_no_variables():
    there = Selection(GROUPS, {}, True, "demo")
    assert {what: select(there) for what, select in SELECTIONS.items()} == {
        **{what: [] for what in SELECTIONS}, "clusters": ["demo"], "nodes": ["web-1", "web-2"], "nodes_to_join": ["web-1", "web-2"],
        "upgrade_hosts": ["demo", "web-1", "web-2"], "upgrade_rings": [3]}


def test_an_inventory_without_groups():
    assert {what: select(Selection({}, {})) for what, select in SELECTIONS.items()} == {what: [] for what in SELECTIONS}


@pytest.mark.parametrize(("at_once", "sizes"), [(1, [3, 2]), (2, [5]), (9, [5])])
def test_a_ring_is_clusters_each_followed_by_its_nodes(at_once: int, sizes: list[int]):
    every = Selection(GROUPS, {}, at_once=at_once)
    assert every.upgrade_hosts() == ["demo", "web-1", "web-2", "my-shop", "till-1"] and every.upgrade_rings() == sizes


def test_rings_are_of_hosts_that_a_limit_leaves():
    left = Selection(GROUPS, {}, within=frozenset({"demo", "web-2", "till-1", "spare"}))
    assert left.rings() == [["demo", "web-2"]]
    assert Selection(GROUPS, {}, True, "my-shop").rings() == [["my-shop", "till-1"]]
    assert Selection({}, {}).rings() == []


def test_a_host_in_the_groups_of_two_clusters_counts_once():
    """As a play counts it: else the clusters of two rings would go side by side."""
    shared = Selection({"clusters": ["a", "b", "c"], "nodes": ["x"], "cluster_a": ["a", "x"], "cluster_b": ["b", "x"]}, {})
    assert shared.upgrade_hosts() == ["a", "x", "b", "c"] and shared.upgrade_rings() == [2, 1, 1]
