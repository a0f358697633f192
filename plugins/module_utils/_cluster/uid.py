# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose UID it is by which things at a cloud are found. It decides about machines, so only an administrator of the seed can say it.

It is that of the cluster's namespace, or that of its label LABEL_UID: a user with the Role of this collection can write everything in the namespace, the
record with it, but not the namespace itself.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_UID, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

Namespace = Mapping[str, Any]


def own(namespace: Namespace | None) -> str:
    return str(((namespace or {}).get("metadata") or {}).get("uid") or "")


def given(namespace: Namespace | None) -> str:
    """By the administrator, "" if the namespace's own counts."""
    return str((((namespace or {}).get("metadata") or {}).get("labels") or {}).get(LABEL_UID) or "")


def uid_of(cluster: str, namespace: Namespace | None, recorded: str, where: str) -> str:
    """namespace: None if it is not there, {} if it can't be read. recorded: what the record says, which must not differ. Raises InvalidInput."""
    name, found = namespace_of(cluster), given(namespace) or own(namespace)
    if not found:
        raise InvalidInput(f"The UID of namespace {name} can't be read, and the collection finds the cloud resources of the cluster by it",
                           where=where, fix="bind the operator's Role of this collection in that namespace")
    if given(namespace) and not _UID.fullmatch(found):
        raise InvalidInput(f"Label {LABEL_UID} of namespace {name} is no UID", where=where, fix=f"remove it: kubectl label namespace {name} {LABEL_UID}-")
    if recorded and recorded != found:
        raise InvalidInput(f"The record of cluster {cluster} has another UID than its namespace, so a run could remove machines of another cluster",
                           where=f"ConfigMap {name}/cluster-record in {where}", why=f"the record says {recorded}, the namespace {found}",
                           fix="find out who wrote that record; if the namespace was restored from a backup, and no other cluster in any seed has that UID, an "
                               f"administrator of the seed can confirm that: kubectl label namespace {name} {LABEL_UID}={recorded}")
    return found


def check_unique(cluster: str, uid: str, namespaces: Iterable[Namespace], where: str) -> None:
    """namespaces: of all clusters of the seed. Raises InvalidInput if the UID is another one's, too."""
    for one in namespaces:
        name, ours = str((one.get("metadata") or {}).get("name")), namespace_of(cluster)
        if name != ours and uid in (own(one), given(one)):
            raise InvalidInput(f"Label {LABEL_UID} of namespace {ours} is the UID of namespace {name}", where=where,
                               why="the collection would take machines of one cluster for those of the other",
                               fix=f"correct it: kubectl label namespace {ours} {LABEL_UID}-")
