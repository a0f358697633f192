# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose things are at DigitalOcean: with the lab's cloud, in which others have things, too."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import MADE_BY_DRIVER, DigitalOceanOrphans
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, LENT, NAMED, RETAINED, SHARED, Said
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN
from worlds.digitalocean import World, world
from worlds.world import OTHER_UID, UID

OURS, CONTROLLERS, OTHERS = f"kubermatic-caas:{UID}", f"k8s:{UID}", f"kubermatic-caas:{OTHER_UID}"
BALANCER_NAME = "a0b7f7ad07d0c4c3e9f531d5f4a2c9a1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


@pytest.fixture
def there() -> Iterator[World]:
    with world() as found:
        yield found


def cloud(there: World, uid: str = UID, **options: Any) -> DigitalOceanOrphans:
    return DigitalOceanOrphans(there.api(**options), uid)


def volume(there: World, name: str = "pvc-1", tags: tuple[str, ...] = (OURS,), **fields: Any) -> Any:
    """As the driver makes it."""
    return there.account.add("volumes", name, tags, description=MADE_BY_DRIVER, **fields)


def names(there: World, said: Said | None = None) -> tuple[list[str], list[str]]:
    found = cloud(there).find(said or Said())
    return [f"{one.kind} {one.name}" for one in found.ours], [f"{one.kind} {one.name}" for one in found.kept]


def test_an_account_without_anything_of_the_cluster(there: World):
    there.account.add("volumes", "data")
    there.stranger("demo-web-1")
    assert names(there) == ([], [])


def reasons(there: World, said: Said | None = None) -> dict[str, str]:
    return {one.id: one.why for one in cloud(there).find(said or Said()).kept}


def test_what_carries_the_tag_in_the_order_in_which_it_can_go(there: World):
    there.stranger("demo-web-1", OURS)
    made = volume(there, tags=(OURS.upper(),))
    there.account.add("snapshots", "monday", [OURS], resource_id=made.id)
    there.account.add("load_balancers", "shop", [CONTROLLERS])
    there.account.add("firewalls", "ports", [OURS])
    there.account.add_key(f"{OURS}:web", KEY)
    assert names(there) == ([f"{kind}" for kind in (
        "machine demo-web-1", "load balancer shop", "firewall ports", "snapshot monday", "volume pvc-1", f"SSH key {OURS}:web",
        f"tag {OURS}", f"tag {CONTROLLERS}")], [])


def test_what_the_customers_objects_name_is_told_and_stays(there: World):
    """Whatever a PersistentVolume, a VolumeSnapshotContent or a Service says: the account is the operator's."""
    billing, snapshot = volume(there, "billing", ()), there.account.add("snapshots", "s")
    production, by_id = there.account.add("load_balancers", "production"), there.account.add("load_balancers", "other")
    leads = there.account.add("load_balancers", "by-hand", [], tag=OURS)
    said = Said(ids=frozenset({billing.id, snapshot.id, by_id.id}), names=frozenset({"production"}))
    assert names(there, said) == ([], ["load balancer production", "load balancer other", "load balancer by-hand", "snapshot s", "volume billing"])
    assert {reasons(there, said)[one.id] for one in (billing, snapshot, production, by_id)} == {NAMED}
    assert names(there) == ([], ["load balancer by-hand"]) and "leads to machines" in reasons(there)[leads.id]
    assert there.cloud.writes == []


def test_what_carries_the_mark_of_another_cluster_is_that_ones_whatever_our_objects_say(there: World):
    theirs = volume(there, tags=(OTHERS,))
    snapshot = there.account.add("snapshots", "s", [OTHERS])
    there.account.add("load_balancers", BALANCER_NAME, [f"k8s:{OTHER_UID}"])
    there.stranger("demo-web-1", OTHERS)
    there.account.add("firewalls", "ports", [OTHERS])
    there.account.add_key(f"{OTHERS}:web", KEY)
    assert names(there, Said(frozenset({theirs.id, snapshot.id}), frozenset({BALANCER_NAME}))) == ([], [])


def test_what_two_clusters_marked_stays(there: World):
    """As a volume that moved: the driver of the cluster in which it is now marked it, too. And as a load balancer that a Service of ours names."""
    both = [volume(there, tags=(OURS, OTHERS)), there.account.add("snapshots", "s", [OURS, f"k8s:{OTHER_UID}"]),
            there.account.add("load_balancers", "production", [CONTROLLERS, f"k8s:{OTHER_UID}"]), there.stranger("somebodys-web-1", OURS, OTHERS)]
    ours, kept = names(there)
    assert [one for one in ours if not one.startswith("tag ")] == [] and len(kept) == 4
    assert set(reasons(there).values()) == {SHARED} and set(reasons(there)) == {str(one.id) for one in both}


def test_what_is_to_outlive_its_object_stays(there: World):
    lent, retained = volume(there), volume(there)
    snapshot, disowned = there.account.add("snapshots", "s", [OURS]), there.account.add("load_balancers", "shop", [CONTROLLERS])
    said = Said(lent=frozenset({lent.id}), retained=frozenset({retained.id, snapshot.id, "shop"}))
    assert reasons(there, said) == {lent.id: LENT, retained.id: RETAINED, snapshot.id: RETAINED, disowned.id: RETAINED}


