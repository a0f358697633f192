# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose things are at DigitalOcean: with the lab's cloud, in which others have things, too."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.digitalocean_leftovers import DigitalOceanLeftovers
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._model.leftover import Made
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN
from lab.cloud.digitalocean.world import World, world
from lab.cloud.world import OTHER_UID, UID

OURS, CONTROLLERS, OTHERS = f"kubermatic-caas:{UID}", f"k8s:{UID}", f"kubermatic-caas:{OTHER_UID}"
BALANCER_NAME = "a0b7f7ad07d0c4c3e9f531d5f4a2c9a1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


@pytest.fixture
def there() -> Iterator[World]:
    with world() as found:
        yield found


def cloud(there: World, uid: str = UID, **options: Any) -> DigitalOceanLeftovers:
    return DigitalOceanLeftovers(there.api(**options), uid)


def names(there: World, made: Made | None = None) -> tuple[list[str], list[str]]:
    found = cloud(there).find(made or Made())
    return [f"{one.kind} {one.name}" for one in found.ours], [f"{one.kind} {one.name}" for one in found.kept]


def test_an_account_without_anything_of_the_cluster(there: World):
    there.account.add("volumes", "data")
    there.stranger("demo-web-1")
    assert names(there) == ([], [])


def test_what_carries_the_tag_in_the_order_in_which_it_can_go(there: World):
    there.stranger("demo-web-1", OURS)
    volume = there.account.add("volumes", "pvc-1", [OURS.upper()])
    there.account.add("snapshots", "monday", [OURS], resource_id=volume.id)
    there.account.add("load_balancers", "shop", [], tag=OURS)
    there.account.add("firewalls", "ports", [OURS])
    there.account.add_key(f"{OURS}:web", KEY)
    there.account.tags[CONTROLLERS.lower()] = CONTROLLERS
    assert names(there) == ([f"{kind}" for kind in (
        "machine demo-web-1", "load balancer shop", "firewall ports", "snapshot monday", "volume pvc-1", f"SSH key {OURS}:web",
        f"tag {OURS}", f"tag {CONTROLLERS}")], [])


def test_what_its_own_objects_made(there: World):
    volume, snapshot = there.account.add("volumes", "pvc-1"), there.account.add("snapshots", "s")
    there.account.add("load_balancers", BALANCER_NAME)
    made = Made(volumes=frozenset({volume.id}), snapshots=frozenset({snapshot.id}), balancer_names=frozenset({BALANCER_NAME}))
    assert names(there, made) == (["load balancer " + BALANCER_NAME, "snapshot s", "volume pvc-1"], [])
    assert names(there) == ([], [])


def test_what_carries_the_mark_of_another_cluster_is_that_ones_whatever_our_objects_say(there: World):
    volume = there.account.add("volumes", "pvc-1", [OTHERS])
    snapshot = there.account.add("snapshots", "s", [OTHERS])
    there.account.add("load_balancers", BALANCER_NAME, [f"k8s:{OTHER_UID}"])
    there.stranger("demo-web-1", OTHERS)
    there.account.add("firewalls", "ports", [OTHERS])
    there.account.add_key(f"{OTHERS}:web", KEY)
    made = Made(frozenset({volume.id}), frozenset({snapshot.id}), frozenset(), frozenset())
    assert names(there, made) == ([], [])


def test_similar_names_and_tags_are_somebody_elses(there: World):
    for tag in (f"{OURS}x", OURS[:-1], f"env:{OURS}", "kubermatic-caas", f"kubermatic-caas-pool:{UID}"):
        there.account.add("volumes", "pvc-1", [tag])
        there.account.add("firewalls", "ports", [tag])
        there.stranger("demo-web-1", tag)
        there.account.add_key(f"x{tag}", KEY)
    assert names(there) == ([], [])


def test_what_is_perhaps_somebodys_own_is_told_and_stays(there: World):
    lent = there.account.add("volumes", "customers-data", [OURS])
    old = there.account.add("load_balancers", "was-there-before")
    machine = there.stranger("demo-web-1", OURS)
    other = there.stranger("somebodys")
    there.account.add("firewalls", "office", [OURS, "env:prod"])
    there.account.add("firewalls", "mixed", [OURS], droplet_ids=[machine.id, other.id])
    there.account.add("firewalls", "only-ours", [OURS], droplet_ids=[machine.id])
    volume = there.account.add("volumes", "pvc-1", [OURS])
    there.account.add("snapshots", "backup-by-hand", resource_id=volume.id)
    there.account.add("reserved_ips", "", id="192.0.2.7", droplet_id=machine.id)
    there.account.add("reserved_ips", "", id="192.0.2.8", droplet_id=other.id)
    there.account.add("reserved_ips", "", id="192.0.2.9")
    ours, kept = names(there, Made(brought=frozenset({lent.id}), balancers=frozenset({old.id})))
    assert ours == ["machine demo-web-1", "firewall only-ours", "volume pvc-1", f"tag {OURS}"]
    assert kept == ["load balancer was-there-before", "firewall office", "firewall mixed", "volume customers-data", "snapshot backup-by-hand",
                    "reserved IP 192.0.2.7"]


def test_all_goes_and_what_is_gone_is_proved(there: World):
    machine = there.stranger("demo-web-1", OURS)
    there.account.add("volumes", "pvc-1", [OURS], droplet_id=machine.id)
    lent = there.account.add("volumes", "customers-data", [OURS])
    found = cloud(there).find(Made(brought=frozenset({lent.id})))
    adapter = cloud(there)
    adapter.find(Made(brought=frozenset({lent.id})))
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
    found = cloud(there).find(Made())
    assert found.ours == ()
    there.account.add("load_balancers", "unseen", [CONTROLLERS])
    adapter = cloud(there)
    (tag,) = adapter.find(Made()).ours
    with pytest.raises(ApiError, match=r"Tag k8s:.* is in use.*1 things still carry it"):
        adapter.remove(tag)


def test_a_token_that_may_only_look(there: World):
    there.account.add("volumes", "pvc-1", [OURS])
    adapter = cloud(there, token=READ_ONLY_TOKEN)
    (volume, dummy) = adapter.find(Made()).ours
    with pytest.raises(Refused, match="may not DELETE volumes"):
        adapter.remove(volume)


def test_a_name_can_not_steer_a_terminal(there: World):
    there.account.add("volumes", "\x1b[31m{{ 7*7 }}\n" + "x" * 500, [OURS])
    name = cloud(there).find(Made()).ours[0].name
    assert name.isprintable() and len(name) == 120


@pytest.mark.parametrize("answer", [{"volumes": [7]}, {"volumes": [{"id": None, "name": "x", "tags": [OURS]}]}, {"volumes": [{"id": "../x", "tags": [OURS]}]},
                                    {"volumes": {}}, {}])
def test_strange_answers(there: World, answer: Any, monkeypatch: pytest.MonkeyPatch):
    adapter = cloud(there)
    ask = adapter.api.request
    monkeypatch.setattr(adapter.api, "request", lambda method, path, *args, **more: answer if path == "volumes" else ask(method, path, *args, **more))
    with pytest.raises(Unreachable, match="can't be understood"):
        adapter.find(Made())
