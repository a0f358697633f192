# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What only node pools at Hetzner Cloud have: offers and prices, labels, firewalls that know addresses only."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner import catalog_client
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.firewall_client import HetznerFirewalls
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.provider_client import HetznerNodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.hetzner.ssh_keys_client import HetznerKeys
from lab.cloud.hetzner.api import Answer
from lab.cloud.hetzner.project import NETWORK
from lab.cloud.hetzner.server import READ_ONLY_TOKEN, TOKEN
from worlds.hetzner import World, world
from worlds.world import UID

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody"


def pool(**given: Any) -> NodePool:
    usual = {"cluster": "demo", "name": "web", "provider": "hetzner", "node_count": 1, "region": "fsn1", "size": "cx22", "image": "debian-12"}
    return NodePool(**{**usual, **given})


def at(there: World, **given: Any) -> HetznerNodePool:
    run = SimpleNamespace(params={"hetzner_token": TOKEN, "hetzner_url": there.cloud.url}, cluster="demo", uid=UID, pool=pool(**given), ends=False,
                          clock=there.clock, progress=there.lines.append, must_hold_lock=lambda: None)
    return HetznerNodePool(run)


def test_a_machine_has_a_price():
    with world() as there:
        assert catalog_client.check(there.api(), pool()) == "0.006 EUR an hour, 3.79 a month"


@pytest.mark.parametrize(("given", "part"), [
    ({"region": "fra1"}, "There is no region 'fra1'.*ash, fsn1, nbg1"), ({"size": "cx9"}, "There is no size 'cx9'.*cax11, cx12, cx22"),
    ({"size": "cpx11"}, "Size cpx11 is not available in region fsn1"), ({"size": "cx12"}, "cx12 has 512 MiB of memory"),
    ({"disk": 80}, "disk 80 is more than the 40 GiB"), ({"image": "dos-6"}, "There is no image 'dos-6' for x86.*debian-12"),
    ({"image": "7"}, "There is no image '7'"), ({"image": "rocky-9"}, "Image rocky-9 is rocky.*debian or ubuntu"),
    ({"ssh_keys": ("nobodys",)}, "no SSH key nobodys"), ({"network": "1"}, "There is no network 1 with a subnet in region fsn1"),
    ({"size": "cpx11", "region": "ash", "network": "4711"}, "There is no network 4711 with a subnet in region ash")])
def test_what_is_not_on_offer(given: dict[str, Any], part: str):
    with world() as there, pytest.raises(InvalidInput, match=part) as failure:
        catalog_client.check(there.api(), pool(**given))
    assert "\n" not in failure.value.line()


@pytest.mark.parametrize("given", [{"image": "161547269"}, {"size": "cax11"}, {"network": "4711", "disk": 40}])
def test_what_is(given: dict[str, Any]):
    with world() as there:
        assert catalog_client.check(there.api(), pool(**given))


@pytest.mark.parametrize(("given", "part"), [
    ({"ssh_cidrs": ("203.0.113.7/32",)}, "ssh_cidrs need a private network.*write the id of a network|[Ww]rite the id"),
    ({"ssh_cidrs": ("203.0.113.7/32",), "network": "4711", "node_address": "public"}, "ssh_cidrs need a private network"),
    ({"network": "nodes"}, "Network nodes can't be one"), ({"tags": ("a b",)}, "Tag 'a b' can't be given"), ({"tags": ("a:1", "a:2")}, "Tag 'a:2' can't be")])
def test_options_that_can_not_be(given: dict[str, Any], part: str):
    with world() as there, pytest.raises(InvalidInput, match=part):
        at(there, **given).check_options()
    assert there.cloud.heard == []


@pytest.mark.parametrize(("token", "kind", "part"), [
    ("", InvalidInput, "No token for Hetzner Cloud"), (TOKEN + "\n", InvalidInput, "line break"), ("wrong" * 8, Refused, "rejects the token"),
    (READ_ONLY_TOKEN, Refused, "may not POST servers")])
def test_tokens(token: str, kind: type[CaasError], part: str):
    with world() as there, pytest.raises(kind, match=part) as failure:
        there.run(1, api=there.api(token))
    assert TOKEN not in failure.value.line() and there.count() == 0


