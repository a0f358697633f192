# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What several threads do that meet the same outage. One thread and a real server: tests/api."""
from __future__ import annotations

import threading
from inspect import signature
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import retrying_client as patient_api
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.retrying_client import PatientApi
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import AT_ONCE, side_by_side


def test_of_several_threads_that_wait_one_tells_so(monkeypatch: pytest.MonkeyPatch):
    api, told, back = PatientApi(Access("https://192.0.2.1:6443")), [], threading.Event()
    api.progress, api.answered = told.append, True
    together = threading.Barrier(AT_ONCE)

    def request(self: KubeApi, method: str, path: str, *dummy: Any, **dummy2: Any) -> str:
        """Away at first for each thread, and until all of them wait."""
        if api.waiting == AT_ONCE:
            back.set()
        if back.is_set():
            return path
        if path != "/readyz":
            together.wait(10)
        raise Unreachable("The Kubernetes API can't be reached", why="connection refused", repeatable=True)

    monkeypatch.setattr(KubeApi, "request", request)
    monkeypatch.setattr(patient_api, "PAUSE", 0.01)
    paths = [f"/{number}" for number in range(AT_ONCE)]
    assert side_by_side(lambda path: api.request("GET", path), paths) == paths
    assert ["does not answer" in line for line in told] == [True, False] and "answers again" in told[1]
    assert api.waiting == 0


def test_all_that_can_be_said_of_a_request_is_handed_on(monkeypatch: pytest.MonkeyPatch):
    heard: list[Any] = []
    assert signature(PatientApi.request) == signature(KubeApi.request)
    monkeypatch.setattr(KubeApi, "request", lambda self, *words, **more: heard.append((words, more)))
    PatientApi(Access("https://192.0.2.1:6443")).request("POST", "/x", {"a": "b"}, "text", "text/plain", come_back=False)
    assert heard == [(("POST", "/x", {"a": "b"}, "text", "text/plain"), {"come_back": False})]
