# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When a seed is ready for customers."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Manifest = Mapping[str, Any]
# the seed takes them off a moment after the machine is Ready, and until then runs no pods there
NOT_YET = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def condition(manifest: Manifest, name: str) -> Mapping[str, Any]:
    conditions = manifest.get("status", {}).get("conditions") or ()
    return next((item for item in conditions if item.get("type") == name), {})


def lacking(nodes: Sequence[Manifest], dns: Manifest | None) -> list[str]:
    """What a seed still waits for, each a few words; nothing if it is ready. dns: the Deployment of its DNS, None if there is none."""
    missing = [] if nodes else ["no Node is there"]
    for node in nodes:
        ready = condition(node, "Ready")
        if ready.get("status") != "True":
            missing.append(f"Node {node['metadata']['name']} is not Ready" + (f" ({ready['message']})" if ready.get("message") else ""))
        elif taints := [taint["key"] for taint in (node.get("spec") or {}).get("taints") or () if taint.get("key") in NOT_YET]:
            missing.append(f"Node {node['metadata']['name']} is Ready and still has the taint {taints[0]}")
    # a given cluster may have its DNS elsewhere
    if dns is not None and condition(dns, "Available").get("status") != "True":
        missing.append("DNS is not available")
    return missing
