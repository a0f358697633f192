# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run reaches on its way, and when: plays by a callback, objects of a cluster by looking at the seed all the time."""
from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

CALLBACKS = Path(__file__).resolve().parent / "callback"
PAUSE = 0.1
Pods = dict[str, dict[str, Any]]


def environment(times: Path) -> dict[str, str]:
    """For an ansible-playbook that writes down when its plays began."""
    return {"BENCH_TIMES": str(times), "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "task_times"}


def tasks(times: Path) -> int:
    """How many tasks there were that are done in a process."""
    return json.loads(times.read_text())["tasks"]


def plays(times: Path, begin: float) -> dict[str, float]:
    """Name of what ended -> seconds since begin, a moment of the monotonic clock."""
    found = json.loads(times.read_text())
    ends = [moment for dummy, moment in found["plays"][1:]] + [found["end"]]
    names = ["ansible-playbook has read playbook and inventory", *(f"end of play {name}" for name, dummy in found["plays"])]
    return {name: moment - begin for name, moment in zip(names, [found["plays"][0][1], *ends], strict=True)}


def has_address(pods: Pods, component: str) -> bool:
    return bool((pods.get(component, {}).get("status") or {}).get("podIP"))


def runs(pods: Pods, component: str) -> bool:
    statuses = (pods.get(component, {}).get("status") or {}).get("containerStatuses") or []
    return any("running" in (status.get("state") or {}) for status in statuses)


def is_scheduled(pods: Pods, component: str) -> bool:
    return bool((pods.get(component, {}).get("spec") or {}).get("nodeName"))


MARKS: dict[str, Callable[[Pods], bool]] = {
    "etcd's pod is there": lambda pods: "etcd" in pods,
    "its volume is there": lambda pods: is_scheduled(pods, "etcd"),
    "it has an address": lambda pods: has_address(pods, "etcd"),
    "etcd's process runs": lambda pods: runs(pods, "etcd"),
    "kube-apiserver's pod is there": lambda pods: "kube-apiserver" in pods,
    "kube-apiserver's process runs": lambda pods: runs(pods, "kube-apiserver"),
}


@contextlib.contextmanager
def watched(api: KubeApi, namespace: str, begin: float) -> Iterator[dict[str, float]]:
    """Marks of a control plane that is being made, filled in while inside."""
    marks: dict[str, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(PAUSE):
            with contextlib.suppress(CaasError):
                pods = {pod["metadata"]["labels"].get("app.kubernetes.io/name", ""): pod for pod in api.list("v1", "Pod", namespace)}
                now = time.monotonic() - begin
                marks.update((name, now) for name, reached in MARKS.items() if name not in marks and reached(pods))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield marks
    finally:
        over.set()
        thread.join()
