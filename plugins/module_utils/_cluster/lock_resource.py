# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes the lock of a cluster, or gives it back."""
from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock import Lock
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock_store import now
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import CLUSTER


class ClusterLockResource(SteppingResource, ClusterResource):
    ARGUMENT_SPEC = {**CLUSTER, "state": {"type": "str", "choices": ["held", "free"], "default": "held"}}

    def observe(self) -> Lock | None:
        return self.lock.read()

    def plan(self, observed: Lock | None) -> Plan:
        ours = observed is not None and observed.holder == self.holder
        if self.params["state"] == "free":
            return Plan((Step(f"Give back the lock of cluster {self.cluster}"),) if ours else ())
        if ours and observed is not None and observed.is_fresh(now()):
            return Plan()
        if observed is None and self.seed_namespace() is None:
            return Plan()
        self.lock.check()
        return Plan((Step(f"{'Renew' if ours else 'Take'} the lock of cluster {self.cluster}"),))

    def guard(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def apply(self, step: Step) -> None:
        if self.params["state"] == "free":
            self.lock.free()
        else:
            self.lock.take()

    def report(self, observed: Lock | None, plan: Plan) -> dict[str, Any]:
        return {"holder": self.holder if self.params["state"] == "held" else ""}
