# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The address of a cluster against a real API that chooses node ports."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from api.bare_api import BareApi
from api.kill import Killed, kill_before_write
from api.resources import Caller

ADDRESS = {"address": "198.51.100.10"}


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    return Caller(bare_api.kubeconfig(), cluster)


def service_of(bare_api: BareApi, caller: Caller, name: str = "kube-apiserver") -> dict[str, Any]:
    found = bare_api.api("system:test").get("v1", "Service", name, f"cluster-{caller.cluster}")
    assert found is not None
    return found


def assert_made(bare_api: BareApi, caller: Caller, result: dict[str, Any]) -> None:
    for name, port_name, number, nearness in (("kube-apiserver", "https", result["port"], "PreferSameNode"),
                                              ("konnectivity-server", "konnectivity", result["konnectivity_port"], None)):
        spec = service_of(bare_api, caller, name)["spec"]
        assert (spec["type"], spec["selector"], spec.get("trafficDistribution")) == ("NodePort", {"app.kubernetes.io/name": "kube-apiserver"}, nearness)
        assert [(port["name"], port["port"], port["targetPort"], port["nodePort"]) for port in spec["ports"]] == [(port_name, *[number] * 3)]
    assert 30000 <= result["port"] <= 32767 and result["port"] != result["konnectivity_port"]
    noted = bare_api.api("system:test").get("v1", "ConfigMap", "endpoint", f"cluster-{caller.cluster}")
    assert noted is not None and noted["data"] == {
        "address": result["address"], "port": str(result["port"]), "konnectivity_port": str(result["konnectivity_port"])}


def test_made_once(bare_api: BareApi, caller: Caller):
    place = f"cluster-{caller.cluster}"
    with bare_api.watched() as seen:
        made = caller.call(EndpointResource, **ADDRESS)
    assert made["steps"] == [f"Create Service {place}/kube-apiserver (port chosen by the seed)",
                             f"Create Service {place}/konnectivity-server (port chosen by the seed)",
                             f"Create ConfigMap {place}/endpoint (address 198.51.100.10)"]
    assert seen.writes == [f"create leases {place}/cluster-lock", f"create services {place}/kube-apiserver",
                           f"update services {place}/kube-apiserver", f"create services {place}/konnectivity-server",
                           f"update services {place}/konnectivity-server", f"patch configmaps {place}/endpoint"]
    assert_made(bare_api, caller, made)
    assert f"Service {place}/kube-apiserver has the port {made['port']}" in caller.lines
    assert f"Service {place}/konnectivity-server has the port {made['konnectivity_port']}" in caller.lines

    with bare_api.watched() as seen:
        again = caller.call(EndpointResource, **ADDRESS)
    assert (seen.writes, len(seen.requests), again["steps"]) == ([], 4, [])
    assert {key: again[key] for key in ("address", "port")} == {key: made[key] for key in ("address", "port")}


