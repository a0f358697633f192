# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What to do about a cluster's namespace, and what is left of it."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import NAME_LABEL, POD_NAMES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER, labels, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import is_being_deleted

POD_SECURITY = {"pod-security.kubernetes.io/enforce": "restricted"}
# seconds
GRACE_PERIOD = 1
CREATE, LABEL, DELETE, WAIT = "create", "label", "delete", "wait"


def manifest(cluster: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace_of(cluster), "labels": {**labels(cluster), **POD_SECURITY}}}


def labels_of(namespace: dict[str, Any]) -> dict[str, str]:
    return namespace["metadata"].get("labels") or {}


def is_foreign(namespace: dict[str, Any], cluster: str) -> bool:
    return labels_of(namespace).get(LABEL_CLUSTER) != cluster


def foreign(cluster: str, where: str) -> InvalidInput:
    name = namespace_of(cluster)
    return InvalidInput(f"Namespace {name} exists and belongs to another owner", where=where, why=f"it has no label {LABEL_CLUSTER}={cluster}",
                        fix=f"choose another name for the cluster, or, if it was made for this cluster: "
                            f"kubectl label namespace {name} {LABEL_CLUSTER}={cluster}")


def plan_present(cluster: str, namespace: dict[str, Any] | None, *, may_label: bool, where: str) -> Plan:
    """namespace: as read; {} if it can't be seen, then it is used as it is. may_label: this kubeconfig may change it."""
    name, wanted = namespace_of(cluster), labels_of(manifest(cluster))
    if namespace is None:
        return Plan((Step(f"Create Namespace {name}", CREATE, after=shown(manifest(cluster)), header=f"Namespace {name}"),))
    if is_being_deleted(namespace):
        raise NotReady(f"Namespace {name} is being deleted", where=where, fix="wait until it is gone, and run this again")
    if not namespace or not may_label:
        return Plan()
    if is_foreign(namespace, cluster):
        raise foreign(cluster, where)
    now = labels_of(namespace)
    if all(now.get(key) == value for key, value in wanted.items()):
        return Plan()
    before, after = ({"labels": some} for some in (now, {**now, **wanted}))
    return Plan((Step(f"Label Namespace {name}", LABEL, before=shown(before), after=shown(after), header=f"Namespace {name}"),))


def needs_right_to_label(cluster: str, namespace: dict[str, Any] | None) -> bool:
    """Whether plan_present depends on may_label."""
    return bool(namespace) and not is_being_deleted(namespace) and not labels_of(manifest(cluster)).items() <= labels_of(namespace or {}).items()


def plan_absent(cluster: str, namespace: dict[str, Any] | None, *, where: str) -> Plan:
    """namespace: as read; {} if it can't be seen."""
    name = namespace_of(cluster)
    if namespace is None:
        return Plan()
    if not namespace:
        raise Refused(f"This kubeconfig may not read Namespace {name}", where=where,
                      why="either the namespace was deleted with the rights in it, or this kubeconfig never had them",
                      fix="ask an administrator of the seed whether it still exists")
    if is_foreign(namespace, cluster):
        raise foreign(cluster, where)
    if is_being_deleted(namespace):
        return Plan((Step(f"Wait until the seed has deleted Namespace {name}", WAIT),))
    return Plan((Step(f"Delete Namespace {name} with everything in it", DELETE, before=shown(manifest(cluster)), header=f"Namespace {name}"),))


def check_confirmed(cluster: str, confirm: str | None) -> None:
    """Raises InvalidInput unless the name of the cluster was given a second time."""
    if confirm != cluster:
        what = f"Deletion of cluster {cluster} is not confirmed"
        raise InvalidInput(what, where="confirm", why="" if not confirm else "confirm is not the name of the cluster",
                           fix=f"give the name again: -e confirm={cluster}")


@dataclass(frozen=True, slots=True)
class Ending:
    """Something to be deleted now. grace_period: seconds for a pod to end by itself, None for as long as it asked for."""

    kind: str
    name: str
    uid: str
    grace_period: int | None = None


def to_end(pods: list[dict[str, Any]], claims: list[dict[str, Any]]) -> list[Ending]:
    """In a namespace that is being deleted. Their data is deleted too, so pods of the control plane end within a second. Other pods keep their grace period."""
    ours = [pod["metadata"] for pod in pods if (pod["metadata"].get("labels") or {}).get(NAME_LABEL) in POD_NAMES]
    slow = [metadata for metadata in ours if not metadata.get("deletionTimestamp") or metadata.get("deletionGracePeriodSeconds", 0) > GRACE_PERIOD]
    kept = [claim["metadata"] for claim in claims if not claim["metadata"].get("deletionTimestamp")]
    return [*(Ending("Pod", metadata["name"], metadata["uid"], GRACE_PERIOD) for metadata in slow),
            *(Ending("PersistentVolumeClaim", metadata["name"], metadata["uid"]) for metadata in kept)]


def volumes_of(volumes: list[dict[str, Any]], namespace: str) -> list[dict[str, Any]]:
    """PersistentVolumes that hold, or held, data of the namespace."""
    return [volume for volume in volumes if ((volume.get("spec") or {}).get("claimRef") or {}).get("namespace") == namespace]


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something of the cluster that is still there. disappears: the seed is about to delete it."""

    line: str
    disappears: bool


def volume_left(volume: dict[str, Any]) -> Remainder:
    """The line is like "PersistentVolume pvc-1 (Released, reclaim policy Retain)"."""
    phase = (volume.get("status") or {}).get("phase") or "phase unknown"
    policy = (volume.get("spec") or {}).get("persistentVolumeReclaimPolicy") or "unknown"
    return Remainder(f"PersistentVolume {volume['metadata']['name']} ({phase}, reclaim policy {policy})",
                     disappears=policy != "Retain" and phase != "Failed")


def namespace_left(namespace: dict[str, Any]) -> Remainder:
    """The line tells what the namespace still waits for, in the words of its controller."""
    conditions = (namespace.get("status") or {}).get("conditions") or []
    said = [one.get("message", "") for one in conditions if one.get("status") == "True" and one.get("type", "").startswith("Namespace")]
    return Remainder(f"Namespace {namespace['metadata']['name']}" + (f" ({'; '.join(said)})" if any(said) else ""), disappears=True)


def left_over(cluster: str, residual: tuple[str, ...], seconds: float) -> NotReady:
    fix = "delete by hand what must not stay (volumes keep data of the customer), then run this again"
    return NotReady(f"Cluster {cluster} is not gone after {seconds:.0f} s: {', '.join(residual)} left", fix=fix)


def shown(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
