# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How pods leave a node, by what an API server alone decides: whoever is evicted, and whose budget refuses it."""
from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.drain import drain
from api.bare_api import BareApi

OURS = labels("demo")
REFUSED = r"isn't empty after 1 s.*dns-1 \(.*budget"
_numbers = count(1)


@dataclass
class Nodes:
    """made: what goes in the end, as all tests share one API."""

    api: KubeApi
    namespace: str
    made: list[dict[str, Any]] = field(default_factory=list)

    def has(self, manifest: dict[str, Any]) -> dict[str, Any]:
        made = self.api.create(manifest)
        self.made.append({**manifest, "metadata": made["metadata"]})
        return made

    def has_node(self, name: str, *, ready: bool = True, **spec: Any) -> str:
        node = self.has({"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"{self.namespace}-{name}"}})
        # a new one has a taint that a controller takes away
        node = self.api.replace({**node, "spec": spec})
        status = {"conditions": [{"type": "Ready", "status": str(ready), "reason": "Test", "message": ""}]}
        self.api.request("PUT", f"/api/v1/nodes/{node['metadata']['name']}/status", body={**node, "status": status})
        return node["metadata"]["name"]

    def has_pod(self, node: str) -> None:
        pod = self.has({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "dns-1", "namespace": self.namespace, "labels": {"app": "dns"}},
                        "spec": {"nodeName": node, "terminationGracePeriodSeconds": 0, "containers": [{"name": "dns", "image": "dns:1"}]}})
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        self.api.request("PUT", f"/api/v1/namespaces/{self.namespace}/pods/dns-1/status", body={**pod, "status": status})

    def has_budget(self, name: str = "dns", *, counted: bool = True, **marks: str) -> None:
        """counted: the controller of budgets has seen it."""
        budget = self.has({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": self.namespace, "labels": marks},
                           "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "dns"}}}})
        if not counted:
            return
        # as it counts two pods of which one is away
        status = {"observedGeneration": budget["metadata"]["generation"], "expectedPods": 2, "desiredHealthy": 1, "currentHealthy": 1, "disruptionsAllowed": 0}
        self.api.request("PUT", f"/apis/policy/v1/namespaces/{self.namespace}/poddisruptionbudgets/{name}/status", body={**budget, "status": status})

    def drained(self, node: str, timeout: int = 60) -> list[str]:
        lines: list[str] = []
        drain(self.api, node, timeout=timeout, progress=lines.append, pause=lambda: time.sleep(0.1))
        return lines

    @property
    def pods(self) -> list[str]:
        return [pod["metadata"]["name"] for pod in self.api.list("v1", "Pod", self.namespace)]


@pytest.fixture
def nodes(bare_api: BareApi) -> Iterator[Nodes]:
    there = Nodes(bare_api.api("system:setup"), f"drain{next(_numbers)}")
    there.has({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": there.namespace}})
    try:
        yield there
    finally:
        for one in reversed(there.made):
            there.api.delete(one["apiVersion"], one["kind"], one["metadata"]["name"], one["metadata"].get("namespace"))


def test_a_pod_without_budget_is_evicted(nodes: Nodes):
    node = nodes.has_node("a")
    nodes.has_pod(node)
    assert nodes.drained(node) == [f"Pod {nodes.namespace}/dns-1 evicted"]
    assert nodes.pods == []


def test_a_budget_is_kept_and_named(nodes: Nodes):
    node = nodes.has_node("a")
    nodes.has_node("b")
    nodes.has_pod(node)
    nodes.has_budget(**OURS)
    with pytest.raises(NotReady, match=REFUSED):
        nodes.drained(node, timeout=1)
    assert nodes.pods == ["dns-1"]


@pytest.mark.parametrize("other", [
    None, {"ready": False}, {"unschedulable": True}, {"taints": [{"key": "dedicated", "effect": "NoSchedule"}]}],
    ids=["no other", "not ready", "cordoned", "for others"])
def test_our_own_budget_does_not_hold_back_the_last_node(nodes: Nodes, other: dict[str, Any] | None):
    node = nodes.has_node("a")
    if other is not None:
        nodes.has_node("b", **other)
    nodes.has_pod(node)
    nodes.has_budget(**OURS)
    assert nodes.drained(node) == [f"Pod {nodes.namespace}/dns-1 ends: no other node can take it"]
    assert nodes.pods == []


def test_the_budget_of_a_user_holds_back_the_last_node_too(nodes: Nodes):
    node = nodes.has_node("a")
    nodes.has_pod(node)
    nodes.has_budget()
    with pytest.raises(NotReady, match=REFUSED):
        nodes.drained(node, timeout=1)
    assert nodes.pods == ["dns-1"]


def test_a_budget_that_nobody_has_counted_yet_is_told_at_once(nodes: Nodes):
    """The server then asks to come back in ten seconds: that is no reason to be silent, or to overstay."""
    node = nodes.has_node("a")
    nodes.has_node("b")
    nodes.has_pod(node)
    nodes.has_budget(counted=False)
    begin = time.monotonic()
    with pytest.raises(NotReady, match=REFUSED):
        nodes.drained(node, timeout=1)
    assert time.monotonic() - begin < 8