def test_check_mode(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        checked = caller.call(EndpointResource, check_mode=True, **ADDRESS)
        Caller(caller.seed_kubeconfig, "nowhere").call(EndpointResource, check_mode=True, **ADDRESS)
    assert seen.writes == [] and (checked["port"], checked["konnectivity_port"]) == (0, 0)
    assert caller.call(EndpointResource, **ADDRESS)["steps"] == checked["steps"]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_a_run_killed_at_any_write_is_completed_by_the_next(bare_api: BareApi, caller: Caller, number: int, monkeypatch: pytest.MonkeyPatch):
    resource = caller.resource(EndpointResource, **ADDRESS)
    kill_before_write(resource.seed, number, monkeypatch)
    with pytest.raises(Killed):
        run(resource)
    made = caller.call(EndpointResource, **ADDRESS)
    assert_made(bare_api, caller, made)
    assert ("Update Service" in made["steps"][0]) == (number in (3, 5))
    assert not caller.call(EndpointResource, **ADDRESS)["changed"]


@pytest.mark.parametrize(("name", "key"), [("kube-apiserver", "port"), ("konnectivity-server", "konnectivity_port")])
def test_a_deleted_service_comes_back_with_its_port(bare_api: BareApi, caller: Caller, name: str, key: str):
    made = caller.call(EndpointResource, **ADDRESS)
    bare_api.api().delete("v1", "Service", name, f"cluster-{caller.cluster}")
    checked = caller.call(EndpointResource, check_mode=True, **ADDRESS)
    assert checked[key] == made[key]
    again = caller.call(EndpointResource, **ADDRESS)
    assert again["steps"] == checked["steps"] == [f"Create Service cluster-{caller.cluster}/{name} (port {made[key]})"]
    assert_made(bare_api, caller, again)
    assert again[key] == made[key]


def as_before(bare_api: BareApi, caller: Caller) -> dict[str, Any]:
    """A cluster with the one Service for both that older releases made. What the module said of it."""
    made = caller.call(EndpointResource, **ADDRESS)
    api, place = bare_api.api(), f"cluster-{caller.cluster}"
    api.delete("v1", "Service", "konnectivity-server", place)
    service = service_of(bare_api, caller)
    number = made["konnectivity_port"]
    service["spec"]["ports"].append({"name": "konnectivity", "protocol": "TCP", "port": number, "targetPort": number, "nodePort": number})
    api.replace(service)
    return made


def test_konnectivity_moves_to_a_service_of_its_own_and_keeps_its_port(bare_api: BareApi, caller: Caller):
    made, place = as_before(bare_api, caller), f"cluster-{caller.cluster}"
    with bare_api.watched() as seen:
        moved = caller.call(EndpointResource, **ADDRESS)
    assert moved["steps"] == [f"Move port {made['konnectivity_port']} from Service {place}/kube-apiserver to Service {place}/konnectivity-server"]
    writes = [write for write in seen.writes if "lock" not in write]
    assert writes == [f"update services {place}/kube-apiserver", f"create services {place}/konnectivity-server"]
    assert {key: moved[key] for key in ("port", "konnectivity_port")} == {key: made[key] for key in ("port", "konnectivity_port")}
    assert_made(bare_api, caller, moved)
    assert not caller.call(EndpointResource, **ADDRESS)["changed"]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("noted", [True, False])
def test_a_move_that_was_killed_is_completed_by_the_next_run(bare_api: BareApi, caller: Caller, number: int, noted: bool, monkeypatch: pytest.MonkeyPatch):
    made = as_before(bare_api, caller)
    if not noted:
        bare_api.api().delete("v1", "ConfigMap", "endpoint", f"cluster-{caller.cluster}")
    resource = caller.resource(EndpointResource, **ADDRESS)
    kill_before_write(resource.seed, number + (0 if noted else 1), monkeypatch)
    with pytest.raises(Killed):
        run(resource)
    again = caller.call(EndpointResource, **ADDRESS)
    assert {key: again[key] for key in ("port", "konnectivity_port")} == {key: made[key] for key in ("port", "konnectivity_port")}
    assert_made(bare_api, caller, again)


def test_a_move_that_is_refused_leaves_konnectivity_where_it_was(bare_api: BareApi, caller: Caller):
    made, place = as_before(bare_api, caller), f"cluster-{caller.cluster}"
    api = bare_api.api()
    quota = api.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full", "namespace": place},
                        "spec": {"hard": {"count/services": "1"}}})
    api.request("PATCH", f"/api/v1/namespaces/{place}/resourcequotas/full/status",
                body={"status": {"hard": quota["spec"]["hard"], "used": {"count/services": "1"}}}, content_type="application/merge-patch+json")
    with pytest.raises(CaasError, match="quota"):
        caller.call(EndpointResource, **ADDRESS)
    assert [port["nodePort"] for port in service_of(bare_api, caller)["spec"]["ports"]] == [made["port"], made["konnectivity_port"]]


def test_a_port_that_was_lost_on_its_way_is_an_error_with_a_way_out(bare_api: BareApi, caller: Caller):
    made, place, api = caller.call(EndpointResource, **ADDRESS), f"cluster-{caller.cluster}", bare_api.api()
    api.delete("v1", "Service", "konnectivity-server", place)
    api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "thief", "namespace": place},
                "spec": {"type": "NodePort", "ports": [{"port": 1, "nodePort": made["konnectivity_port"]}]}})
    with pytest.raises(CaasError, match=rf"^Node port {made['konnectivity_port']}, .* take konnectivity_port out of ConfigMap {place}/endpoint"):
        caller.call(EndpointResource, **ADDRESS)
    api.request("PATCH", f"/api/v1/namespaces/{place}/configmaps/endpoint", body={"data": {"konnectivity_port": None}},
                content_type="application/merge-patch+json")
    again = caller.call(EndpointResource, **ADDRESS)
    assert again["port"] == made["port"] and again["konnectivity_port"] != made["konnectivity_port"]
    assert_made(bare_api, caller, again)


