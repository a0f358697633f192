# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a record changes."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import running
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import recorded

# of the answers of the API during an upgrade, what is kept
ANSWERS = ("requests", "failed", "longest_gap")


@dataclass(frozen=True, slots=True)
class Change:
    """What a user of the record wants to note; None keeps what is there. runs: the control plane of that spec runs.

    accepted_gates: of an upgrade. api: how the API answered during it, see _kube/prober_client.py.
    """

    phase: str | None = None
    spec: dict[str, Any] | None = None
    last_error: str | None = None
    node_error: str | None = None
    runs: bool = False
    accepted_gates: list[str] | None = None
    api: dict[str, Any] | None = None


def one_line(text: str) -> str:
    """The text without line breaks and control characters, cut if it is long."""
    line = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    return line if len(line) <= 500 else line[:497] + "..."


def next_phase(now: str | None, wanted: str | None) -> str:
    """A cluster that has come to run is not being created any more, whatever a later run of its creation says."""
    if now is None:
        return wanted or Phase.CREATING
    if wanted is None or (wanted == Phase.CREATING and now in (Phase.RUNNING, Phase.UPDATING)):
        return now
    return wanted


def changed(record: Record | None, cluster: str, change: Change, moment: datetime) -> Record:
    """The record after the change; equal to the old one if nothing is new. moment: aware, for `since` if the phase is new."""
    since = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    phase = next_phase(record.phase if record else None, change.phase)
    old = record or Record(cluster=cluster, phase=phase, since=since)
    spec = old.spec if change.spec is None else recorded(change.spec)
    new = replace(old, phase=phase, since=old.since if phase == old.phase else since, spec=spec)
    if change.last_error is not None:
        new = replace(new, last_error=one_line(change.last_error))
    elif change.phase == Phase.RUNNING:
        new = replace(new, last_error="")
    if change.node_error is not None:
        new = replace(new, node_error=one_line(change.node_error))
    if change.runs or change.phase == Phase.RUNNING:
        new = replace(new, versions=what_runs(new, change.spec))
    return replace(new, upgrade=upgrade(old, new, change))


def upgrade(old: Record, new: Record, change: Change) -> dict[str, Any]:
    """What is kept of an upgrade that begins, goes on or ends now."""
    if change.phase == Phase.UPDATING:
        begun = old.upgrade if old.phase == Phase.UPDATING else {"from": old.versions.get("kubernetes", ""), "began": new.since}
        accepted = {*begun.get("accepted", []), *(change.accepted_gates or [])}
        return {**begun, "to": new.spec.get("kubernetes_version", ""), "ended": "", "accepted": sorted(accepted)}
    ended = {"ended": new.since} if change.phase == Phase.RUNNING and old.phase == Phase.UPDATING else {}
    return {**old.upgrade, **ended, **({"api": {name: change.api.get(name, 0) for name in ANSWERS}} if change.api else {})}


def what_runs(record: Record, spec: dict[str, Any] | None) -> dict[str, str]:
    """Component -> version, once the control plane of the spec runs; as it was where there is no spec to tell."""
    components = (spec or {}).get("components") or {}
    row = running({"kubernetes": record.spec.get("kubernetes_version"), **record.versions, **components})
    return row.versions() if row else record.versions


def title(old: Record | None, new: Record) -> str:
    """The change as a sentence."""
    if new.phase == Phase.CREATING and new.versions != (old.versions if old else {}):
        return f"Note in the record of cluster {new.cluster} what runs"
    if old is None or old.phase != new.phase:
        return f"Note phase {new.phase} in the record of cluster {new.cluster}"
    if old.last_error != new.last_error:
        return f"Note {'the last error' if new.last_error else 'no error'} in the record of cluster {new.cluster}"
    if old.node_error != new.node_error:
        return f"Note {'the error of nodes' if new.node_error else 'no error of nodes'} in the record of cluster {new.cluster}"
    if old.versions != new.versions:
        return f"Note in the record of cluster {new.cluster} what runs"
    return f"Update the record of cluster {new.cluster}"
