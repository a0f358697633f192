# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster's own objects say, and what of it a record remembers."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import NAMED, RETAINED, Found, Orphan, Said
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS

DIGITALOCEAN = INTEGRATIONS["digitalocean"]
DRIVER = DIGITALOCEAN.driver
VOLUME = Orphan("volume", "506f", "pvc-1", "which carries the cluster's tag")


CLAIM = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11"


def volume(handle: Any, *, by: str = DRIVER, driver: str = DRIVER, claim: str = CLAIM, name: str = f"pvc-{CLAIM}", policy: str = "Delete") -> dict[str, Any]:
    annotations = {"pv.kubernetes.io/provisioned-by": by} if by else {}
    return {"metadata": {"name": name, "annotations": annotations}, "spec": {
        "csi": {"driver": driver, "volumeHandle": handle}, "claimRef": {"uid": claim}, "persistentVolumeReclaimPolicy": policy}}


def service(uid: str = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11", kind: str = "LoadBalancer", **annotations: str) -> dict[str, Any]:
    known = {"id": "kubernetes.digitalocean.com/load-balancer-id", "name": "service.beta.kubernetes.io/do-loadbalancer-name",
             "disown": "service.beta.kubernetes.io/do-loadbalancer-disown"}
    return {"metadata": {"uid": uid, "annotations": {known[name]: value for name, value in annotations.items()}}, "spec": {"type": kind}}


def record(**change: Any) -> Record:
    return Record("demo", "Deleting", "2026-03-01T14:03:10Z", **change)


def ids(*words: str) -> frozenset[str]:
    return frozenset(words)


def test_volumes_that_are_named_lent_and_retained():
    found = decide.said(DIGITALOCEAN, [volume("a"), volume("b", by=""), volume("c", driver="ebs.csi.aws.com"), volume("d", by="somebody"), volume(7),
                                       volume("e", policy="Retain"), {"metadata": {}, "spec": {"hostPath": {"path": "/"}}}], [], [])
    assert found == Said(ids=ids("a"), lent=ids("b", "d"), retained=ids("e"))


@pytest.mark.parametrize("copied", [
    volume("a", claim="another"), volume("a", name="data"), volume("a", claim=""),
    {"metadata": volume("a")["metadata"], "spec": {"csi": volume("a")["spec"]["csi"]}}])
def test_a_volume_that_was_copied_from_another_cluster_is_lent_although_its_annotation_came_along(copied: dict[str, Any]):
    assert decide.said(DIGITALOCEAN, [copied], [], []) == Said(lent=ids("a"))


def test_snapshots():
    made = {"spec": {"driver": DRIVER, "source": {"volumeHandle": "a"}}, "status": {"snapshotHandle": "s1"}}
    lent = {"spec": {"driver": DRIVER, "source": {"snapshotHandle": "s2"}}, "status": {"snapshotHandle": "s2"}}
    stays = {"spec": {"driver": DRIVER, "source": {"volumeHandle": "a"}, "deletionPolicy": "Retain"}, "status": {"snapshotHandle": "s4"}}
    coming, other = {"spec": {"driver": DRIVER, "source": {}}}, {"spec": {"driver": "x"}, "status": {"snapshotHandle": "s3"}}
    assert decide.said(DIGITALOCEAN, [], [made, lent, stays, coming, other], []) == Said(ids=ids("s1"), lent=ids("s2"), retained=ids("s4"))


def test_load_balancers_of_services():
    name = "a0b7f7ad07d0c4c3e9f531d5f4a2c9a1"
    assert len(name) == 32
    assert decide.said(DIGITALOCEAN, [], [], [service()]) == Said(names=ids(name))
    assert decide.said(DIGITALOCEAN, [], [], [service(id="4de7", name="shop")]) == Said(ids=ids("4de7"), names=ids(name, "shop"))
    # disowned: its load balancer is to outlive the Service
    assert decide.said(DIGITALOCEAN, [], [], [service(kind="ClusterIP", id="x"), service(id="y", disown="true")]) == Said(retained=ids("y", name))
    # what is DigitalOcean's means nothing at AWS
    assert decide.said(INTEGRATIONS["aws"], [], [], [service(id="4de7", name="production", disown="true")]) == Said(names=ids(name))


@pytest.mark.parametrize("strange", [
    {}, {"metadata": None, "spec": None}, {"metadata": {"annotations": []}, "spec": []}, {"metadata": {}, "spec": {"csi": "x"}}, [], "x", None,
    {"metadata": 7, "spec": {"type": "LoadBalancer"}}, {"metadata": {"uid": None}, "spec": {"type": "LoadBalancer"}},
    {"metadata": {"name": ["x"]}, "spec": {"csi": {"driver": DRIVER, "volumeHandle": {}}, "driver": DRIVER, "source": {"snapshotHandle": 7}}}])
def test_strange_objects_say_nothing(strange: Any):
    assert decide.said(DIGITALOCEAN, [strange], [strange], [strange]) == Said()


def test_what_stays_is_noted_by_what_there_is_so_that_no_customer_fills_the_record():
    kept = [Orphan("volume", "b", "x", RETAINED), Orphan("volume", "a", "x", NAMED), Orphan("volume", "c", "x", NAMED)]
    first = decide.noted(record(), "uid-1", [decide.Noted("digitalocean", kept, Said(ids=ids("c"), lent=ids("a", "gone"), retained=ids("b")))])
    assert first.cloud == {"providers": ["digitalocean"], "lent": ["a"], "retained": ["b"]} and first.uid == "uid-1"
    assert Record.of(first.text()) == first and Said.of(first.cloud) == Said(lent=ids("a"), retained=ids("b"))
    # what an earlier release noted of things that the customer's objects named is forgotten
    old = record(cloud={"volumes": ["v"], "balancers": ["p"], "balancer_names": ["production"], "brought": ["l"]})
    assert Said.of(old.cloud) == Said(lent=ids("l"))
    assert decide.noted(old, "uid-1", [decide.Noted("digitalocean")]).cloud == {"providers": ["digitalocean"]}


def test_what_stays_at_one_provider_is_not_forgotten_for_another():
    at = [decide.Noted(name, [Orphan("volume", name, "x", RETAINED)], Said(retained=ids(name)), [f"{name}-1"]) for name in ("digitalocean", "aws")]
    assert decide.noted(record(), "uid-1", at).cloud == {
        "providers": ["aws", "digitalocean"], "places": ["aws-1", "digitalocean-1"], "retained": ["aws", "digitalocean"]}


def test_what_was_noted_counts_until_the_cluster_says_otherwise():
    before = record(cloud={"lent": ["a"], "retained": ["b", "c"]})
    assert decide.known_of(before, None) == Said(lent=ids("a"), retained=ids("b", "c"))
    assert decide.known_of(before, Said(ids=ids("b"))) == Said(ids=ids("b"), lent=ids("a"), retained=ids("c"))


@pytest.mark.parametrize("notes", [None, [], {"lent": "abc"}, {"retained": [1, None]}, {"strange": ["a"]}])
def test_strange_notes_are_none(notes: Any):
    assert Said.of(notes) == Said()


@pytest.mark.parametrize(("known", "expected"), [
    (None, False), (record(), False), (record(spec={"cloud_provider": "aws"}), False), (record(spec={"cloud_provider": "digitalocean"}), True),
    (record(pools={"web": {"provider": "digitalocean"}, "old": "x"}), True), (record(pools={"web": {"provider": ""}}), False),
    (record(cloud={"providers": ["digitalocean"]}), True)])
def test_whom_it_concerns(known: Record | None, expected: bool):
    assert decide.concerns(known, "digitalocean") is expected


def test_only_a_cluster_that_ends_loses_its_things():
    decide.check_ends(record())
    with pytest.raises(InvalidInput, match=r"Cluster demo is not being deleted.*delete_cluster -e cluster=demo -e confirm=demo"):
        decide.check_ends(Record("demo", "Running", ""))


def test_steps():
    found = Found((VOLUME,), (Orphan("reserved IP", "192.0.2.7", "192.0.2.7", "it is"),))
    assert decide.plan("demo", "DigitalOcean", found, notes=True, removes=True).titles() == [
        "Note in the record of cluster demo what it has at DigitalOcean", "Delete volume pvc-1 (506f) at DigitalOcean, which carries the cluster's tag"]
    assert not decide.plan("demo", "DigitalOcean", found, notes=False, removes=False)


def test_what_is_left_is_named_with_the_reason():
    assert decide.left_over("demo", "DigitalOcean", [VOLUME], {"506f": "409 it is attached"}, 61.2).line() == (
        "Cluster demo still has resources at DigitalOcean after 61 s: volume pvc-1 (506f): 409 it is attached. Check its control panel, and run this again.")
