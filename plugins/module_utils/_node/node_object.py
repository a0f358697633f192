# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the cluster's Node object says, and how it is changed: only labels and taints that this collection set are ever taken away."""
from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_MANAGED_BY, MANAGED_BY

MANAGER = "kubermatic-caas"
# names of our taints, as JSON list of "key:effect": the list of taints has no owners, others write into it too
OUR_TAINTS = "kubermatic.caas/taints"
# set with the cordon before a removal, so that a later join knows who cordoned
REMOVING = "kubermatic.caas/removing"
# set with the cordon before an upgrade, so that the next run knows who cordoned
UPGRADING = "kubermatic.caas/upgrading"
# the run in which its upgrade failed, so that this run begins with no other node
UPGRADE_FAILED = "kubermatic.caas/upgrade-failed"
# noted for `status`, which does not log in to hosts
ENDS = "kubermatic.caas/serving-certificate-ends"
_MOMENT = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z", re.ASCII)

Object = Mapping[str, Any]


def labels_of(node: Object) -> dict[str, str]:
    return dict(node["metadata"].get("labels") or {})


def our_labels(node: Object) -> set[str]:
    """Keys of the labels that our field manager owns."""
    owned: set[str] = set()
    for entry in node["metadata"].get("managedFields") or ():
        if entry.get("manager") == MANAGER and entry.get("operation") == "Apply":
            fields = entry.get("fieldsV1", {}).get("f:metadata", {}).get("f:labels", {})
            owned |= {key.removeprefix("f:") for key in fields if key.startswith("f:")}
    return owned


def labels_differ(node: Object, wanted: Mapping[str, str]) -> bool:
    seen = labels_of(node)
    return any(seen.get(key) != value for key, value in wanted.items()) or bool((our_labels(node) & set(seen)) - set(wanted))


def taint_name(taint: Object) -> str:
    return f"{taint['key']}:{taint['effect']}"


def taints_patch(node: Object, wanted: Iterable[Object]) -> dict[str, Any] | None:
    """A merge patch that gives the node these taints beside those of others; None if it has them."""
    wanted = [{key: value for key, value in taint.items() if value} for taint in wanted]
    names = [taint_name(taint) for taint in wanted]
    try:
        former = set(json.loads((node["metadata"].get("annotations") or {}).get(OUR_TAINTS, "[]")))
    except ValueError:
        former = set()
    present = (node.get("spec") or {}).get("taints") or []
    others = [taint for taint in present if taint_name(taint) not in former | set(names)]
    ours = {taint_name(taint): taint for taint in present}
    same = all(ours.get(taint_name(taint)) and {key: ours[taint_name(taint)].get(key) for key in taint} == taint for taint in wanted)
    if same and former == set(names):
        return None
    return {"metadata": {"resourceVersion": node["metadata"].get("resourceVersion"), "annotations": {OUR_TAINTS: json.dumps(sorted(names)) if names else None}},
            "spec": {"taints": [*others, *wanted] or None}}


def provider_id_patch(node: Object, provider_id: str) -> dict[str, Any] | None:
    """None if there is nothing to tell. A machine that is known can't change."""
    return {"spec": {"providerID": provider_id}} if provider_id and not (node.get("spec") or {}).get("providerID") else None


def ends_patch(node: Object, moment: datetime) -> dict[str, Any] | None:
    """Notes when its serving certificate ends; None if that is noted."""
    text = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return None if (node["metadata"].get("annotations") or {}).get(ENDS) == text else {"metadata": {"annotations": {ENDS: text}}}


def certificate_ends(node: Object) -> datetime | None:
    """As it is noted; the cluster's users, too, can write that. None if nothing is, or nonsense."""
    text = (node["metadata"].get("annotations") or {}).get(ENDS)
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) and _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def cordon_patch() -> dict[str, Any]:
    return {"metadata": {"annotations": {REMOVING: "true"}}, "spec": {"unschedulable": True}}


def cordon_for_upgrade_patch() -> dict[str, Any]:
    return {"metadata": {"annotations": {UPGRADING: "true"}}, "spec": {"unschedulable": True}}


