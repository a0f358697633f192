# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the volumes of etcd grow."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import ordinal_of
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.quantity import amount, same

_PROVISIONER = ("volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner")
# a volume is a directory of its machine: the size of the claim is a number that nothing holds to
_DIRECTORIES = {"rancher.io/local-path"}


@dataclass(frozen=True, slots=True)
class GrowVolume:
    ordinal: int
    size: str


@dataclass(frozen=True, slots=True)
class RemakeStatefulSet:
    """It can't change the size of its volumes in place."""

    size: str


def growing(size: str, claims: Iterable[dict[str, Any]]) -> dict[int, str]:
    """Ordinals of claims that are smaller, and their size. Without those whose size means nothing, and those that have no volume yet."""
    found = {}
    for claim in claims:
        ordinal, now = ordinal_of(claim["metadata"]["name"]), requested(claim)
        if ordinal is not None and (claim.get("spec") or {}).get("volumeName") and not is_directory(claim) and is_smaller(now, size):
            found[ordinal] = now
    return dict(sorted(found.items()))


def is_smaller(one: str, other: str) -> bool:
    before, after = amount(one), amount(other)
    return before is not None and after is not None and before < after


def is_directory(claim: Mapping[str, Any]) -> bool:
    annotations = claim["metadata"].get("annotations") or {}
    return any(annotations.get(name) in _DIRECTORIES for name in _PROVISIONER)


def requested(claim: Mapping[str, Any]) -> str:
    return str((((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}).get("storage", ""))


def template_of(stateful_set: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that a StatefulSet makes for new pods; {} if it makes none."""
    templates = (stateful_set.get("spec") or {}).get("volumeClaimTemplates") or [{}]
    return dict(templates[0])


def plan_volumes(size: str, stateful_set: Mapping[str, Any] | None, claims: Iterable[dict[str, Any]]) -> list[Step]:
    """size: wanted for each volume, "" if it doesn't matter."""
    if not size or stateful_set is None:
        return []
    steps = [Step(f"Grow the volume of {member_name(ordinal)} from {now} to {size}", GrowVolume(ordinal, size))
             for ordinal, now in growing(size, claims).items()]
    if not same(requested(template_of(stateful_set)), size):
        steps.append(Step(f"Recreate the StatefulSet of etcd with volumes of {size}; its pods keep running", RemakeStatefulSet(size)))
    return steps


def remade(stateful_set: Mapping[str, Any], size: str) -> dict[str, Any]:
    """The manifest of the same StatefulSet with another size of its volumes."""
    metadata = stateful_set["metadata"]
    template = template_of(stateful_set)
    claim = {"metadata": {"name": template["metadata"]["name"]},
             "spec": {**template["spec"], "resources": {**(template["spec"].get("resources") or {}), "requests": {"storage": size}}}}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {name: metadata[name] for name in ("name", "namespace", "labels", "annotations") if name in metadata},
            "spec": {**stateful_set["spec"], "volumeClaimTemplates": [claim]}}
