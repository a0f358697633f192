# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What it takes to make a set of objects so: which are created, updated, and deleted as the set no longer holds them."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import comparison
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import ObjectKey, annotation
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import APPLIED, Wanted

Live = Mapping[ObjectKey, dict[str, Any]]

# kinds that are looked through for what a set no longer holds, beside the kinds of the set itself
PRUNED_IN_NAMESPACES = (
    ("v1", "ConfigMap"), ("v1", "Secret"), ("v1", "Service"), ("v1", "Endpoints"), ("v1", "ServiceAccount"), ("v1", "LimitRange"),
    ("v1", "ResourceQuota"), ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job"),
    ("batch/v1", "CronJob"), ("policy/v1", "PodDisruptionBudget"), ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("discovery.k8s.io/v1", "EndpointSlice"), ("networking.k8s.io/v1", "NetworkPolicy"), ("networking.k8s.io/v1", "Ingress"),
    ("rbac.authorization.k8s.io/v1", "Role"), ("rbac.authorization.k8s.io/v1", "RoleBinding"))
PRUNED_CLUSTER_WIDE = (
    ("rbac.authorization.k8s.io/v1", "ClusterRole"), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("apiregistration.k8s.io/v1", "APIService"), ("scheduling.k8s.io/v1", "PriorityClass"), ("storage.k8s.io/v1", "StorageClass"),
    ("storage.k8s.io/v1", "CSIDriver"), ("node.k8s.io/v1", "RuntimeClass"), ("networking.k8s.io/v1", "IngressClass"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"), ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"))
# what these hold is not ours to delete
_NEVER_PRUNED = {"Namespace", "PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition"}


@dataclass(frozen=True, slots=True)
class Change:
    """What a step does. manifest: the object to apply, or the live one to delete."""

    action: str
    key: ObjectKey
    manifest: dict[str, Any]
    wave: int


def kinds_to_look_through(wanted: Iterable[Wanted], *, prune: bool, scope: str) -> list[tuple[str, str]]:
    """(apiVersion, kind) of all objects that the set has or may have had. scope: the set's only namespace, "" for everywhere."""
    kinds = list(dict.fromkeys((item.manifest["apiVersion"], item.manifest["kind"]) for item in wanted))
    if prune:
        known = {(api_version.rpartition("/")[0], kind) for api_version, kind in kinds}
        kinds += [(api_version, kind) for api_version, kind in (*PRUNED_IN_NAMESPACES, *(() if scope else PRUNED_CLUSTER_WIDE))
                  if (api_version.rpartition("/")[0], kind) not in known]
    return kinds


def split(wanted: Iterable[Wanted], live: Live, leave: Iterable[str]) -> tuple[tuple[Wanted, ...], tuple[Wanted, ...]]:
    """Objects to look after, and those of them that are there and are to be left as they are. leave: such as StatefulSet/etcd."""
    names = set(leave)
    left = tuple(item for item in wanted if f"{item.key.kind}/{item.key.name}" in names and item.key in live)
    return tuple(item for item in wanted if item not in left), left


def undecided(wanted: Iterable[Wanted], live: Live) -> list[Wanted]:
    """Objects about which only the server can tell whether, and in what, they change."""
    return [item for item in wanted if item.key not in live or not comparison.covers(live[item.key], item.manifest)]


def plan(wanted: Iterable[Wanted], live: Live, predicted: Live, *, prune: bool, as_text: Callable[[dict[str, Any]], str],
         left: Iterable[Wanted] = ()) -> Plan:
    """predicted: answers of dry runs, for those objects of undecided() that the server could judge. left: of the set, too, and not touched."""
    def shown(manifest: dict[str, Any]) -> str:
        return as_text(comparison.masked(comparison.cleaned(manifest)))

    wanted = tuple(wanted)
    steps = []
    for item in undecided(wanted, live):
        now, then = live.get(item.key), predicted.get(item.key, item.manifest)
        if now is None:
            steps.append(Step(f"Create {item.key}", Change("apply", item.key, item.manifest, item.wave), after=shown(then), header=str(item.key)))
        elif comparison.differs(now, then):
            steps.append(Step(f"Update {item.key}", Change("apply", item.key, item.manifest, item.wave), before=shown(now), after=shown(then),
                              header=str(item.key)))
    # what replaces an object is ready before that one goes
    last = max((item.wave for item in wanted), default=0) + 1
    for key, manifest in left_over((*wanted, *left), live).items() if prune else ():
        steps.append(Step(f"Delete {key}", Change("delete", key, manifest, last), before=shown(manifest), header=str(key)))
    return Plan(tuple(steps))


def independent(steps: Iterable[Step]) -> list[list[Step]]:
    """Steps that follow each other and whose order doesn't matter: objects of one kind in one wave."""
    return [list(group) for dummy, group in groupby(steps, key=lambda step: (step.target.action, step.target.wave, step.target.key.kind))]


def worth_telling(warnings: Iterable[str]) -> list[str]:
    """Which versions of an API will end is for those who write the manifests, not for those who run them."""
    return [warning for warning in warnings if " is deprecated " not in warning]


def left_over(wanted: Iterable[Wanted], live: Live) -> dict[ObjectKey, dict[str, Any]]:
    """Objects that a former run of this set made and that it no longer holds."""
    kept = {item.key for item in wanted}
    return {key: manifest for key, manifest in live.items() if key not in kept and _is_ours(manifest)}


def _is_ours(manifest: dict[str, Any]) -> bool:
    """Controllers copy labels, and some annotations, of our objects to their own; those have an owner."""
    metadata = manifest["metadata"]
    return (manifest["kind"] not in _NEVER_PRUNED and bool(annotation(manifest, APPLIED)) and not metadata.get("ownerReferences")
            and not metadata.get("deletionTimestamp"))
