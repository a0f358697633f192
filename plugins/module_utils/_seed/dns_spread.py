# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the DNS of a seed would be lost with one machine. kubeadm starts all of it on the first machine, where it stays when others join."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.readiness import alive
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready import condition

Manifest = Mapping[str, Any]
# what DNS tolerates
TOLERATED = frozenset({"node-role.kubernetes.io/control-plane", "CriticalAddonsOnly"})


def pod_to_move(pods: Sequence[Manifest], nodes: Sequence[Manifest]) -> Manifest | None:
    """The pod that should come up again elsewhere; None if they are spread, or can't be. Its scheduler knows that they had better be apart."""
    here = [pod for pod in alive(pods) if not pod["metadata"].get("deletionTimestamp") and pod.get("spec", {}).get("nodeName")]
    places = {pod["spec"]["nodeName"] for pod in here}
    if len(here) < 2 or len(places) > 1 or not any(can_take(node) for node in nodes if node["metadata"]["name"] not in places):
        return None
    return max(here, key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"]))


def can_take(node: Manifest) -> bool:
    spec = node.get("spec", {})
    hindering = [taint for taint in spec.get("taints") or () if taint.get("effect") != "PreferNoSchedule" and taint.get("key") not in TOLERATED]
    return condition(node, "Ready").get("status") == "True" and not spec.get("unschedulable") and not hindering