def test_ports_that_someone_else_took_are_an_error_of_one_line(bare_api: BareApi, caller: Caller, cluster: str):
    made = caller.call(EndpointResource, **ADDRESS)
    api, place = bare_api.api(), f"cluster-{cluster}"
    api.delete("v1", "Service", "kube-apiserver", place)
    api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "thief", "namespace": place},
                "spec": {"type": "NodePort", "ports": [{"port": 1, "nodePort": made["port"]}]}})
    with pytest.raises(ApiError, match=f"{made['port']}.*already allocated"):
        caller.call(EndpointResource, **ADDRESS)


def test_another_address_and_a_bent_service_are_mended(bare_api: BareApi, caller: Caller):
    caller.call(EndpointResource, **ADDRESS)
    service = service_of(bare_api, caller)
    service["spec"]["ports"][0]["targetPort"] = 443
    bare_api.api().replace({**service, "spec": {**service["spec"], "selector": {"app": "other"}}})
    made = caller.call(EndpointResource, address="2001:DB8::1")
    assert [step.split(" (")[0] for step in made["steps"]] == [
        f"Update Service cluster-{caller.cluster}/kube-apiserver", f"Update ConfigMap cluster-{caller.cluster}/endpoint"]
    assert made["address"] == "2001:db8::1"
    assert_made(bare_api, caller, made)
    assert made["diff"][1]["before"].splitlines()[0] == "address: 198.51.100.10"


def test_the_way_of_exposing_can_not_change(bare_api: BareApi, caller: Caller):
    caller.call(EndpointResource, **ADDRESS)
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=r"type NodePort.*Set expose: node_port"):
        caller.call(EndpointResource, expose="load_balancer")
    assert seen.writes == []


def test_a_wrong_address_is_refused_before_any_request(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=r"Address '198.51.100.400' can't be used \(address\)"):
        caller.call(EndpointResource, address="198.51.100.400")
    assert seen.requests == []


def test_load_balancer(bare_api: BareApi, caller: Caller):
    place = f"cluster-{caller.cluster}"
    with pytest.raises(NotReady, match="got no load balancer in 0 s"):
        caller.call(EndpointResource, expose="load_balancer", wait_timeout=-1)
    api = bare_api.api()
    service = service_of(bare_api, caller)
    api.request("PATCH", f"/api/v1/namespaces/{place}/services/kube-apiserver/status",
                body={"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.5"}]}}}, content_type="application/merge-patch+json")
    made = caller.call(EndpointResource, expose="load_balancer")
    assert made["steps"] == [f"Create ConfigMap {place}/endpoint (address 203.0.113.5)"]
    assert (made["address"], made["port"], made["konnectivity_port"]) == ("203.0.113.5", 6443, 8132)
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(6443, 6443), (8132, 8132)]
    assert "trafficDistribution" not in service["spec"]
    assert not caller.call(EndpointResource, expose="load_balancer")["changed"]


def test_a_load_balancer_that_has_only_a_name_is_refused_before_anything_is_made_for_it(bare_api: BareApi, caller: Caller):
    """As AWS shows it."""
    place, name = f"cluster-{caller.cluster}", "a1b2c3-1234567890.eu-central-1.elb.amazonaws.com"
    with pytest.raises(NotReady):
        caller.call(EndpointResource, expose="load_balancer", wait_timeout=-1)
    bare_api.api().request("PATCH", f"/api/v1/namespaces/{place}/services/kube-apiserver/status",
                           body={"status": {"loadBalancer": {"ingress": [{"hostname": name}]}}}, content_type="application/merge-patch+json")
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=rf"is reached at {name}, which is not an IPv4 address .*write it as seed_address"):
        caller.call(EndpointResource, expose="load_balancer")
    assert [write for write in seen.writes if "lock" not in write] == []
    made = caller.call(EndpointResource, expose="load_balancer", address="203.0.113.5")
    assert made["address"] == "203.0.113.5"
