# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The UID by which what a cluster has at a cloud is found."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import namespace as namespaces
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import uid as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Refused


def cluster_uid(resource: ClusterResource, record: Record | None) -> str:
    """Raises InvalidInput if it can't be known, or if the record says another one."""
    namespace = resource.seed_namespace()
    if namespace is not None and namespace and namespaces.is_foreign(namespace, resource.cluster):
        raise namespaces.foreign(resource.cluster, resource.seed.server)
    found = decide.uid_of(resource.cluster, namespace, record.uid if record else "", resource.seed.server)
    if decide.given(namespace):
        try:
            others = resource.seed.list("v1", "Namespace", label_selector=LABEL_CLUSTER)
        except Refused:
            # an administrator wrote the label, who could look
            others = []
        decide.check_unique(resource.cluster, found, others, resource.seed.server)
    return found
