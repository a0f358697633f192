# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Base of all nouns of one cluster: the seed, the namespace in it, and the lock."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import cluster_name, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock_store import ClusterLock
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi, nothing
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import is_being_deleted
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.retrying_client import PatientApi
from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import is_gone


class ClusterResource(Resource):
    """Options: at least those of argument_specs.CLUSTER. A subclass whose `cluster` is optional works without lock if it is None."""

    OPTIONS = CLUSTER

    @property
    def outlives_namespace(self) -> bool:
        """Whether its steps are also right while the cluster's namespace is being deleted, and afterwards: those of a deletion."""
        return False

    @cached_property
    def cluster(self) -> str:
        """Name of the cluster. Raises InvalidInput."""
        return cluster_name(self.params["cluster"])

    @cached_property
    def namespace(self) -> str:
        """The cluster's namespace in the seed, "" if no cluster is given."""
        return namespace_of(self.cluster) if self.params.get("cluster") is not None else ""

    @cached_property
    def seed(self) -> KubeApi:
        """The seed's API, opened at first use."""
        api = PatientApi.from_kubeconfig(self.params["seed_kubeconfig"])
        api.progress = self.progress
        return api

    @cached_property
    def lock(self) -> ClusterLock:
        return ClusterLock(self.seed, self.cluster, self.namespace, self.holder, is_gone=is_gone, progress=self.progress)

    def reach_seed(self) -> str:
        """Version of the seed. Raises Unreachable with the kubeconfig by which it was tried."""
        try:
            return self.seed.server_version()
        except Unreachable as error:
            raise Unreachable("The seed can't be reached", where=f"{self.seed.server}, kubeconfig {self.params['seed_kubeconfig']}",
                              why=error.why, fix=error.fix) from error

    def seed_namespace(self) -> dict[str, Any] | None:
        """The cluster's Namespace, None if it is not there, {} if this kubeconfig may not look at it."""
        try:
            return self.seed.get("v1", "Namespace", self.namespace)
        except Refused:
            return {}

    def namespace_goes(self) -> bool:
        """Whether the cluster's namespace is being deleted, or is not there."""
        namespace = self.seed_namespace()
        return namespace is None or is_being_deleted(namespace)

    @contextmanager
    def locked(self, plan: Plan) -> Iterator[bool]:
        """Takes the lock for this run, and renews it while inside. It is not given back here: `cluster_lock` with state free does that.

        True if this run did not hold the lock before: a plan made until then may be about what another run has changed since.
        """
        if not self.namespace:
            yield False
            return
        if self.outlives_namespace and self.namespace_goes():
            # no Lease can be created there
            yield False
            return
        if self.seed_namespace() is None:
            raise InvalidInput(f"Cluster {self.cluster} is not there", where=self.seed.server, why=f"the seed has no namespace {self.namespace}",
                               fix="create it first: ansible-playbook kubermatic.caas.create_cluster")
        self.lock.take()
        with self.lock.renewed(), self.each_write_checked():
            yield self.lock.was_free

    @contextmanager
    def each_write_checked(self) -> Iterator[None]:
        """Raises before the next write if this run has lost the lock, perhaps because the machine slept."""
        self.seed.before_write = self.must_hold_lock
        try:
            yield
        finally:
            self.seed.before_write = nothing

    def must_hold_lock(self) -> None:
        if self.namespace:
            self.lock.still_held()
