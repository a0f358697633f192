# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Notes in a cluster's namespace what it is and how it is doing."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_RECORD
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_changes import Change, changed, title
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import LockHeld
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource


@dataclass(frozen=True, slots=True)
class Seen:
    """of_another_run: this one was not let in, so the record is not its own to write. ends: the cluster is being deleted, and its record goes with it."""

    record: Record | None
    of_another_run: bool
    ends: bool


class ClusterRecordResource(SteppingResource, ClusterResource):
    OPTIONS = CLUSTER_RECORD

    def observe(self) -> Seen:
        return Seen(record.read(self.seed, self.namespace), self.is_of_another_run(),
                    ends=self.params["phase"] == "Deleting" and self.namespace_goes())

    def is_of_another_run(self) -> bool:
        """Asked for only where this run failed: it may be that it was not let in."""
        if (self.params["last_error"] or self.params["node_error"]) and not self.params["phase"]:
            try:
                self.lock.check()
            except LockHeld:
                return True
        return False

    def plan(self, observed: Seen) -> Plan:
        old, new = observed.record, self.change(observed.record)
        if new == old or observed.of_another_run or observed.ends:
            return Plan()
        return Plan((Step(title(old, new), before=old.text() if old else None, after=new.text(), header=f"ConfigMap {self.namespace}/{record.NAME}"),))

    def apply_step(self, step: Step) -> None:
        record.write(self.seed, self.namespace, self.change)

    def finish(self, observed: Any, plan: Plan) -> None:
        if self.params["free_lock"]:
            self.lock.free()

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        new = observed.record if observed.record and not plan else self.change(observed.record)
        return {"phase": new.phase, "since": new.since, "last_error": new.last_error, "node_error": new.node_error,
                "runs": bool(new.versions)}

    def change(self, old: Record | None) -> Record:
        note = Change(**{name: self.params[name] for name in ("phase", "spec", "last_error", "node_error", "runs", "accepted_gates", "api")})
        return changed(old, self.cluster, note, datetime.now(UTC))
