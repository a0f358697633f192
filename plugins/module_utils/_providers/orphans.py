# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster's own objects say that they made at its cloud, what its record remembers of it, and what it takes to have none of it left."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import BalancerAnnotations, Integration
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import LENT, RETAINED, Found, Orphan, Said

NOTE = "note"
PROVIDERS, PLACES = "providers", "places"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_RETAIN = "Retain"

Object = Mapping[str, Any]
NOTHING = Said()


def said(provider: Integration, volumes: Iterable[Object], contents: Iterable[Object], services: Iterable[Object]) -> Said:
    """contents: VolumeSnapshotContents. All of it is the customer's word."""
    found = Said()
    for volume in volumes:
        csi = _of(volume, "spec", "csi")
        if csi.get("driver") == provider.driver:
            found |= _kept_or_named(csi.get("volumeHandle"), lent=not _is_made(provider, volume),
                                    retained=_of(volume, "spec").get("persistentVolumeReclaimPolicy") == _RETAIN)
    for content in contents:
        spec = _of(content, "spec")
        if spec.get("driver") == provider.driver:
            given = _of(content, "spec", "source").get("snapshotHandle")
            found |= _kept_or_named(given or _of(content, "status").get("snapshotHandle"), lent=bool(given), retained=spec.get("deletionPolicy") == _RETAIN)
    for service in services:
        if _of(service, "spec").get("type") == "LoadBalancer":
            found |= _balancer(service, provider.balancer)
    return found


def _kept_or_named(handle: Any, *, lent: bool, retained: bool) -> Said:
    if not isinstance(handle, str) or not handle:
        return Said()
    one = frozenset({handle})
    return Said(lent=one) if lent else Said(retained=one) if retained else Said(ids=one)


def _is_made(provider: Integration, volume: Object) -> bool:
    """For a claim of this cluster: the provisioner calls the PersistentVolume by the UID of its claim. One that was copied from another cluster keeps its
    annotation and its name, and its new claim has another UID."""
    claim = _of(volume, "spec", "claimRef").get("uid")
    return _annotations(volume).get(_PROVISIONED_BY) == provider.driver and bool(claim) and _of(volume, "metadata").get("name") == f"pvc-{claim}"


def _balancer(service: Object, known: BalancerAnnotations | None) -> Said:
    annotations = _annotations(service)
    number = str(_of(service, "metadata").get("uid") or "").replace("-", "")
    # the name that Kubernetes' library for clouds gives
    names = frozenset({f"a{number}"[:32]} if number else ())
    if known is None:
        return Said(names=names)
    names |= frozenset({str(annotations.get(known.name) or "")} - {""})
    ids = frozenset({str(annotations.get(known.id) or "")} - {""})
    return Said(retained=ids | names) if annotations.get(known.disowned) == "true" else Said(ids=ids, names=names)


def known_of(record: Record, now: Said | None) -> Said:
    """now: what the cluster's objects say, None if they can't be asked. What they give up now is kept no longer, whatever was noted before."""
    before = Said.of(record.cloud)
    if now is None:
        return before
    return now | Said(lent=before.lent - now.ids, retained=before.retained - now.ids - now.names)


def _of(item: Object, *path: str) -> dict[str, Any]:
    for key in path:
        item = (item.get(key) if isinstance(item, Mapping) else None) or {}
    return dict(item) if isinstance(item, Mapping) else {}


def _annotations(item: Object) -> dict[str, Any]:
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


@dataclass(frozen=True, slots=True)
class Noted:
    """What is noted of one provider. kept: what there really is, so no customer can fill the record. said: why it stays. places: parts of the provider."""

    provider: str
    kept: Iterable[Orphan] = ()
    said: Said = NOTHING
    places: Iterable[str] = ()


def noted(record: Record, uid: str, at: Iterable[Noted]) -> Record:
    """The record with where the cluster has something, and with ids of what is to stay, for the time when it doesn't answer any more."""
    at = list(at)
    stays = [(one.id, note.said.keeps(one.id, one.name)) for note in at for one in note.kept]
    cloud = {PROVIDERS: sorted({*_words(record, PROVIDERS), *(note.provider for note in at)}),
             PLACES: sorted({*_words(record, PLACES), *(place for note in at for place in note.places)}),
             "lent": sorted(number for number, why in stays if why == LENT), "retained": sorted(number for number, why in stays if why == RETAINED)}
    return replace(record, uid=uid, cloud={key: value for key, value in cloud.items() if value})


def _words(record: Record, key: str) -> list[str]:
    found = record.cloud.get(key)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def check_ends(record: Record) -> None:
    """Raises InvalidInput for a cluster that is to live on."""
    if record.phase != Phase.DELETING:
        raise InvalidInput(f"Cluster {record.cluster} is not being deleted, and its cloud resources are in use", where=f"phase {record.phase}",
                           fix=f"delete the cluster: ansible-playbook kubermatic.caas.delete_cluster -e cluster={record.cluster} -e confirm={record.cluster}")


def plan(cluster: str, title: str, found: Found, *, notes: bool, removes: bool) -> Plan:
    """title: of the provider. notes: the record lacks something of it. removes: what is the cluster's goes."""
    steps = [Step(f"Note in the record of cluster {cluster} what it has at {title}", NOTE)] if notes else []
    if removes:
        steps += [Step(f"Delete {one} at {title}, {one.why}", one, before=f"{one}\n", header=f"{one.kind} at {title}") for one in found.ours]
    return Plan(tuple(steps))


def left_over(cluster: str, title: str, residual: Iterable[Orphan], reasons: Mapping[str, str], seconds: float) -> NotReady:
    """reasons: id -> why it could not be deleted."""
    named = "; ".join(f"{one}" + (f": {reasons[one.id]}" if reasons.get(one.id) else "") for one in residual)
    return NotReady(f"Cluster {cluster} still has resources at {title} after {seconds:.0f} s: {named}",
                    fix="check its control panel, and run this again")
