# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes the lock of a cluster, or gives it back."""
from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_LOCK
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock_store import now
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource


@dataclass(frozen=True, slots=True)
class Seen:
    """ours: this run has the lock. fresh: its holder renewed it in time. has_room: there is a namespace for it."""

    ours: bool
    fresh: bool
    has_room: bool

    @property
    def is_held(self) -> bool:
        return self.ours and self.fresh


class ClusterLockResource(SteppingResource, ClusterResource):
    OPTIONS = CLUSTER_LOCK

    def observe(self) -> Seen:
        """Raises LockHeld where the lock is to be taken from another run."""
        lock = self.lock.read()
        seen = Seen(ours=lock is not None and lock.holder == self.holder, fresh=lock is not None and lock.is_fresh(now()),
                    has_room=lock is not None or self.seed_namespace() is not None)
        if self.params["state"] == "held" and seen.has_room and not seen.is_held:
            self.lock.check()
        return seen

    def plan(self, observed: Seen) -> Plan:
        if self.params["state"] == "free":
            return Plan((Step(f"Release the lock of cluster {self.cluster}"),) if observed.ours else ())
        if observed.is_held or not observed.has_room:
            return Plan()
        return Plan((Step(f"{'Renew' if observed.ours else 'Take'} the lock of cluster {self.cluster}"),))

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        return nullcontext()

    def apply_step(self, step: Step) -> None:
        if self.params["state"] == "free":
            self.lock.free()
        else:
            self.lock.take()

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        return {"holder": self.holder if self.params["state"] == "held" else ""}
