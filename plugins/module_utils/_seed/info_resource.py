# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether an existing cluster can be a seed, and what it lacks."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import status
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.rights_client import missing_rights
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import fitness as seed_fitness
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_INFO
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.room_client import free_space

Answer = TypeVar("Answer")


def if_allowed(question: Callable[[], Answer]) -> Answer | None:
    """The answer, None if this kubeconfig may not ask."""
    try:
        return question()
    except Refused:
        return None


class SeedInfoResource(ReadingResource, ClusterResource):
    """Reads only."""

    OPTIONS = SEED_INFO

    def observe(self) -> seed_fitness.Seen | Unreachable:
        try:
            version = self.reach_seed()
        except Unreachable as error:
            if self.params["require"]:
                raise
            return error
        exists = bool(self.namespace) and self.seed_namespace() is not None
        nodes = if_allowed(lambda: self.seed.list("v1", "Node"))
        return seed_fitness.Seen(
            version=version,
            storage_classes=if_allowed(lambda: self.seed.list("storage.k8s.io/v1", "StorageClass")),
            nodes=nodes, free=free_space(self.seed, nodes or []),
            may_create_namespaces=exists or self.seed.allowed("create", "", "namespaces"),
            namespace=self.namespace, namespace_exists=exists,
            missing_rights=missing_rights(self.seed, self.namespace), offer=seed_machines.offer(self.seed),
            api_server_flags=if_allowed(self.api_server_flags), takes_external_ips=self.takes_external_ips())

    def api_server_flags(self) -> list[str] | None:
        """None where the API server is no pod of the seed."""
        pods = self.seed.list("v1", "Pod", "kube-system", "component=kube-apiserver")
        return [word for pod in pods for container in pod["spec"]["containers"] for word in (*container.get("command", []), *container.get("args", []))] or None

    def takes_external_ips(self) -> bool | None:
        """Tried with a Service that is not made. None if this kubeconfig may not make one at that place."""
        place = self.namespace if self.namespace and self.seed_namespace() else "default"
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubermatic-caas-look", "namespace": place},
                   "spec": {"ports": [{"port": 443}], "externalIPs": ["192.0.2.1"]}}
        if not self.seed.allowed("create", "", "services", place):
            return None
        try:
            self.seed.request("POST", f"/api/v1/namespaces/{place}/services", {"dryRun": "All"}, service)
        except (Refused, ApiError):
            return False
        return True

    def report(self, observed: seed_fitness.Seen | Unreachable, plan: Plan) -> dict[str, Any]:
        if isinstance(observed, Unreachable):
            return {"reachable": False, "server": self.seed.server, "version": "", "default_storage_class": "", "nodes": None,
                    "missing": [observed.line()], "notes": []}
        missing = seed_fitness.missing(observed)
        if missing and self.params["require"]:
            raise InvalidInput(f"The seed lacks: {'; '.join(missing)}", where=f"kubeconfig {self.params['seed_kubeconfig']}")
        return {"reachable": True, "server": self.seed.server, "version": observed.version,
                "default_storage_class": seed_fitness.default_storage_class(observed.storage_classes),
                "nodes": status.node_count(observed.nodes), "missing": missing, "notes": seed_fitness.notes(observed)}
