# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Somebody who writes to a cluster all the time, and remembers what was acknowledged."""
from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

LABEL = "writer"


class Writer:
    """acknowledged: names of ConfigMaps; gap: longest time in seconds without an acknowledgement; errors: what was answered instead."""

    def __init__(self, kubeconfig: Path, name: str) -> None:
        self.api, self.name = KubeApi.from_kubeconfig(str(kubeconfig)), name
        self.acknowledged: list[str] = []
        self.errors: list[str] = []
        self.gap = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    @contextmanager
    def at_work(self) -> Iterator[Writer]:
        self._thread.start()
        try:
            yield self
        finally:
            self._end.set()
            self._thread.join(timeout=60)

    def _write(self) -> None:
        number, last = 0, time.monotonic()
        while not self._end.wait(0.1):
            number += 1
            name = f"{self.name}-{number}"
            try:
                self.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default", "labels": {LABEL: self.name}}})
            except CaasError as error:
                self.errors.append(error.line())
                continue
            now = time.monotonic()
            self.gap, last = max(self.gap, now - last), now
            self.acknowledged.append(name)

    def lost(self) -> set[str]:
        """Acknowledged, and not there."""
        there = {item["metadata"]["name"] for item in self.api.list("v1", "ConfigMap", "default", f"{LABEL}={self.name}")}
        return set(self.acknowledged) - there
