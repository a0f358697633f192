# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The UID by which what a cluster has at a cloud is found."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._model.cluster import LABEL_CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._module.cluster_door import ClusterDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import cluster_uid as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import namespace as namespaces


def cluster_uid(door: ClusterDoor, record: Record | None) -> str:
    """Raises InvalidInput if it can't be known, or if the record says another one."""
    namespace = door.seed_namespace()
    if namespace is not None and namespace and namespaces.is_foreign(namespace, door.cluster):
        raise namespaces.foreign(door.cluster, door.seed.server)
    found = decide.uid_of(door.cluster, namespace, record.uid if record else "", door.seed.server)
    if decide.given(namespace):
        try:
            others = door.seed.list("v1", "Namespace", label_selector=LABEL_CLUSTER)
        except Refused:
            # an administrator wrote the label, who could look
            others = []
        decide.check_unique(door.cluster, found, others, door.seed.server)
    return found
