# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a seed shows of a cluster's etcd."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Pods, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine, machines_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import Evidence, Seen, ended_often, pods_of
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import FIELD_MANAGER, KubeApi

STATEFUL_SET, SELECTOR = "etcd", "app.kubernetes.io/name=etcd"
MERGE_PATCH = "application/merge-patch+json"


def grow(api: KubeApi, namespace: str, ordinal: int, size: str, *, dry_run: bool = False) -> None:
    """Lets the volume of a member become larger. Raises Refused or ApiError if it may not."""
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-{member_name(ordinal)}"
    api.request("PATCH", path, {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})},
                {"spec": {"resources": {"requests": {"storage": size}}}}, MERGE_PATCH)


class EtcdReader:
    """Reads objects of one namespace, and of the seed what the kubeconfig may see."""

    def __init__(self, api: KubeApi, namespace: str) -> None:
        self.api, self.namespace = api, namespace

    def seen(self) -> Seen | None:
        """None without a StatefulSet."""
        stateful_set = self.stateful_set()
        if stateful_set is None:
            return None
        return Seen(stateful_set, tuple(self.api.list("v1", "Pod", self.namespace, SELECTOR)), self.claims(), datetime.now(UTC))

    def stateful_set(self) -> dict[str, Any] | None:
        return self.api.get("apps/v1", "StatefulSet", STATEFUL_SET, self.namespace)

    def claims(self) -> tuple[dict[str, Any], ...]:
        """Of volumes of members, present and former ones."""
        return tuple(self.api.list("v1", "PersistentVolumeClaim", self.namespace, SELECTOR))

    def machines(self) -> tuple[Machine, ...] | None:
        """Of the seed. An operator of one namespace may not look."""
        try:
            return machines_of(self.api.list("v1", "Node"))
        except Refused:
            return None

    def explained(self, machines: tuple[Machine, ...] | None) -> Pods:
        """The pods, with what is lost of them and what they wait for."""
        seen = self.seen()
        if seen is None:
            return Pods()
        names = {name for claim in seen.claims if (name := (claim.get("spec") or {}).get("volumeName"))}
        volumes = {name: found[0] for name in sorted(names) if (found := self.volume(name))}
        return pods_of(seen, Evidence(machines, volumes, {ordinal: self.last_words(ordinal) for ordinal in ended_often(seen)}))

    def volume(self, name: str) -> tuple[dict[str, Any] | None] | None:
        """The PersistentVolume, None in it if it is gone; no answer at all if this kubeconfig may not look."""
        try:
            return (self.api.get("v1", "PersistentVolume", name),)
        except Refused:
            return None

    def last_words(self, ordinal: int) -> str:
        """What the container of a member said before it ended, "" if that can't be read."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{member_name(ordinal)}/log"
        try:
            return str(self.api.request("GET", path, {"container": "etcd", "previous": "true", "tailLines": "200", "limitBytes": "200000"}))
        except (Refused, ApiError):
            return ""
