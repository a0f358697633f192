# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The UID by which what a cluster has at a cloud is found."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._module.cluster_door import ClusterDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import namespace as namespaces


def cluster_uid(door: ClusterDoor, record: Record | None) -> str:
    """Of the namespace in which the cluster was when it got its first thing at a cloud. Raises InvalidInput if it can't be known."""
    namespace = door.seed_namespace()
    if namespace is not None and namespace and namespaces.is_foreign(namespace, door.cluster):
        raise namespaces.foreign(door.cluster, door.seed.server)
    found = (record.uid if record else "") or ((namespace or {}).get("metadata") or {}).get("uid", "")
    if not found:
        raise InvalidInput(f"The UID of namespace {door.namespace} can't be read, and what the cluster has at a cloud is found by it",
                           where=door.seed.server, fix="bind the operator's Role of this collection in that namespace")
    return found
