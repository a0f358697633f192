# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.dns_spread import pod_to_move


def pod(name: str, node: str, created: str = "2026-01-01T00:00:00Z", **metadata) -> dict:
    return {"metadata": {"name": name, "creationTimestamp": created, **metadata}, "spec": {"nodeName": node} if node else {}}


def node(name: str, ready: str = "True", **spec) -> dict:
    return {"metadata": {"name": name}, "spec": spec, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
BOTH_ON_A = [pod("dns-1", "a"), pod("dns-2", "a", "2026-01-01T00:00:01Z")]


@pytest.mark.parametrize("nodes", [[node("a"), node("b")], [node("a"), node("b", taints=[CONTROL_PLANE])]])
def test_the_younger_one_moves(nodes):
    moving = pod_to_move(BOTH_ON_A, nodes)
    assert moving is not None
    assert moving["metadata"]["name"] == "dns-2"


@pytest.mark.parametrize(("pods", "nodes"), [
    (BOTH_ON_A, [node("a")]),
    (BOTH_ON_A, [node("a"), node("b", ready="Unknown")]),
    (BOTH_ON_A, [node("a"), node("b", unschedulable=True)]),
    (BOTH_ON_A, [node("a"), node("b", taints=[{"key": "dedicated", "effect": "NoSchedule"}])]),
    ([pod("dns-1", "a"), pod("dns-2", "b")], [node("a"), node("b")]),
    ([pod("dns-1", "a")], [node("a"), node("b")]),
    # one that moves already
    ([*BOTH_ON_A[:1], pod("dns-2", "a", deletionTimestamp="2026-01-01T00:01:00Z"), pod("dns-3", "")], [node("a"), node("b")]),
])
def test_nothing_moves(pods, nodes):
    assert pod_to_move(pods, nodes) is None


def test_a_pod_that_was_evicted_hides_nothing():
    """It stays in the lists with the name of its machine."""
    evicted = {**pod("dns-0", "b"), "status": {"phase": "Failed", "reason": "Evicted"}}
    moving = pod_to_move([evicted, *BOTH_ON_A], [node("a"), node("b")])
    assert moving is not None and moving["metadata"]["name"] == "dns-2"
