# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Empties a node by eviction, so that every PodDisruptionBudget is kept. Only those of the cluster's own add-ons don't hold back its last node."""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object


def pods_to_evict(api: KubeApi, node: str) -> list[dict[str, Any]]:
    return [pod for pod in api.list("v1", "Pod", field_selector=f"spec.nodeName={node}") if node_object.must_leave(pod)]


def evict(api: KubeApi, pod: dict[str, Any]) -> str:
    """Asks once. Says why it was refused for now, "" if the pod goes or is gone."""
    metadata = pod["metadata"]
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
            "deleteOptions": {"preconditions": {"uid": metadata["uid"]}}}
    try:
        api.request("POST", f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction", body=body,
                    # who waits looks at all pods meanwhile, and says what for
                    come_back=False)
    except ApiError as error:
        # gone, or another pod has its name by now
        if error.status in (404, 409):
            return ""
        if error.status == 429:
            return error.why.rpartition("TooManyRequests: ")[2].rstrip(".") or "its PodDisruptionBudget doesn't allow it now"
        raise
    return ""


def may_just_end(api: KubeApi, pod: dict[str, Any], node: str) -> bool:
    """It is of an add-on of ours, whose budget can't be met: there is no other node for it."""
    if not node_object.is_kept_by_us_alone(pod, api.list("policy/v1", "PodDisruptionBudget", pod["metadata"]["namespace"])):
        return False
    return not any(node_object.takes_pods(other) for other in api.list("v1", "Node") if other["metadata"]["name"] != node)


def drain(api: KubeApi, node: str, *, timeout: int, progress: Callable[[str], None], pause: Callable[[], None]) -> None:
    """pause: between two looks. Returns when no pod is left that has to leave. Raises NotReady naming what is in the way after timeout seconds."""
    began = time.monotonic()
    going: set[str] = set()
    refused: dict[str, str] = {}
    while True:
        pods = {pod["metadata"]["uid"]: pod for pod in pods_to_evict(api, node)}
        if not pods:
            return
        for uid, pod in pods.items():
            if uid in going or pod["metadata"].get("deletionTimestamp") or time.monotonic() - began > timeout:
                continue
            name = node_object.pod_name(pod)
            why = evict(api, pod)
            if why and may_just_end(api, pod, node):
                api.delete("v1", "Pod", pod["metadata"]["name"], pod["metadata"]["namespace"], uid=uid)
                going.add(uid)
                progress(f"Pod {name} ends: no other node can take it")
            elif why:
                if uid not in refused:
                    progress(f"Pod {name} can't leave yet: {why}")
                refused[uid] = why
            else:
                refused.pop(uid, None)
                going.add(uid)
                progress(f"Pod {name} evicted")
        if time.monotonic() - began > timeout:
            left = [f"{node_object.pod_name(pod)}{f' ({refused[uid]})' if uid in refused else ' (is ending)'}" for uid, pod in pods.items()]
            raise NotReady(f"Node {node} isn't empty after {timeout} s", why=f"still there: {', '.join(left)}",
                           fix="relax the PodDisruptionBudget or add a node, or raise drain_timeout, then run this again")
        pause()