def uncordon_patch() -> dict[str, Any]:
    return {"metadata": {"annotations": {REMOVING: None, UPGRADING: None}}, "spec": {"unschedulable": None}}


def upgrade_failed_patch(run: str | None) -> dict[str, Any]:
    """run: as the lock calls it. None: it did not fail."""
    return {"metadata": {"annotations": {UPGRADE_FAILED: run}}}


def upgrade_failed_in(node: Object) -> str:
    """The run in which it failed, "" if it did not."""
    return str((node["metadata"].get("annotations") or {}).get(UPGRADE_FAILED) or "")


def names(nodes: Iterable[Object], which: Callable[[Object], bool]) -> tuple[str, ...]:
    return tuple(sorted(node["metadata"]["name"] for node in nodes if which(node)))


def is_being_removed(node: Object) -> bool:
    return (node["metadata"].get("annotations") or {}).get(REMOVING) == "true"


def containerd_version(node: Object) -> str:
    """What it says of itself, "" if it is no containerd."""
    said = ((node.get("status") or {}).get("nodeInfo") or {}).get("containerRuntimeVersion")
    return said.partition("://")[2].removeprefix("v") if isinstance(said, str) and said.startswith("containerd://") else ""


def is_ours_to_uncordon(node: Object) -> bool:
    """A run of ours cordoned it, and was perhaps killed before it had done what it cordoned it for."""
    annotations = node["metadata"].get("annotations") or {}
    return any(annotations.get(name) == "true" for name in (REMOVING, UPGRADING))


def is_being_upgraded(node: Object) -> bool:
    """Cordoned for it by a run of ours."""
    return (node["metadata"].get("annotations") or {}).get(UPGRADING) == "true"


def is_cordoned(node: Object) -> bool:
    return bool((node.get("spec") or {}).get("unschedulable"))


def ready(node: Object) -> tuple[bool, str]:
    """Ready, and what the node says about it."""
    for condition in (node.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Ready":
            return condition.get("status") == "True", str(condition.get("message") or condition.get("reason") or "")
    return False, "it has not reported yet"


def addresses(node: Object) -> list[str]:
    return [item["address"] for item in (node.get("status") or {}).get("addresses") or () if item.get("type") in ("InternalIP", "ExternalIP")]


def kubelet_version(node: Object) -> str:
    """What it says of itself, which may be anything, "" if that is not a string."""
    said = ((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion")
    return said.removeprefix("v") if isinstance(said, str) else ""


def must_leave(pod: Object) -> bool:
    """Has to be evicted before the node goes. Pods of a DaemonSet would come right back; static and finished ones don't count."""
    metadata = pod["metadata"]
    if "kubernetes.io/config.mirror" in (metadata.get("annotations") or {}):
        return False
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return False
    return not any(owner.get("kind") == "DaemonSet" and owner.get("controller") for owner in metadata.get("ownerReferences") or ())


def is_bare(pod: Object) -> bool:
    """Nothing makes it anew once it is evicted."""
    owners = pod["metadata"].get("ownerReferences") or ()
    return must_leave(pod) and not any(owner.get("controller") for owner in owners)


def takes_pods(node: Object) -> bool:
    """Any pod, so one without tolerations."""
    taints = (node.get("spec") or {}).get("taints") or ()
    return ready(node)[0] and not is_cordoned(node) and not any(taint.get("effect") in ("NoSchedule", "NoExecute") for taint in taints)


def is_kept_by_us_alone(pod: Object, budgets: Iterable[Object]) -> bool:
    """Every PodDisruptionBudget that counts it is one of ours, such as that of CoreDNS, and not a user's."""
    labels = labels_of(pod)
    counting = [budget for budget in budgets if budget["metadata"]["namespace"] == pod["metadata"]["namespace"] and _may_count(budget, labels)]
    return bool(counting) and all(labels_of(budget).get(LABEL_MANAGED_BY) == MANAGED_BY for budget in counting)


def _may_count(budget: Object, labels: Mapping[str, str]) -> bool:
    """Expressions, which ours don't have, are taken to hold."""
    wanted = ((budget.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items())


def pod_name(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
