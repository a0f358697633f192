# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a record changes."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.cluster_spec import recorded
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Phase, Record


@dataclass(frozen=True, slots=True)
class Change:
    """What a user of the record wants to note; None keeps what is there."""

    phase: str | None = None
    spec: dict[str, Any] | None = None
    last_error: str | None = None


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
    elif phase == Phase.RUNNING and change.phase == Phase.RUNNING:
        new = replace(new, last_error="")
    if phase == Phase.RUNNING and change.phase == Phase.RUNNING and spec.get("kubernetes_version"):
        new = replace(new, versions={**new.versions, "kubernetes": spec["kubernetes_version"]})
    return new


def title(old: Record | None, new: Record) -> str:
    """The change as a sentence."""
    if old is None or old.phase != new.phase:
        return f"Note phase {new.phase} in the record of cluster {new.cluster}"
    if old.last_error != new.last_error:
        return f"Note {'the last error' if new.last_error else 'no error'} in the record of cluster {new.cluster}"
    return f"Update the record of cluster {new.cluster}"
