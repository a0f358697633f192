# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The firewall that a pool at DigitalOcean has if it is said who may come in."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Unreachable
from api.pools import Customer, Customers, Provider
from api.providers.digitalocean import PROVIDER as DIGITALOCEAN
from lab.cloud.faults import Fault
from lab.cloud.rest_server import Answer

EVERYBODY = {"addresses": ["0.0.0.0/0", "::/0"]}


@pytest.fixture
def provider() -> Provider:
    return DIGITALOCEAN


def firewalls(demo: Customer) -> list[dict[str, Any]]:
    """As the account has them."""
    return [{"name": one.name, "tags": one.tags, **one.fields} for one in demo.there.account.all_of("firewalls")]


def test_who_may_come_in(demo: Customer):
    uid = demo.call(2)["uid"]
    cluster = {"tags": [f"kubermatic-caas:{uid}"]}
    (found,) = firewalls(demo)
    assert found["name"] == f"kubermatic-caas-{demo.caller.cluster}-{uid[:8]}-web" and found["tags"] == cluster["tags"]
    inbound = {(one["protocol"], one["ports"]): one["sources"] for one in found["inbound_rules"]}
    vpc = {"addresses": ["10.114.0.0/20"]}
    assert inbound == {("tcp", "22"): {"addresses": ["203.0.113.7/32"]}, ("tcp", "10250"): cluster, ("udp", "8472"): cluster, ("icmp", "0"): cluster,
                       ("tcp", "30000-32767"): vpc, ("udp", "30000-32767"): vpc}
    outbound = {(one["protocol"], one["ports"]): one["destinations"] for one in found["outbound_rules"]}
    assert outbound == {(protocol, "0"): EVERYBODY for protocol in ("tcp", "udp", "icmp")}


def test_it_is_there_before_the_first_machine(demo: Customer):
    demo.call(3)
    writes = [one.path for one in demo.there.cloud.writes]
    assert writes.index("firewalls") < writes.index("droplets")


def test_who_may_come_in_follows_the_option(demo: Customer):
    demo.call(1)
    check = demo.call(1, check_mode=True, ssh_cidrs=["198.51.100.0/24", "203.0.113.7/32"])
    assert check["changed"] and "let in tcp 22 from 198.51.100.0/24, tcp 22 from 203.0.113.7/32" in check["steps"][0]
    assert demo.call(1, ssh_cidrs=["198.51.100.0/24", "203.0.113.7/32"])["steps"] == check["steps"]
    assert not demo.call(1, ssh_cidrs=["203.0.113.7/32", "198.51.100.0/24"])["changed"] and len(firewalls(demo)) == 1


def test_what_somebody_opened_is_shut_again(demo: Customer):
    demo.call(1)
    (one,) = demo.there.account.all_of("firewalls")
    one.fields["inbound_rules"] = [*one.fields["inbound_rules"], {"protocol": "tcp", "ports": "all", "sources": EVERYBODY}]
    assert demo.call(1)["changed"] and "::/0" not in str(firewalls(demo)[0]["inbound_rules"])


def test_without_the_option_nobody_asks_for_firewalls(demo: Customer):
    demo.call(2, ssh_cidrs=None)
    assert firewalls(demo) == [] and not any("firewalls" in one.path for one in demo.there.cloud.heard)


def test_one_that_was_made_stays_without_the_option_and_goes_with_the_pool(demo: Customer):
    demo.call(1)
    assert not demo.call(1, ssh_cidrs=None)["changed"] and len(firewalls(demo)) == 1
    end = demo.call(state="absent", ssh_cidrs=None)
    assert any(step.startswith("Remove firewall kubermatic-caas-") for step in end["steps"]) and demo.there.left() == []


