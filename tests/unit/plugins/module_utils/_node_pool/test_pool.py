# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import LONGEST_MACHINE_NAME, NodePool, check_unique, node_pool

GOOD = {"name": "web", "node_count": 3, "region": "fra1", "size": "s-2vcpu-4gb", "image": "ubuntu-24-04-x64"}


def pool(**given: Any) -> NodePool:
    return node_pool("demo", "digitalocean", {**GOOD, **given})


def test_a_pool():
    found = pool(max_node_count=5, ssh_keys=[289794, "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"], tags=["env:prod"], image=7555620)
    assert (found.node_count, found.max_node_count, found.image) == (3, 5, "7555620")
    assert found.ssh_keys == ("289794", "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45")
    assert found.machine_name(7) == "demo-web-7"


@pytest.mark.parametrize("count", [-1, "-1", 1.5, "1.5", "three", "", None, True, 1001, "99999999999999999999", "٣", [3], {"a": 1}])
def test_counts_that_are_refused(count: Any):
    with pytest.raises(InvalidInput, match="Use a whole number from 0 to 1000"):
        pool(node_count=count)


def test_a_count_from_the_command_line_is_text():
    assert pool(node_count="4").node_count == 4


@pytest.mark.parametrize(("limits", "part"), [
    ({"max_node_count": 2}, "node_count 3 is more than max_node_count 2"), ({"min_node_count": 4}, "node_count 3 is less than min_node_count 4"),
    ({"min_node_count": 4, "max_node_count": 2}, "Swap them"), ({"max_node_count": "x"}, "max_node_count 'x' can't be used")])
def test_limits(limits: dict[str, Any], part: str):
    with pytest.raises(InvalidInput, match=part):
        pool(**limits)


@pytest.mark.parametrize("name", ["", "Web", "web_1", "-web", "web-", "1web", "../x", "web\n", "$(id)", "{{ 7*7 }}", None, 3, "w" * 60])
def test_names_that_are_refused(name: Any):
    with pytest.raises(InvalidInput, match="Node pool name") as error:
        pool(name=name)
    assert "\n" not in error.value.line()


@pytest.mark.parametrize("field", ["region", "size", "image"])
@pytest.mark.parametrize("value", [None, "", "fra 1", "fra1\n", "{{ x }}", "a" * 101, ["fra1"], True, "../account", "a/../b", "a?b=c"])
def test_words_that_are_refused(field: str, value: Any):
    with pytest.raises(InvalidInput, match="is not valid"):
        pool(**{field: value})


@pytest.mark.parametrize(("tag", "part"), [("a b", "is not valid"), ("", "is not valid"), (7, "is not valid"), ("a" * 256, "is not valid"),
                                           ("kubermatic-caas:0", "are reserved"), ("Kubermatic-CaaS-pool:x", "are reserved")])
def test_tags_that_are_refused(tag: Any, part: str):
    with pytest.raises(InvalidInput, match=part):
        pool(tags=[tag])


@pytest.mark.parametrize("network", ["a/b", "..", "a?b", 7, ["a"], "a" * 65])
def test_networks_that_are_refused(network: Any):
    with pytest.raises(InvalidInput, match=r"Network .* is not valid"):
        pool(network=network)


def test_two_pools_with_one_name():
    check_unique("demo", ["web", "db"])
    with pytest.raises(InvalidInput, match="Two node pools are called 'web'"):
        check_unique("demo", ["web", "db", "web"])


@given(st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True), st.from_regex(r"[a-z]([a-z0-9-]{0,50}[a-z0-9])?", fullmatch=True),
       st.integers(1, 1000))
def test_machine_names_fit_and_tell_their_pool(cluster: str, name: str, number: int):
    try:
        found = node_pool(cluster, "digitalocean", {**GOOD, "name": name})
    except InvalidInput:
        return
    machine = found.machine_name(number)
    assert len(machine) <= LONGEST_MACHINE_NAME
    assert found.is_machine_name(machine)
    assert not found.is_machine_name(machine + "-1") and not found.is_machine_name(f"{cluster}-{name}-0{number}")


@given(st.dictionaries(st.sampled_from([*GOOD, "min_node_count", "max_node_count", "disk", "network", "tags", "ssh_keys", "zones"]),
                       st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()))))
def test_whatever_is_given_the_answer_is_a_pool_or_one_line(given_: dict[str, Any]):
    try:
        node_pool("demo", "digitalocean", {**GOOD, **given_})
    except InvalidInput as error:
        assert "\n" not in error.line() and len(error.line()) < 500


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("option", ["min_node_count", "max_node_count", "zones", "disk", "network", "ssh_keys", "tags", "labels", "taints", "ssh_user",
                                    "ssh_public_key", "ssh_cidrs", "public_address"])
def test_null_and_empty_mean_left_out(option: str, nothing: Any):
    assert pool(**{option: nothing}) == pool()
