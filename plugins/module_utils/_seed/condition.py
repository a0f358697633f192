# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the machines of a seed are doing, and whether they take a control plane now."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Manifest = Mapping[str, Any]
# condition of a Node -> what it is called
PRESSURES = {"DiskPressure": "disk-pressure", "MemoryPressure": "memory-pressure", "PIDPressure": "pid-pressure", "NetworkUnavailable": "no network"}
# taints that say again what a condition or a field says
_SAID = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/shutdown")
GIB = 2**30
MOST_NAMED = 3


def _conditions(node: Manifest) -> dict[str, Manifest]:
    return {item.get("type", ""): item for item in (node.get("status") or {}).get("conditions") or ()}


def pressures(node: Manifest) -> list[str]:
    """Such as ["disk-pressure"]. The taint counts as much as the condition: it stays a little longer, and keeps pods away."""
    taints = {taint.get("key", "") for taint in (node.get("spec") or {}).get("taints") or ()}
    conditions = _conditions(node)
    return [name for kind, name in PRESSURES.items() if (conditions.get(kind) or {}).get("status") == "True" or f"node.kubernetes.io/{name}" in taints]


def troubles(node: Manifest, free: Mapping[str, str] | None = None) -> list[str]:
    """Why it takes no pods that tolerate nothing, each a few words. free: pressure -> what is left, such as "38 GiB of 252 free"."""
    ready = _conditions(node).get("Ready") or {}
    found = []
    if ready.get("status") != "True":
        found.append("is not ready" + (f": {ready['message']}" if ready.get("message") else ""))
    for name in pressures(node):
        left = (free or {}).get(name, "")
        found.append(f"has {name}" + (f": {left}" if left else ""))
    spec = node.get("spec") or {}
    if spec.get("unschedulable"):
        found.append("is cordoned")
    for taint in spec.get("taints") or ():
        if taint.get("effect") in ("NoSchedule", "NoExecute") and not str(taint.get("key", "")).startswith(_SAID):
            found.append(f"has the taint {taint.get('key')}:{taint['effect']}")
    return found


def problems(nodes: Iterable[Manifest], free: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """A line for each machine that is not well, such as "fra1-a has disk-pressure: 38 GiB of 252 free". Taints that the operator set are no problem.

    free: machine -> pressure -> what is left.
    """
    lines = []
    for node in nodes:
        name = node["metadata"]["name"]
        found = [text for text in troubles(node, (free or {}).get(name)) if not text.startswith("has the taint ")]
        if found:
            lines.append(f"{name} {', '.join(found)}")
    return lines


def below(table: str, lines: Sequence[str]) -> str:
    """The table with a line for each problem of the seed."""
    return "\n".join([table, "", *(f"The seed: {line}" for line in lines)]) if lines else table


def takes_nothing(nodes: Sequence[Manifest], free: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Why no machine takes a pod, "" if one does. A seed without any machine may get them when there is something to run."""
    found = [(node["metadata"]["name"], troubles(node, (free or {}).get(node["metadata"]["name"]))) for node in nodes]
    if not found or any(not reasons for dummy, reasons in found):
        return ""
    lines = [f"{name} {', '.join(reasons)}" for name, reasons in found]
    more = f"; and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    return "; ".join(lines[:MOST_NAMED]) + more


def free_space(summary: Mapping[str, Any]) -> dict[str, str]:
    """Pressure -> what is left, from what a kubelet tells of its machine (stats/summary)."""
    node = _mapping(summary, "node")
    disks = [(_number(disk, "availableBytes"), _number(disk, "capacityBytes"))
             for disk in (_mapping(node, "fs"), _mapping(_mapping(node, "runtime"), "imageFs"))]
    fullest = min(((free, size) for free, size in disks if free is not None and size), key=lambda disk: disk[0] / disk[1], default=None)
    found = {}
    if fullest:
        found["disk-pressure"] = f"{gib(fullest[0])} GiB of {gib(fullest[1])} free"
    memory = _number(_mapping(node, "memory"), "availableBytes")
    if memory is not None:
        found["memory-pressure"] = f"{gib(memory)} GiB free"
    return found


def _mapping(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(of: Mapping[str, Any], name: str) -> float | None:
    found = of.get(name)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def gib(size: float) -> str:
    """Such as "38" or "1.4"."""
    gib = size / GIB
    return f"{gib:.0f}" if gib >= 10 else f"{gib:.1f}".removesuffix(".0")
