# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The namespace of a cluster in its seed: there, or gone with proof."""
from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import namespace as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import NAMESPACE
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import is_being_deleted
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Telling
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side

POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """namespace: None if it is not there, {} if it can't be seen. may_label: this kubeconfig may change it."""

    namespace: dict[str, Any] | None
    may_label: bool = True


def seen(resource: ClusterResource) -> Seen:
    namespace = resource.seed_namespace()
    asks = decide.needs_right_to_label(resource.cluster, namespace)
    return Seen(namespace, not asks or resource.seed.allowed("patch", "", "namespaces", resource.namespace))


def plan_present(resource: ClusterResource, observed: Seen) -> Plan:
    """The steps that lead to the namespace. Raises InvalidInput or NotReady if it can't be created."""
    return decide.plan_present(resource.cluster, observed.namespace, may_label=observed.may_label, where=resource.seed.server)


class NamespaceResource(SteppingResource, ClusterResource):
    OPTIONS = NAMESPACE

    residual: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        return self.params["state"] == "absent"

    def observe(self) -> Seen:
        if self.ends:
            decide.check_confirmed(self.cluster, self.params["confirm"])
            return Seen(self.seed_namespace())
        return seen(self)

    def plan(self, observed: Seen) -> Plan:
        if self.ends:
            return decide.plan_absent(self.cluster, observed.namespace, where=self.seed.server)
        return plan_present(self, observed)

    @property
    def outlives_namespace(self) -> bool:
        """Also where it is yet to be created."""
        return True

    def apply_step(self, step: Step) -> None:
        if step.target in (decide.CREATE, decide.LABEL):
            self.seed.apply(decide.manifest(self.cluster))
            self.lock.take()
        elif step.target == decide.DELETE:
            uid = ((self.seed_namespace() or {}).get("metadata") or {}).get("uid")
            self.delete(uid)

    def delete(self, uid: str | None) -> None:
        try:
            self.seed.delete("v1", "Namespace", self.namespace, uid=uid)
        except Refused as error:
            raise Refused(f"This kubeconfig may not delete namespace {self.namespace}", where=self.seed.server, why=error.why,
                          fix=f"everything else of cluster {self.cluster} is deleted: ask an administrator of the seed to run kubectl delete namespace "
                              f"{self.namespace}, which deletes the cluster with all its data") from error

    def finish(self, observed: Any, plan: Plan) -> None:
        if not self.ends:
            return
        begin, telling = time.monotonic(), Telling()
        while True:
            left = self.left()
            self.residual = tuple(one.line for one in left)
            passed = time.monotonic() - begin
            if not left:
                break
            if passed > self.params["wait_timeout"] or not any(one.disappears for one in left):
                raise decide.left_over(self.cluster, self.residual, passed)
            if line := telling.line(f"still there: {', '.join(self.residual)}", passed):
                self.progress(line)
            time.sleep(POLL_SECONDS)
        if plan:
            self.progress(f"Namespace {self.namespace} and its volumes are gone after {passed:.1f} s")
        for what in self.unchecked:
            self.progress(f"Not verified, because this kubeconfig may not read it: {what}")

    def end_contents(self) -> None:
        """Of a namespace that is ending. The seed would begin 5 seconds later, and look at volumes only when all pods have had their time to end."""
        try:
            pods, claims = (self.seed.list("v1", kind, self.namespace) for kind in ("Pod", "PersistentVolumeClaim"))
            ending = decide.to_end(pods, claims)
            side_by_side(lambda one: self.seed.delete("v1", one.kind, one.name, self.namespace, uid=one.uid, grace_period=one.grace_period), ending)
        except (Refused, ApiError):
            # it is faster with it, and comes to the same without
            return

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        result: dict[str, Any] = {"namespace": self.namespace}
        return {**result, "residual": list(self.residual), "unchecked": list(self.unchecked)} if self.ends else result

    def left(self) -> list[decide.Remainder]:
        """Everything of the cluster that is still in the seed. Hastens the end of a namespace that is ending."""
        left, unchecked = [], []
        try:
            namespace = self.seed.get("v1", "Namespace", self.namespace)
            left += [decide.namespace_left(namespace)] if namespace else []
            # another run may have made the cluster anew since
            if is_being_deleted(namespace):
                self.end_contents()
        except Refused:
            unchecked.append(f"that Namespace {self.namespace} is gone")
        try:
            volumes = self.seed.list("v1", "PersistentVolume")
            left += [decide.volume_left(volume) for volume in decide.volumes_of(volumes, self.namespace)]
        except Refused:
            unchecked.append("that its PersistentVolumes are gone")
        self.unchecked = tuple(unchecked)
        return left
