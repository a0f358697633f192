# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Status of many clusters, some of whose APIs are hostile. The seed is made up; the clusters' APIs are servers. With a real seed: tests/api/test_info.py."""
from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import info_resource as cluster_info
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from api.hostile_api import HostileApi, Reply, answer, headers_without_end, slowly, without_end

NODE = {"metadata": {"name": "web-1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
NODES = answer({"kind": "NodeList", "items": [NODE]})
HOSTILE: dict[str, Reply] = {
    "slow": lambda method, path: slowly(NODES), "silent": lambda method, path: (b"" for dummy in iter(lambda: time.sleep(0.2), 1)),
    "endless": lambda method, path: without_end(), "headers": lambda method, path: headers_without_end(),
    "text": lambda method, path: [answer(b"hello", kind="text/plain")], "half": lambda method, path: [answer(b"{")],
    "numbers": lambda method, path: [answer({"items": [1]})], "boo": lambda method, path: [answer({"items": [{**NODE, "status": "boo"}]})],
    "tab": lambda method, path: [answer({"items": [NODE]}, headers=['Warning: 299 - "a\tb"'])],
    "later": lambda method, path: [answer({}, status="503 Later", headers=["Retry-After: 21600"])]}


class Seed:
    """What the resource asks a seed for. ports: cluster -> where its API is."""

    server = "https://192.0.2.1:6443"
    access = Access(server)
    # its clock
    ahead = timedelta(0)

    def __init__(self, ca: tuple[str, str], ports: dict[str, int]) -> None:
        self.ca, self.ports = ca, ports

    def list(self, api_version: str, kind: str, namespace: str | None = None, label_selector: str | None = None, **dummy: Any) -> list[dict[str, Any]]:
        if kind != "Namespace":
            return []
        return [{"metadata": {"name": f"cluster-{name}", "labels": {"kubermatic.caas/cluster": name}}} for name in self.ports]

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        cluster = str(namespace).removeprefix("cluster-")
        found = {"ca-bundle": {"ca.crt": self.ca[0]}, "endpoint": {"address": "127.0.0.1", "port": str(self.ports[cluster])},
                 "cluster-ca": {"tls.crt": base64.b64encode(self.ca[0].encode()).decode(), "tls.key": base64.b64encode(self.ca[1].encode()).decode()},
                 "cluster-record": {"record.json": json.dumps({"format": 1, "cluster": cluster, "phase": "Running", "since": "2026-03-01T12:00:00Z"})}}
        return {"metadata": {"name": name, "namespace": namespace}, "data": found[name]} if name in found else None


@pytest.fixture
def seed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seed]:
    monkeypatch.setenv("no_proxy", "*")
    ca = x509.self_signed_ca("all")
    servers = {name: HostileApi(reply, ca=ca) for name, reply in {**HOSTILE, **{f"good-{number}": lambda *dummy: [NODES] for number in range(3)}}.items()}
    yield Seed(ca, {name: server.port for name, server in servers.items()})
    for server in servers.values():
        server.close()


def status_of(seed: Seed) -> list[dict[str, Any]]:
    resource = ClusterInfoResource({"seed_kubeconfig": "", "cluster": None, "inventory_nodes": None, "fail_if": "never"},
                                   holder="", check_mode=False, progress=print)
    resource.__dict__["seed"] = seed
    return run(resource)["clusters"]


def test_hostile_clusters_neither_hide_nor_hold_up_the_others(seed: Seed):
    began = time.monotonic()
    found = {one["name"]: one for one in status_of(seed)}
    assert time.monotonic() - began < cluster_info.LIMITS.patience + 6
    for name, one in found.items():
        if name in ("tab", "good-0", "good-1", "good-2"):
            assert (one["nodes"], one["problems"]) == ({"ready": 1, "total": 1}, []), one
        else:
            assert one["nodes"] is None and one["problems"][0].startswith(f"The API of cluster {name} "), one
    assert len(found) == len(HOSTILE) + 3


def test_what_nobody_thought_of_is_a_problem_of_that_cluster_alone(seed: Seed, monkeypatch: pytest.MonkeyPatch):
    seed.ports = {name: port for name, port in seed.ports.items() if name.startswith("good")}
    judge = cluster_info.status.node_count

    def broken(nodes: Any) -> Any:
        broken.calls += 1
        return judge([1] if broken.calls == 1 and nodes else nodes)

    broken.calls = 0
    monkeypatch.setattr(cluster_info.status, "node_count", broken)
    found = status_of(seed)
    assert len(found) == 3 and len([one for one in found if one["problems"]]) == 1
    assert all("Traceback" not in line and "\n" not in line for one in found for line in one["problems"])
