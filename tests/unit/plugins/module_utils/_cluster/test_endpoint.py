# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a cluster's API is exposed."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import endpoint
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint import (
    CreateService,
    MoveKonnectivity,
    Ports,
    Services,
    UpdateService,
    WriteConfigMap,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.outside_address import outside_address
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput

NAMESPACE = "cluster-demo"
NOTED = {"address": "198.51.100.10", "port": "31234", "konnectivity_port": "31235"}
PORTS = Ports(31234, 31235)


def service(numbers: Ports = PORTS, expose: str = "node_port", name: str = endpoint.SERVICE, **changes: Any) -> dict[str, Any]:
    made = endpoint.new_service(NAMESPACE, name, {}, expose, numbers)
    return {**made, "spec": {**made["spec"], **changes}}


def konnectivity(**changes: Any) -> dict[str, Any]:
    return service(name=endpoint.KONNECTIVITY, **changes)


def together(**changes: Any) -> dict[str, Any]:
    """The one Service for both that older releases made."""
    ports = [{"name": name, "protocol": "TCP", "port": number, "targetPort": number, "nodePort": number}
             for name, number in (("https", 31234), ("konnectivity", 31235))]
    return service(**{"trafficDistribution": "PreferSameNode", "ports": ports, **changes})


BOTH = Services(service(), konnectivity())


def targets(expose: str, address: str, services: Services, noted: dict[str, str], **options: Any) -> list[Any]:
    return [step.target for step in endpoint.plan_endpoint(NAMESPACE, expose, address, services, noted, **options)]


def test_in_order():
    assert targets("node_port", "198.51.100.10", BOTH, NOTED) == []


def test_from_nothing_the_seed_chooses():
    plan = endpoint.plan_endpoint(NAMESPACE, "node_port", "198.51.100.10", Services(), {})
    assert plan.titles() == ["Create Service cluster-demo/kube-apiserver (port chosen by the seed)",
                             "Create Service cluster-demo/konnectivity-server (port chosen by the seed)",
                             "Create ConfigMap cluster-demo/endpoint (address 198.51.100.10)"]
    assert [step.target for step in plan] == [CreateService("kube-apiserver", Ports()), CreateService("konnectivity-server", Ports()), WriteConfigMap()]


@pytest.mark.parametrize("name", ["kube-apiserver", "konnectivity-server"])
@pytest.mark.parametrize("noted", [{}, NOTED])
def test_a_service_whose_port_was_not_taken_over_yet(noted: dict[str, str], name: str):
    fresh = service(Ports(), name=name)
    fresh["spec"]["ports"][0]["nodePort"] = PORTS.of(name)
    services = Services(fresh, konnectivity()) if name == "kube-apiserver" else Services(service(), fresh)
    assert targets("node_port", "198.51.100.10", services, noted) == [UpdateService(name, PORTS), *([] if noted else [WriteConfigMap()])]
    assert endpoint.corrected(fresh, "node_port")["spec"]["ports"] == service(name=name)["spec"]["ports"]


@pytest.mark.parametrize("changes", [
    {"selector": {"app": "other"}}, {"selector": None}, {"ports": []},
    {"ports": [*service()["spec"]["ports"], {"name": "more", "protocol": "TCP", "port": 1, "targetPort": 1, "nodePort": 30001}]},
    {"ports": [{**port, "targetPort": "https"} for port in service()["spec"]["ports"]]}])
def test_a_bent_service_is_updated(changes: dict[str, Any]):
    bent = service(**changes)
    assert targets("node_port", "198.51.100.10", Services(bent, konnectivity()), NOTED) == [UpdateService("kube-apiserver", PORTS)]
    assert endpoint.corrected(bent, "node_port", before=PORTS)["spec"] == service()["spec"]


@given(st.integers(1, 65535), st.integers(1, 65535), st.sampled_from(list(endpoint.TYPES)), st.booleans())
def test_corrected_is_correct(https: int, agents: int, expose: str, same_node: bool):
    bent = service(Ports(https, agents), expose, selector={})
    assert not endpoint.is_correct(bent, expose, same_node=same_node)
    assert endpoint.is_correct(endpoint.corrected(bent, expose, same_node=same_node), expose, same_node=same_node)


@pytest.mark.parametrize(("gone", "left"), [("kube-apiserver", Services(None, konnectivity())), ("konnectivity-server", Services(service(), None))])
def test_a_lost_service_keeps_its_port(gone: str, left: Services):
    assert targets("node_port", "198.51.100.10", left, NOTED) == [CreateService(gone, PORTS)]


def test_konnectivity_gets_a_service_of_its_own_at_the_port_that_it_has():
    plan = endpoint.plan_endpoint(NAMESPACE, "node_port", "198.51.100.10", Services(together()), NOTED, same_node=True)
    assert plan.titles() == ["Move port 31235 from Service cluster-demo/kube-apiserver to Service cluster-demo/konnectivity-server"]
    assert [step.target for step in plan] == [MoveKonnectivity(31235)]
    given_up = endpoint.corrected(together(), "node_port", same_node=True)
    assert [port["nodePort"] for port in given_up["spec"]["ports"]] == [31234]
    # a run that is killed between the two requests
    assert targets("node_port", "198.51.100.10", Services(given_up), NOTED, same_node=True) == [CreateService("konnectivity-server", PORTS)]


@pytest.mark.parametrize("noted", [{}, {**NOTED, "konnectivity_port": "1"}])
def test_the_port_is_noted_before_it_is_moved(noted: dict[str, str]):
    assert targets("node_port", "198.51.100.10", Services(together()), noted) == [WriteConfigMap(), MoveKonnectivity(31235)]
    assert Services(together()).ports("node_port", noted) == PORTS


@pytest.mark.parametrize("changes", [{"trafficDistribution": "PreferSameNode"}, {"trafficDistribution": "PreferClose"}, {"sessionAffinity": "ClientIP"},
                                     {"externalTrafficPolicy": "Local"}], ids=str)
def test_agents_reach_each_konnectivity_server(changes: dict[str, Any]):
    bent = konnectivity(**changes)
    assert targets("node_port", "198.51.100.10", Services(service(), bent), NOTED) == [UpdateService("konnectivity-server", PORTS)]
    assert not changes.items() <= endpoint.corrected(bent, "node_port")["spec"].items()
    made = endpoint.new_service(NAMESPACE, endpoint.KONNECTIVITY, {}, "node_port", PORTS)
    assert not changes.items() <= made["spec"].items()


def test_the_one_service_of_a_load_balancer_prefers_nothing():
    made = endpoint.new_service(NAMESPACE, endpoint.SERVICE, {}, "load_balancer", Ports(6443, 8132), same_node=True)
    assert "trafficDistribution" not in made["spec"]
    was = {**made, "spec": {**made["spec"], "trafficDistribution": "PreferSameNode"}}
    assert not endpoint.is_correct(was, "load_balancer", same_node=True)
    assert "trafficDistribution" not in endpoint.corrected(was, "load_balancer", same_node=True)["spec"]


def test_a_seed_without_node_ports_is_told_in_one_line():
    with pytest.raises(CaasError, match=r"^The seed gave Service cluster-demo/kube-apiserver no node port \(https://seed:6443\)\."):
        endpoint.needed_port(service(Ports()), "node_port", where="https://seed:6443")
    assert (endpoint.needed_port(service(), "node_port", where=""), endpoint.needed_port(konnectivity(), "node_port", where="")) == (31234, 31235)


def test_exposing_can_not_change():
    with pytest.raises(InvalidInput, match="Set expose: node_port"):
        targets("load_balancer", "", BOTH, NOTED)
    for services in (Services(service(type="ClusterIP")), Services(together(type="ClusterIP")), Services(service(), konnectivity(type="ClusterIP"))):
        with pytest.raises(InvalidInput, match="not yours"):
            targets("node_port", "198.51.100.10", services, {})


def balanced(*ingress: dict[str, str]) -> Services:
    return Services({**service(Ports(), "load_balancer"), "status": {"loadBalancer": {"ingress": list(ingress)} if ingress else {}}})


def test_a_load_balancer_tells_its_address():
    ready, noted = balanced({"ip": "203.0.113.5"}), {"address": "203.0.113.5", "port": "6443", "konnectivity_port": "8132"}
    assert targets("load_balancer", "", balanced(), {}) == [WriteConfigMap()]
    assert targets("load_balancer", "", ready, noted) == []
    assert targets("load_balancer", "", balanced(), noted) == []
    assert targets("load_balancer", "demo.example.com", ready, noted) == [WriteConfigMap()]
    plan = endpoint.plan_endpoint(NAMESPACE, "load_balancer", "", Services(), {})
    assert plan.titles() == ["Create Service cluster-demo/kube-apiserver (ports 6443 and 8132)",
                             "Create ConfigMap cluster-demo/endpoint (address of the load balancer)"]


@pytest.mark.parametrize(("ingress", "place"), [([{"hostname": "a1b2.elb.eu-central-1.amazonaws.com"}], "a1b2.elb.eu-central-1.amazonaws.com"),
                                                ([{"ip": "2001:db8::5"}], "2001:db8::5")])
def test_a_load_balancer_without_an_ipv4_address_is_refused(ingress: list[dict[str, str]], place: str):
    with pytest.raises(InvalidInput, match=rf"^The load balancer of Service cluster-demo/kube-apiserver is reached at {place}, which is not an IPv4 address"):
        targets("load_balancer", "", balanced(*ingress), {})
    assert targets("load_balancer", "203.0.113.5", balanced(*ingress), {}) == [WriteConfigMap()]


def test_of_several_places_of_a_load_balancer_the_ipv4_address_counts():
    assert endpoint.ingress_address(balanced({"hostname": "lb.example.com"}, {"ip": "2001:db8::5"}, {"ip": "203.0.113.5"}).api, NAMESPACE) == "203.0.113.5"


@pytest.mark.parametrize(("text", "address"), [("198.51.100.10", "198.51.100.10"), ("2001:DB8::1", "2001:db8::1"),
                                               ("Demo.Example.com", "demo.example.com"), ("seed", "seed")])
def test_addresses(text: str, address: str):
    assert outside_address(text) == address


@pytest.mark.parametrize("text", ["", " ", "198.51.100.400", "1.2.3", "a_b.example.com", "-a", "a..b", "a b", "https://a", "a:6443", "x" * 254])
def test_what_is_no_address(text: str):
    with pytest.raises(InvalidInput, match=r"can't be used \(address\)"):
        outside_address(text)


@pytest.mark.parametrize(("version", "expected"), [("1.33.13", False), ("1.34.0", True), ("1.37.2", True), ("odd", False)])
def test_seeds_that_know_how_to_stay_on_a_machine(version: str, expected: bool):
    assert endpoint.can_prefer_same_node(version) is expected


def test_a_service_that_does_not_stay_on_a_machine_is_updated_where_the_seed_can():
    assert targets("node_port", "198.51.100.10", BOTH, NOTED, same_node=True) == [UpdateService("kube-apiserver", PORTS)]
    after = endpoint.corrected(service(), "node_port", same_node=True)
    assert after["spec"]["trafficDistribution"] == "PreferSameNode"
    assert not targets("node_port", "198.51.100.10", Services(after, konnectivity()), NOTED, same_node=True)
    made = endpoint.new_service(NAMESPACE, endpoint.SERVICE, {}, "node_port", PORTS, same_node=True)
    assert endpoint.is_correct(made, "node_port", same_node=True)


@pytest.mark.parametrize(("noted", "ports"), [({}, Ports()), (NOTED, PORTS), ({"port": "31234"}, Ports(31234, 0)),
                                              ({"port": "x", "konnectivity_port": "\u0663"}, Ports())])
def test_ports_that_were_noted(noted: dict[str, str], ports: Ports):
    assert endpoint.ports_of(noted) == ports