def test_a_machine_carries_its_labels_and_those_of_the_user():
    with world() as there:
        one = at(there, tags=("env:prod",), network=str(NETWORK["id"]), ssh_public_key=KEY)
        one.make_missing(creates=True)
        one.machines.create(["demo-web-1"], one.run.pool)
        (made,) = there.live()
        assert made.labels == {"env": "prod", "kubermatic-caas": UID, "kubermatic-caas-pool": "web", "kubermatic-caas-name": "demo-web-1"}
        assert made.name == f"demo-web-1-{UID[:8]}" and made.fields["networks"] == [NETWORK["id"]]
        assert made.fields["ssh_keys"] == [one.pool_key.id]
        (seen,) = one.machines.machines()
        assert (seen.name, seen.pool, seen.region, seen.size) == ("demo-web-1", "web", "fsn1", "cx22") and seen.private_address.startswith("10.0.")


def test_a_key_that_the_project_has_already_is_used_and_stays():
    with world() as there:
        theirs = there.project.add("ssh_keys", "somebodys", public_key=KEY)
        one = at(there, ssh_public_key=KEY)
        assert one.missing(creates=True) == () and one.keys_of(one.run.pool) == [theirs.id]
        one.remove_removable()
        assert there.beside() == ["ssh_keys somebodys"]


def test_what_was_made_is_what_is_found_and_a_change_by_hand_is_changed_back():
    with world() as there:
        firewalls, wanted = HetznerFirewalls(there.api(), UID, "demo", "web"), None
        wanted = firewalls.wanted(pool(ssh_cidrs=("203.0.113.7/32", "198.51.100.0/24")))
        firewalls.make(wanted)
        # a request that was heard twice
        firewalls.make(wanted)
        (found,) = firewalls.found()
        assert found.is_like(wanted) and found.shown() == "tcp 22 198.51.100.0/24\ntcp 22 203.0.113.7/32\n"
        (kept,) = there.project.live("firewalls")
        kept.fields.update(rules=[*kept.fields["rules"], {"direction": "in", "protocol": "tcp", "port": "any", "source_ips": ["0.0.0.0/0"]}], apply_to=[])
        (changed,) = firewalls.found()
        assert not changed.is_like(wanted)
        firewalls.change(changed, wanted)
        (found,) = firewalls.found()
        assert found.is_like(wanted)
        firewalls.remove(found)
        firewalls.remove(found)
        assert firewalls.found() == []


def test_keys_and_firewalls_of_another_pool_and_another_cluster_are_not_ours():
    with world() as there:
        for labels in ({"kubermatic-caas": UID, "kubermatic-caas-pool": "db"}, {"kubermatic-caas": "another-uid", "kubermatic-caas-pool": "web"}, {}):
            there.project.add("firewalls", f"f{len(labels)}{there.project.now()}", labels)
            there.project.add("ssh_keys", f"k{len(labels)}", labels, public_key=KEY)
        assert HetznerFirewalls(there.api(), UID, "demo", "web").found() == HetznerKeys(there.api(), UID, "demo", "web").own() == []


@pytest.mark.parametrize("body", [
    {"servers": None}, {"servers": [1]}, {"servers": [{"id": "1"}]}, {"servers": [{"id": 1, "name": "a", "labels": [], "public_net": {}}]},
    {"servers": [{"id": 1, "name": "a", "labels": {"kubermatic-caas": UID}, "public_net": {"ipv4": {"ip": "$(id)"}}, "status": "running",
                  "created": "2026-01-01T00:00:00+00:00"}]},
    {"servers": [{"id": 1, "name": "a", "labels": {"kubermatic-caas": UID}, "public_net": {}, "status": "strange", "created": "2026-01-01T00:00:00+00:00"}]}],
    ids=str)
def test_an_answer_that_is_none_is_one_line(body: Any):
    with world() as there, pytest.raises(Unreachable, match="can't be understood") as failure:
        there.cloud.instead = lambda request: Answer(200, body)
        there.run(1)
    assert "\n" not in failure.value.line()


def test_what_is_locked_is_asked_for_again():
    with world() as there:
        there.run(1)
        locked = iter([Answer(423, {"error": {"code": "locked", "message": "server is locked"}})])
        there.cloud.instead = lambda request: next(locked, None) if request.method == "DELETE" else None
        there.run(0)
        assert there.count() == 0 and [one.status for one in there.cloud.heard if one.method == "DELETE"] == [423, 200]


def test_who_asked_too_often_waits_for_the_next_request_and_not_for_all_of_them():
    with world() as there:
        there.cloud.left = 0.0
        there.run(2)
        assert there.count() == 2 and 429 in {one.status for one in there.cloud.heard} and there.clock.monotonic() < 120


def test_the_token_is_in_no_line():
    with world() as there:
        there.cloud.instead = lambda request: Answer(500, {"error": {"code": "service_error", "message": "x"}})
        with pytest.raises(Unreachable) as failure:
            there.run(1)
        assert there.lines and not any(TOKEN in line for line in (*there.lines, failure.value.line()))
