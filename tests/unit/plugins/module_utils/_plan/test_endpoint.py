# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a cluster's API is exposed."""
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import endpoint
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.endpoint import CreateService, Ports, UpdateService, WriteConfigMap
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.outside_address import outside_address

NAMESPACE = "cluster-demo"
NOTED = {"address": "198.51.100.10", "port": "31234", "konnectivity_port": "31235"}


def service(https: int = 31234, konnectivity: int = 31235, expose: str = "node_port", **changes: Any) -> dict[str, Any]:
    made = endpoint.new_service(NAMESPACE, {}, expose, Ports(https, konnectivity))
    return {**made, "spec": {**made["spec"], **changes}}


def targets(*args: Any) -> list[Any]:
    return [step.target for step in endpoint.plan_endpoint(NAMESPACE, *args)]


def test_in_order():
    assert targets("node_port", "198.51.100.10", service(), NOTED) == []


def test_from_nothing_the_seed_chooses():
    plan = endpoint.plan_endpoint(NAMESPACE, "node_port", "198.51.100.10", None, {})
    assert plan.titles() == ["Create Service cluster-demo/kube-apiserver (ports chosen by the seed)",
                             "Create ConfigMap cluster-demo/endpoint (address 198.51.100.10)"]
    assert [step.target for step in plan] == [CreateService(Ports()), WriteConfigMap()]


@pytest.mark.parametrize("noted", [{}, NOTED])
def test_a_service_whose_ports_were_not_taken_over_yet(noted: dict[str, str]):
    fresh = service(0, 0)
    for port, number in zip(fresh["spec"]["ports"], (31234, 31235), strict=True):
        port["nodePort"] = number
    expected = [UpdateService()] if noted else [UpdateService(), WriteConfigMap()]
    assert targets("node_port", "198.51.100.10", fresh, noted) == expected
    assert endpoint.settled(fresh, "node_port")["spec"]["ports"] == service()["spec"]["ports"]


@pytest.mark.parametrize("changes", [
    {"selector": {"app": "other"}}, {"selector": None}, {"ports": []}, {"ports": service()["spec"]["ports"][:1]},
    {"ports": [*service()["spec"]["ports"], {"name": "more", "protocol": "TCP", "port": 1, "targetPort": 1, "nodePort": 30001}]},
    {"ports": [{**port, "targetPort": "https"} for port in service()["spec"]["ports"]]}])
def test_a_bent_service_is_updated(changes: dict[str, Any]):
    assert UpdateService() in targets("node_port", "198.51.100.10", service(**changes), NOTED)


@given(st.integers(1, 65535), st.integers(1, 65535), st.sampled_from(list(endpoint.TYPES)))
def test_settled_is_settled(https: int, konnectivity: int, expose: str):
    bent = service(https, konnectivity, expose, selector={})
    assert not endpoint.is_settled(bent, expose)
    assert endpoint.is_settled(endpoint.settled(bent, expose), expose)


def test_a_lost_service_keeps_its_ports():
    assert targets("node_port", "198.51.100.10", None, NOTED) == [CreateService(Ports(31234, 31235))]


def test_a_seed_without_node_ports_is_told_in_one_line():
    with pytest.raises(CaasError, match=r"^The seed gave Service cluster-demo/kube-apiserver no node port \(https://seed:6443\)\."):
        endpoint.needed_ports(service(0, 0), "node_port", where="https://seed:6443")
    assert endpoint.needed_ports(service(), "node_port", where="") == Ports(31234, 31235)


def test_exposing_can_not_change():
    with pytest.raises(InvalidInput, match="Set expose: node_port"):
        targets("load_balancer", "", service(), NOTED)
    with pytest.raises(InvalidInput, match="not yours"):
        targets("node_port", "198.51.100.10", service(type="ClusterIP"), {})


def test_a_load_balancer_tells_its_address():
    waiting = service(0, 0, "load_balancer")
    ready = {**waiting, "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}}
    noted = {"address": "lb.example.com", "port": "6443", "konnectivity_port": "8132"}
    assert targets("load_balancer", "", waiting, {}) == [WriteConfigMap()]
    assert targets("load_balancer", "", ready, noted) == []
    assert targets("load_balancer", "", waiting, noted) == []
    assert targets("load_balancer", "demo.example.com", ready, noted) == [WriteConfigMap()]
    plan = endpoint.plan_endpoint(NAMESPACE, "load_balancer", "", None, {})
    assert plan.titles() == ["Create Service cluster-demo/kube-apiserver (ports 6443 and 8132)",
                             "Create ConfigMap cluster-demo/endpoint (address of the load balancer)"]


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
    assert endpoint.near(version) is expected


def test_a_service_that_does_not_stay_on_a_machine_is_updated_where_the_seed_can():
    plan = endpoint.plan_endpoint(NAMESPACE, "node_port", "198.51.100.10", service(), NOTED, near=True)
    assert [step.target for step in plan] == [UpdateService()]
    after = endpoint.settled(service(), "node_port", near=True)
    assert after["spec"]["trafficDistribution"] == "PreferSameNode"
    assert not endpoint.plan_endpoint(NAMESPACE, "node_port", "198.51.100.10", after, NOTED, near=True)
    made = endpoint.new_service(NAMESPACE, {}, "node_port", Ports(31234, 31235), near=True)
    assert endpoint.is_settled(made, "node_port", near=True)
