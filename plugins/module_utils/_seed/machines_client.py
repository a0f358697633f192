# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The machines of a seed, and what their kubelets tell of them, as far as a kubeconfig may look."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import SEED
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side

# what clusters may rely on in a seed that was built by the role seed
OFFER, OFFER_NAMESPACE = "kubermatic-caas", "kube-public"
# a machine may be unhealthy, so the timeout is short
LIMITS = replace(SEED, silence=2.0, read=2.0, patience=2.0)


def nodes(api: KubeApi) -> list[dict[str, Any]] | None:
    """None if this kubeconfig may not look."""
    try:
        return api.list("v1", "Node")
    except Refused:
        return None


def summaries(api: KubeApi, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Machine -> what its kubelet tells of it (stats/summary). Nothing of one that may not be asked or doesn't answer at once."""
    if not names:
        return {}
    brief = KubeApi(api.access, limits=LIMITS)
    try:
        return dict(zip(names, side_by_side(lambda name: _summary(brief, name), names), strict=True))
    finally:
        brief.close()


def _summary(api: KubeApi, name: str) -> dict[str, Any]:
    try:
        answer = api.request("GET", f"/api/v1/nodes/{name}/proxy/stats/summary", come_back=False)
        found = answer if isinstance(answer, dict) else json.loads(answer)
    except (CaasError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def offer(api: KubeApi) -> dict[str, str] | None:
    """{} if the seed offers nothing, None if this kubeconfig may not look."""
    try:
        found = api.get("v1", "ConfigMap", OFFER, OFFER_NAMESPACE)
    except Refused:
        return None
    return dict((found or {}).get("data") or {})