def test_each_pool_has_its_own(demo: Customer):
    demo.call(1)
    demo.call(1, pool="db", ssh_cidrs=["198.51.100.0/24"])
    assert len(firewalls(demo)) == 2
    demo.call(state="absent", pool="db")
    assert [one["name"].rpartition("-")[2] for one in firewalls(demo)] == ["web"]


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.ERROR_AFTER])
def test_a_lost_reply_makes_no_second_one(customers: Customers, fault: Fault):
    lost = []

    def faults(request: Any) -> Fault | None:
        if (request.method, request.path) == ("POST", "firewalls") and not lost:
            lost.append(request)
            return fault
        return None

    demo = customers(faults=faults)
    demo.call(1)
    assert lost and len(firewalls(demo)) == 1 and len(demo.names) == 1


def test_a_list_that_does_not_show_it_yet_makes_no_second_one(demo: Customer):
    demo.call(1)
    shown_at = demo.there.clock.monotonic() + 25
    late = Answer(200, {"firewalls": [], "links": {}, "meta": {"total": 0}})

    def instead(request: Any) -> Answer | None:
        return late if (request.method, request.path) == ("GET", "firewalls") and demo.there.clock.monotonic() < shown_at else None

    demo.there.cloud.instead = instead
    demo.call(2)
    assert len(firewalls(demo)) == 1 and len(demo.names) == 2


def test_a_second_one_goes(demo: Customer):
    """As an account may have it after runs that died."""
    demo.call(1)
    (one,) = demo.there.account.all_of("firewalls")
    demo.there.account.add("firewalls", one.name, one.tags, **one.fields)
    assert [step.partition(" kubermatic")[0] for step in demo.call(1)["steps"]] == ["Remove firewall"]
    assert len(firewalls(demo)) == 1 and not demo.call(1)["changed"]


def test_firewalls_of_others_stay(demo: Customer):
    """Of the same name, or before the same machines."""
    uid = demo.call(1)["uid"]
    name, tag = firewalls(demo)[0]["name"], f"kubermatic-caas:{uid}"
    demo.there.account.tags["env:prod"] = "env:prod"
    others = [demo.there.account.add("firewalls", name, ["env:prod"]), demo.there.account.add("firewalls", name, [tag, "env:prod"]),
              demo.there.account.add("firewalls", name, [tag], droplet_ids=[1]), demo.there.account.add("firewalls", f"{name}x", [tag])]
    assert not demo.call(1)["changed"]
    demo.call(state="absent")
    assert all(one.gone is None for one in others) and len(firewalls(demo)) == len(others)


def test_one_that_stays_is_told(demo: Customer):
    demo.call(1)
    demo.there.cloud.instead = lambda request: Answer(204) if (request.method, request.path.partition("/")[0]) == ("DELETE", "firewalls") else None
    with pytest.raises(NotReady, match=r"Resources are left of node pool web: firewall kubermatic-caas-"):
        demo.call(state="absent")


@pytest.mark.parametrize("answer", [
    {"firewalls": [7]}, {"firewalls": [{}]}, {"firewalls": "all"}, {"firewalls": [{"name": "{name}", "tags": ["{tag}"], "id": "../droplets"}]},
    {"firewalls": [{"name": "{name}", "tags": ["{tag}"], "id": "bb4b2611-3d72-467b-8602-280330ecd65c", "inbound_rules": [7]}]}], ids=str)
def test_an_answer_that_is_none(demo: Customer, answer: dict[str, Any]):
    uid = demo.call(0)["uid"]
    words = {"{name}": f"kubermatic-caas-{demo.caller.cluster}-{uid[:8]}-web", "{tag}": f"kubermatic-caas:{uid}"}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(one) for key, one in value.items()}
        return [filled(one) for one in value] if isinstance(value, list) else words.get(value, value) if isinstance(value, str) else value

    demo.there.cloud.instead = lambda request: Answer(200, filled(answer)) if request.path == "firewalls" and request.method == "GET" else None
    with pytest.raises(Unreachable, match="firewall"):
        demo.call(1)
    assert demo.names == []
