# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster's own objects say that they made, and what of it a record remembers."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._model.cloud_provider import PROVIDERS
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.leftover import Found, Leftover, Made
from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import leftovers as decide

DIGITALOCEAN = PROVIDERS["digitalocean"]
DRIVER = DIGITALOCEAN.driver
VOLUME = Leftover("volume", "506f", "pvc-1", "which carries the cluster's tag")


def volume(handle: Any, *, by: str = DRIVER, driver: str = DRIVER) -> dict[str, Any]:
    annotations = {"pv.kubernetes.io/provisioned-by": by} if by else {}
    return {"metadata": {"annotations": annotations}, "spec": {"csi": {"driver": driver, "volumeHandle": handle}}}


def service(uid: str = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11", kind: str = "LoadBalancer", **annotations: str) -> dict[str, Any]:
    known = {"id": "kubernetes.digitalocean.com/load-balancer-id", "name": "service.beta.kubernetes.io/do-loadbalancer-name",
             "disown": "service.beta.kubernetes.io/do-loadbalancer-disown"}
    return {"metadata": {"uid": uid, "annotations": {known[name]: value for name, value in annotations.items()}}, "spec": {"type": kind}}


def record(**change: Any) -> Record:
    return Record("demo", "Deleting", "2026-03-01T14:03:10Z", **change)


def test_volumes_made_for_claims_and_those_that_somebody_lent():
    found = decide.made(DIGITALOCEAN, [volume("a"), volume("b", by=""), volume("c", driver="ebs.csi.aws.com"), volume("d", by="somebody"), volume(7),
                                       {"metadata": {}, "spec": {"hostPath": {"path": "/"}}}], [], [])
    assert found == Made(volumes=frozenset({"a"}), brought=frozenset({"b", "d"}))


def test_who_lends_what_was_made_has_the_last_word():
    assert decide.made(DIGITALOCEAN, [volume("a"), volume("a", by="")], [], []) == Made(brought=frozenset({"a"}))


def test_snapshots():
    made = {"spec": {"driver": DRIVER, "source": {"volumeHandle": "a"}}, "status": {"snapshotHandle": "s1"}}
    lent = {"spec": {"driver": DRIVER, "source": {"snapshotHandle": "s2"}}, "status": {"snapshotHandle": "s2"}}
    coming, other = {"spec": {"driver": DRIVER, "source": {}}}, {"spec": {"driver": "x"}, "status": {"snapshotHandle": "s3"}}
    assert decide.made(DIGITALOCEAN, [], [made, lent, coming, other], []) == Made(snapshots=frozenset({"s1"}), brought=frozenset({"s2"}))


def test_load_balancers_of_services():
    name = "a0b7f7ad07d0c4c3e9f531d5f4a2c9a1"
    assert len(name) == 32
    assert decide.made(DIGITALOCEAN, [], [], [service()]) == Made(balancer_names=frozenset({name}))
    both = decide.made(DIGITALOCEAN, [], [], [service(id="4de7", name="shop")])
    assert both == Made(balancers=frozenset({"4de7"}), balancer_names=frozenset({name, "shop"}))
    assert decide.made(DIGITALOCEAN, [], [], [service(kind="ClusterIP", id="x"), service(id="y", disown="true")]) == Made()


@pytest.mark.parametrize("strange", [
    {}, {"metadata": None, "spec": None}, {"metadata": {"annotations": []}, "spec": []}, {"metadata": {}, "spec": {"csi": "x"}}])
def test_strange_objects_made_nothing(strange: dict[str, Any]):
    assert decide.made(DIGITALOCEAN, [strange], [strange], [strange]) == Made()


def test_a_record_forgets_nothing():
    first = decide.noted(record(), "digitalocean", "uid-1", Made(volumes=frozenset({"b", "a"})))
    assert first.cloud == {"providers": ["digitalocean"], "volumes": ["a", "b"]} and first.uid == "uid-1"
    second = decide.noted(first, "digitalocean", "uid-2", Made(balancers=frozenset({"c"})))
    assert second.cloud == {"providers": ["digitalocean"], "volumes": ["a", "b"], "balancers": ["c"]} and second.uid == "uid-1"
    assert decide.noted(second, "digitalocean", "uid-2", Made()) == second
    assert Record.of(second.text()) == second and Made.of(second.cloud).volumes == {"a", "b"}


@pytest.mark.parametrize("notes", [None, [], {"volumes": "abc"}, {"volumes": [1, None]}, {"strange": ["a"]}])
def test_strange_notes_are_none(notes: Any):
    assert Made.of(notes) == Made()


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
    found = Found((VOLUME,), (Leftover("reserved IP", "192.0.2.7", "192.0.2.7", "it is"),))
    assert decide.plan("demo", "DigitalOcean", found, notes=True, removes=True).titles() == [
        "Note in the record of cluster demo what it made at DigitalOcean", "Delete volume pvc-1 (506f) at DigitalOcean, which carries the cluster's tag"]
    assert not decide.plan("demo", "DigitalOcean", found, notes=False, removes=False)


def test_what_is_left_is_named_with_the_reason():
    assert decide.left_over("demo", "DigitalOcean", [VOLUME], {"506f": "409 it is attached"}, 61.2).line() == (
        "Cluster demo still has things at DigitalOcean after 61 s: volume pvc-1 (506f): 409 it is attached. Look at its control panel, and run this again.")
