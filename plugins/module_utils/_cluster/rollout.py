# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Components of a control plane that run, but not all of them as they were changed last."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._kube import readiness


def waiting(workloads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Component -> what its last change waits for, such as "1 old replicas still run". Of those alone whose pods are ready, as others report the rest."""
    return {workload["metadata"]["name"]: why for workload in workloads if (why := _why(workload))}


def _why(workload: Mapping[str, Any]) -> str:
    status, wanted = workload.get("status") or {}, (workload.get("spec") or {}).get("replicas", 1)
    if "observedGeneration" not in status or (status.get("readyReplicas") or 0) < wanted:
        return ""
    return readiness.judge(dict(workload)).why


def note(component: str, why: str, pods: Iterable[dict[str, Any]]) -> str:
    """A line for people. pods: those of the component."""
    troubled = readiness.troubled_pod(readiness.alive(pods))
    trouble = f"; {' '.join(readiness.trouble_of(troubled).split())}" if troubled else ""
    return f"{component} does not run as it was changed last: {why}{trouble}"
