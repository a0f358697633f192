# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of the seed, and the volumes of etcd that only some of them can reach."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_HOSTNAME = "kubernetes.io/hostname"
# taints that Kubernetes sets and takes away again by itself: the machine is one for etcd all the same, only not now
_PASSING = "node.kubernetes.io/"
_SMALLEST_SPREAD = 3


@dataclass(frozen=True, slots=True)
class Machine:
    """hostname: by which volumes name it. kept_for_others: its taints keep etcd away. trouble: why it takes no pod now, such as "cordoned"."""

    name: str
    hostname: str
    kept_for_others: bool = False
    trouble: str = ""


def machines_of(nodes: Iterable[dict[str, Any]]) -> tuple[Machine, ...]:
    """nodes: Node objects of the seed."""
    return tuple(_machine(node) for node in nodes)


def _machine(node: dict[str, Any]) -> Machine:
    metadata, spec = node["metadata"], node.get("spec") or {}
    taints = [taint for taint in spec.get("taints") or [] if taint.get("effect") in ("NoSchedule", "NoExecute")]
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in (node.get("status") or {}).get("conditions") or [])
    trouble = "cordoned" if spec.get("unschedulable") else "" if ready else "not ready"
    return Machine(metadata["name"], (metadata.get("labels") or {}).get(_HOSTNAME, metadata["name"]),
                   any(not str(taint.get("key", "")).startswith(_PASSING) for taint in taints), trouble)


def hostnames_of(volume: dict[str, Any]) -> frozenset[str]:
    """Machines that alone can reach a PersistentVolume. Empty if others can, too."""
    required = ((volume.get("spec") or {}).get("nodeAffinity") or {}).get("required") or {}
    names: set[str] = set()
    for term in required.get("nodeSelectorTerms") or []:
        found = [value for expression in term.get("matchExpressions") or []
                 if expression.get("key") == _HOSTNAME and expression.get("operator") == "In" for value in expression.get("values") or []]
        if not found:
            return frozenset()
        names.update(found)
    return frozenset(names)


def usable(machines: Iterable[Machine]) -> list[Machine]:
    """Those that can take a pod of etcd now."""
    return [machine for machine in machines if not machine.kept_for_others and not machine.trouble]


def must_spread(wanted: int, live: bool | None, shared: bool, machines: tuple[Machine, ...] | None) -> bool:
    """Whether each member must have a machine of its own.

    wanted: number of members; live: what the StatefulSet says, None without one; shared: two members are on one machine, where local volumes
    hold them; machines: None if they can't be seen. What was once so stays so. A single member is told when it is made, so that it need not start
    again when others join.
    """
    if live or machines is None or shared:
        return bool(live)
    for_etcd = sum(not machine.kept_for_others for machine in machines)
    if live is None:
        return for_etcd >= max(wanted, _SMALLEST_SPREAD)
    return 1 < wanted <= for_etcd
