# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a size and what a user lays over it to what each container of a control plane gets."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.size import COMPONENTS, SIZES, Share, mib
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.quantity import amount

WHERE = "control_plane_resources"
FIELDS = tuple(field.name for field in fields(Share))
_FORMS = {"cpu": re.compile(r"[1-9][0-9]{0,4}m?", re.ASCII), "memory": re.compile(r"[1-9][0-9]{0,5}(Mi|Gi)", re.ASCII)}
_FORMS["memory_limit"] = _FORMS["memory"]
# less kills the program while it starts
_LEAST_LIMIT = {"etcd": 128, "kube_apiserver": 512, "konnectivity_server": 64, "kube_controller_manager": 128, "kube_scheduler": 96}


def shares(size: str, over: Mapping[str, Any]) -> dict[str, Share]:
    """Component -> what it gets. over: component -> fields of Share. Raises InvalidInput."""
    unknown = sorted(set(over) - set(COMPONENTS))
    if unknown:
        raise InvalidInput(f"There is no component {shown(unknown[0])}", where=WHERE, fix=f"write {', '.join(COMPONENTS)}")
    return {component: _laid_over(component, share, over.get(component) or {}) for component, share in SIZES[size].shares.items()}


def _laid_over(component: str, share: Share, over: Any) -> Share:
    if not isinstance(over, Mapping) or set(over) - set(FIELDS):
        raise InvalidInput(f"{component}: {shown(over)} is not valid", where=WHERE, fix=f"write {', '.join(FIELDS)}, such as {{memory_limit: 4Gi}}")
    for name, value in over.items():
        if not _FORMS[name].fullmatch(str(value)):
            raise InvalidInput(f"{component}: {name} {shown(value)} is not valid", where=WHERE,
                               fix="write a cpu such as 500m or 2" if name == "cpu" else "write a whole number and Mi or Gi, such as 4Gi")
    found = replace(share, **{name: str(value) for name, value in over.items()})
    if mib(found.memory_limit) < max(mib(found.memory), _LEAST_LIMIT[component]):
        raise InvalidInput(f"{component}: a memory_limit of {found.memory_limit} is too little", where=WHERE,
                           why=f"it asks for {found.memory}, and needs {_LEAST_LIMIT[component]}Mi to start", fix="write a larger memory_limit")
    return found


def resources(size: str, over: Mapping[str, Any]) -> dict[str, Any]:
    """What templates need: component -> its share and Go's limit, and how many requests kube-apiserver answers at a time."""
    chosen = SIZES[size]
    found: dict[str, Any] = {component: {**asdict(share), "go_memory_limit": share.go_memory_limit} for component, share in shares(size, over).items()}
    return {**found, "requests": chosen.requests, "changes": chosen.changes}


@dataclass(frozen=True, slots=True)
class PodRequests:
    """Of one kind of pod. option: which says how many replicas there are. cpu: CPUs, memory: bytes, both of one pod."""

    name: str
    option: str
    replicas: int
    cpu: Decimal
    memory: Decimal


# pods of a control plane: their name, what is in them, and the option that says how many there are
PODS = (("etcd", ("etcd",), "etcd_replicas"), ("kube-apiserver", ("kube_apiserver", "konnectivity_server"), "control_plane_replicas"),
        ("kube-controller-manager", ("kube_controller_manager",), "control_plane_replicas"), ("kube-scheduler", ("kube_scheduler",), "control_plane_replicas"))
# the label by which each of them is found
NAME_LABEL = "app.kubernetes.io/name"
POD_NAMES = tuple(name for name, dummy, dummy2 in PODS)


def pods(given: Mapping[str, Any], *, etcd_replicas: int, control_plane_replicas: int) -> list[PodRequests]:
    """What the pods of a control plane ask for. given: as of resources()."""
    counts = {"etcd_replicas": etcd_replicas, "control_plane_replicas": control_plane_replicas}

    def total(components: tuple[str, ...], name: str) -> Decimal:
        return sum((amount(given[component][name]) or Decimal(0) for component in components), Decimal(0))

    return [PodRequests(name, option, counts[option], total(components, "cpu"), total(components, "memory")) for name, components, option in PODS]
