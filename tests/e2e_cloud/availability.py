# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Somebody who looks all the time how many pods of a workload are ready."""
from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

NAME = "shop"


def workload(replicas: int, at_least: int) -> str:
    """A Deployment that wants its pods on different nodes, and the budget that protects it."""
    labels = {"app": NAME}
    spread = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": labels}}
    pod = {"metadata": {"labels": labels}, "spec": {
        "terminationGracePeriodSeconds": 1, "topologySpreadConstraints": [spread], "containers": [{"name": "web", "image": "registry.k8s.io/pause:3.10.1"}]}}
    items = [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": NAME, "namespace": "default"},
              "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}},
             {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": f"{NAME}-budget", "namespace": "default"},
              "spec": {"minAvailable": at_least, "selector": {"matchLabels": labels}}}]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


class Availability:
    """least: the fewest that were seen ready; looks: how often was looked."""

    def __init__(self, kubeconfig: Path) -> None:
        self.api = KubeApi.from_kubeconfig(str(kubeconfig))
        self.least, self.looks = 1000, 0
        self._end = threading.Event()

    def ready(self) -> int:
        return sum(self._is_ready(pod) for pod in self.api.list("v1", "Pod", "default", label_selector=f"app={NAME}"))

    @staticmethod
    def _is_ready(pod: dict[str, Any]) -> bool:
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in pod.get("status", {}).get("conditions") or ())
        return ready and not pod["metadata"].get("deletionTimestamp")

    @contextmanager
    def watched(self) -> Iterator[Availability]:
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join(timeout=30)

    def _watch(self) -> None:
        while not self._end.wait(0.1):
            self.least, self.looks = min(self.least, self.ready()), self.looks + 1
