# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Ansible keeps of a task that registered its result."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# what tasks of the roles control_plane and node_pools register begins so
CONTROL_PLANE, NODE_POOLS = "control_plane_", "node_pools_"
# what the task registers that makes a host a node, or takes it out
NODE = "node_result"
# what the task registers that looks ahead at the tasks of a control plane; where nothing was to be done, it has their results
LOOK = "control_plane_look"


def registered(variables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a task said that registered its result, or what was seen of it by looking ahead. {} if neither came to it."""
    found = variables.get(name)
    if not isinstance(found, Mapping) and name != LOOK:
        found = (registered(variables, LOOK).get("results") or {}).get(name)
    return found if isinstance(found, Mapping) else {}


def failed(result: Any) -> bool:
    """Whether the task failed, or its host did not answer. One that was skipped or not reached did not fail."""
    return isinstance(result, Mapping) and (result.get("failed") is True or result.get("unreachable") is True)


def reason(result: Any) -> str:
    """Why it failed, of a loop what the first item that failed says; "" if it did not."""
    if not failed(result):
        return ""
    items = [item for item in result.get("results") or [] if failed(item)]
    return reason(items[0]) if items else str(result.get("msg") or "unknown")


def first_reason(variables: Mapping[str, Any], prefix: str) -> str:
    """Of the results whose names begin so, "" if none of them failed. A block of tasks ends with the first one, so there is no other."""
    return next((why for name, value in variables.items() if name.startswith(prefix) and (why := reason(value))), "")
