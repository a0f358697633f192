# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster's own objects say that they made at its cloud, what its record remembers of it, and what it takes to have none of it left."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_provider import CloudProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._model.leftover import Found, Leftover, Made
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Phase, Record

NOTE = "note"
PROVIDERS, PLACES = "providers", "places"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_BALANCER_ID = "kubernetes.digitalocean.com/load-balancer-id"
_BALANCER_NAME = "service.beta.kubernetes.io/do-loadbalancer-name"
_DISOWNED = "service.beta.kubernetes.io/do-loadbalancer-disown"

Object = Mapping[str, Any]


def made(provider: CloudProvider, volumes: Iterable[Object], contents: Iterable[Object], services: Iterable[Object]) -> Made:
    """contents: VolumeSnapshotContents. A hand-made PersistentVolume only lends a volume to the cluster."""
    found = Made()
    for volume in volumes:
        csi = _of(volume, "spec", "csi")
        if csi.get("driver") == provider.driver and isinstance(csi.get("volumeHandle"), str):
            handle = frozenset({csi["volumeHandle"]})
            found |= Made(volumes=handle) if _annotations(volume).get(_PROVISIONED_BY) == provider.driver else Made(brought=handle)
    for content in contents:
        handle, given = _of(content, "status").get("snapshotHandle"), _of(content, "spec", "source").get("snapshotHandle")
        if _of(content, "spec").get("driver") == provider.driver and isinstance(given or handle, str):
            found |= Made(brought=frozenset({given})) if given else Made(snapshots=frozenset({handle}))
    for service in services:
        if _of(service, "spec").get("type") == "LoadBalancer":
            found |= _balancer(service)
    # whoever lends what a claim made before has the last word
    return replace(found, volumes=found.volumes - found.brought, snapshots=found.snapshots - found.brought)


def _balancer(service: Object) -> Made:
    annotations = _annotations(service)
    if annotations.get(_DISOWNED) == "true":
        return Made()
    # the name that Kubernetes' library for clouds gives
    names = {f"a{service['metadata'].get('uid', '').replace('-', '')}"[:32], annotations.get(_BALANCER_NAME, "")}
    return Made(balancers=frozenset({annotations.get(_BALANCER_ID, "")} - {""}), balancer_names=frozenset(names - {"", "a"}))


def _of(item: Object, *path: str) -> dict[str, Any]:
    for key in path:
        item = item.get(key) or {}
        if not isinstance(item, dict):
            return {}
    return dict(item)


def _annotations(item: Object) -> dict[str, str]:
    return _of(item, "metadata", "annotations")


def concerns(record: Record | None, provider: str) -> bool:
    """Whether the cluster has, or had, to do with that provider."""
    if record is None:
        return False
    pools = {pool.get("provider") for pool in record.pools.values() if isinstance(pool, dict)}
    return provider in pools or record.spec.get("cloud_provider") == provider or provider in _words(record, PROVIDERS)


def places(record: Record) -> frozenset[str]:
    """Parts of providers, such as regions, in which the cluster had something."""
    pools = {pool.get("place") for pool in record.pools.values() if isinstance(pool, dict)}
    return frozenset(one for one in (*pools, *_words(record, PLACES)) if isinstance(one, str) and one)


def noted(record: Record, provider: str, uid: str, known: Made, where: Iterable[str] = ()) -> Record:
    """The record with what is known, beside what it knew before. where: parts of the provider."""
    notes = (Made.of(record.cloud) | known).notes()
    cloud = {PROVIDERS: sorted({*_words(record, PROVIDERS), provider}), PLACES: sorted({*_words(record, PLACES), *where}), **notes}
    return replace(record, uid=record.uid or uid, cloud={key: value for key, value in cloud.items() if value})


def _words(record: Record, key: str) -> list[str]:
    found = record.cloud.get(key)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def check_ends(record: Record) -> None:
    """Raises InvalidInput for a cluster that is to live on."""
    if record.phase != Phase.DELETING:
        raise InvalidInput(f"Cluster {record.cluster} is not being deleted, and what it has at its cloud is in use", where=f"phase {record.phase}",
                           fix=f"delete the cluster: ansible-playbook kubermatic.caas.delete_cluster -e cluster={record.cluster} -e confirm={record.cluster}")


def plan(cluster: str, title: str, found: Found, *, notes: bool, removes: bool) -> Plan:
    """title: of the provider. notes: the record lacks something of it. removes: what is the cluster's goes."""
    steps = [Step(f"Note in the record of cluster {cluster} what it made at {title}", NOTE)] if notes else []
    if removes:
        steps += [Step(f"Delete {one} at {title}, {one.why}", one, before=f"{one}\n", header=f"{one.kind} at {title}") for one in found.ours]
    return Plan(tuple(steps))


def left_over(cluster: str, title: str, residual: Iterable[Leftover], reasons: Mapping[str, str], seconds: float) -> NotReady:
    """reasons: id -> why it could not be deleted."""
    named = "; ".join(f"{one}" + (f": {reasons[one.id]}" if reasons.get(one.id) else "") for one in residual)
    return NotReady(f"Cluster {cluster} still has things at {title} after {seconds:.0f} s: {named}",
                    fix="look at its control panel, and run this again")
