# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The record of a cluster, as far as its node pools are concerned."""
from __future__ import annotations

from collections.abc import Callable

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi


class PoolRecord:
    """Reads and changes the record that is in the seed."""

    def __init__(self, api: KubeApi, cluster: str, namespace: str) -> None:
        self.api, self.cluster, self.namespace = api, cluster, namespace

    def read(self) -> Record:
        found = record.read(self.api, self.namespace)
        if found is None:
            raise InvalidInput(f"Cluster {self.cluster} has no record", where=f"namespace {self.namespace} of {self.api.server}",
                               fix="create the cluster first: kubermatic.caas.create_cluster")
        return found

    def change(self, to: Callable[[Record], Record]) -> Record:
        def changed(old: Record | None) -> Record:
            return to(old or self.read())
        return record.write(self.api, self.namespace, changed)