def test_a_volume_that_was_only_attached_is_not_the_clusters_although_the_driver_marked_it(there: World):
    lent = there.account.add("volumes", "customers-data", [OURS])
    assert names(there)[0] == [f"tag {OURS}"] and "the driver for volumes did not make it" in reasons(there)[lent.id]


def test_nothing_is_detached_from_a_machine_of_somebody_else(there: World):
    """A volume that moved to another cluster without its tag being taken off."""
    theirs, ours = there.stranger("database"), there.stranger("of-the-operator", CONTROLLERS)
    moved, here = volume(there, droplet_id=theirs.id), volume(there, "pvc-2", droplet_id=ours.id)
    adapter = cloud(there)
    found = adapter.find(Said())
    assert reasons(there)[moved.id] == ELSEWHERE and [one.id for one in found.ours if one.kind == "volume"] == [here.id]
    (volume_of_ours,) = (one for one in found.ours if one.id == here.id)
    # it moved after it was looked at
    here.fields["droplet_id"] = theirs.id
    with pytest.raises(ApiError, match=rf"machine {theirs.id}, which does not carry the cluster's tag") as failure:
        adapter.remove(volume_of_ours)
    assert failure.value.status == 409 and there.cloud.writes == []
    here.fields["droplet_id"] = ours.id
    adapter.remove(volume_of_ours)
    assert here.gone and moved.gone is None and moved.fields["droplet_id"] == theirs.id


def test_similar_names_and_tags_are_somebody_elses(there: World):
    for tag in (f"{OURS}x", OURS[:-1], f"env:{OURS}", "kubermatic-caas", f"kubermatic-caas-pool:{UID}"):
        there.account.add("volumes", "pvc-1", [tag])
        there.account.add("firewalls", "ports", [tag])
        there.stranger("demo-web-1", tag)
        there.account.add_key(f"x{tag}", KEY)
    assert names(there) == ([], [])


def test_what_is_perhaps_somebodys_own_is_told_and_stays(there: World):
    machine = there.stranger("demo-web-1", OURS)
    other = there.stranger("somebodys")
    there.account.add("firewalls", "office", [OURS, "env:prod"])
    there.account.add("firewalls", "mixed", [OURS], droplet_ids=[machine.id, other.id])
    there.account.add("firewalls", "only-ours", [OURS], droplet_ids=[machine.id])
    there.account.add("snapshots", "backup-by-hand", resource_id=volume(there).id)
    there.account.add("reserved_ips", "", id="192.0.2.7", droplet_id=machine.id)
    there.account.add("reserved_ips", "", id="192.0.2.8", droplet_id=other.id)
    there.account.add("reserved_ips", "", id="192.0.2.9")
    ours, kept = names(there)
    assert ours == ["machine demo-web-1", "firewall only-ours", "volume pvc-1", f"tag {OURS}"]
    assert kept == ["firewall office", "firewall mixed", "snapshot backup-by-hand", "reserved IP 192.0.2.7"]


def test_all_goes_and_what_is_gone_is_proved(there: World):
    machine = there.stranger("demo-web-1", OURS)
    volume(there, droplet_id=machine.id)
    lent = volume(there, "customers-data")
    said = Said(lent=frozenset({lent.id}))
    found = cloud(there).find(said)
    adapter = cloud(there)
    adapter.find(said)
    # the volume first, as if the machine stayed: it is detached
    for one in reversed([one for one in found.ours if one.kind != "tag"]):
        assert adapter.exists(one)
        adapter.remove(one)
        adapter.remove(one)
        assert not adapter.exists(one)
    (tag,) = (one for one in found.ours if one.kind == "tag")
    adapter.remove(tag)
    assert not adapter.exists(tag) and lent.gone is None and lent.tags == []


def test_a_tag_stays_while_something_carries_it_that_no_list_shows(there: World):
    assert cloud(there).find(Said()).ours == ()
    there.account.add("images", "unseen", [CONTROLLERS])
    adapter = cloud(there)
    (tag,) = adapter.find(Said()).ours
    with pytest.raises(ApiError, match=r"Tag k8s:.* is in use.*1 resources still carry it"):
        adapter.remove(tag)


def test_a_token_that_may_only_look(there: World):
    volume(there)
    adapter = cloud(there, token=READ_ONLY_TOKEN)
    (made, dummy) = adapter.find(Said()).ours
    with pytest.raises(Refused, match="may not DELETE volumes"):
        adapter.remove(made)


def test_a_name_can_not_steer_a_terminal(there: World):
    volume(there, "\x1b[31m{{ 7*7 }}\n" + "x" * 500)
    name = cloud(there).find(Said()).ours[0].name
    assert name.isprintable() and len(name) == 120


@pytest.mark.parametrize("answer", [{"volumes": [7]}, {"volumes": [{"id": None, "name": "x", "tags": [OURS]}]}, {"volumes": [{"id": "../x", "tags": [OURS]}]},
                                    {"volumes": {}}, {},
                                    {"volumes": [{"id": "506f", "tags": [OURS], "description": MADE_BY_DRIVER, "droplet_ids": ["../x"]}]}])
def test_strange_answers(there: World, answer: Any, monkeypatch: pytest.MonkeyPatch):
    adapter = cloud(there)
    ask = adapter.api.request
    monkeypatch.setattr(adapter.api, "request", lambda method, path, *args, **more: answer if path == "volumes" else ask(method, path, *args, **more))
    with pytest.raises(Unreachable, match="can't be understood"):
        adapter.find(Said())
