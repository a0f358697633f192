# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All labs of this user at a glance."""
from __future__ import annotations

from . import podman, state
from .state import Lab


def table() -> str:
    found = podman.listed("ps", "--all", "--filter", f"label={state.LABEL}")
    status = {item["Names"][0]: item["State"] for item in found}
    rows = [("LAB", "HOST", "ADDRESS", "SYSTEM", "STATE", "SINCE", "OWNER")]
    for lab in filter(None, map(state.load, state.names())):
        since = lab.created[:16].replace("T", " ")
        rows += [(lab.name, host.name, host.address, host.image, status.get(host.name, "missing"), since, owner(lab)) for host in lab.hosts]
        known = {host.name for host in lab.hosts}
        # of a cloud: it knows their names, the containers carry their ids
        rows += [(lab.name, item["Names"][0], "", "cloud", item["State"], since, owner(lab)) for item in found
                 if (item.get("Labels") or {}).get(state.LABEL) == lab.name and item["Names"][0] not in known]
    if len(rows) == 1:
        return f"No lab in {state.root()}."
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def owner(lab: Lab) -> str:
    if lab.abandoned:
        return "nobody (lab/caas-lab clean removes it)"
    if lab.owner is None:
        return "stays"
    return f"{lab.owner.name} {lab.owner.pid}"
