# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which of the names and addresses that a host claims it gets, and what of it lies where the cluster's pods and Services are."""
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import Host, read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes

NETWORKS = {"pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/16"}
ENDPOINT = "198.51.100.10"


def measured(addresses: str, source: str = "203.0.113.21", **words: str) -> Host:
    return read_host({"addresses": addresses, "source_address": source, **words}, before=0, after=1)


def claims(address: str, others=(), ssh_address: str = "") -> list[str]:
    return node_identity.claims(address, node_name="web-1", ssh_address=ssh_address, endpoint=ENDPOINT, others=others)


def test_the_address_of_the_api_is_no_node_s():
    (reason,) = claims(ENDPOINT)
    assert "is that of the cluster's API" in reason
    # whatever the inventory reaches there
    assert claims(ENDPOINT, ssh_address=ENDPOINT)


def test_the_address_of_another_node_is_refused():
    others = [("web-1", ["203.0.113.21"]), ("web-2", ["10.0.0.2", "203.0.113.22"])]
    assert claims("203.0.113.21", others) == []
    (reason,) = claims("203.0.113.22", others)
    assert "is that of node web-2" in reason and "remove_node -e node=web-2 -e node_forget=true" in reason


def test_an_address_that_ssh_reached_is_the_host_s_own_whatever_another_node_claims():
    assert claims("203.0.113.21", [("mallory", ["203.0.113.21"])], ssh_address="203.0.113.21") == []
    # a name may lead anywhere
    assert claims("203.0.113.21", [("mallory", ["203.0.113.21"])], ssh_address="web-1.example.com")


def test_behind_nat_the_host_has_another_address_than_the_inventory_reaches():
    assert claims("10.0.0.5", [("web-2", ["10.0.0.6"])], ssh_address="203.0.113.21") == []


def certified(host: Host, address: str = "203.0.113.21", *, cloud: bool = True) -> list[str]:
    return node_identity.serving_addresses(host, address, cloud=cloud, endpoint=ENDPOINT, networks=NETWORKS.values())


def test_without_a_cloud_there_is_one_address():
    assert certified(measured("eth0=203.0.113.21/24 eth1=10.0.0.5/24"), cloud=False) == ["203.0.113.21"]


def test_what_comes_and_goes_makes_no_new_certificate():
    """An address of kube-proxy, a virtual one of keepalived, a second one of the same network, a temporary IPv6 one."""
    day_1 = certified(measured("eth0=203.0.113.21/24 eth1=10.0.0.5/24"))
    day_2 = certified(measured("eth0=203.0.113.21/24 eth0=203.0.113.99/32 eth0=203.0.113.98/24,passing eth1=10.0.0.5/24 "
                               "kube-ipvs0=10.96.0.1/32 kube-ipvs0=198.51.100.77/32 eth0=2001:db8::1/64,passing cni0=10.244.1.1/24"))
    assert day_1 == day_2 == ["203.0.113.21", "10.0.0.5"]


def test_what_is_somebody_else_s_is_left_out():
    assert certified(measured(f"eth0=203.0.113.21/24 eth1={ENDPOINT}/24 eth2=10.96.0.1/16 eth3=10.244.9.9/16")) == ["203.0.113.21"]


@pytest.mark.parametrize(("facts", "part"), [
    ({"source": "10.244.1.5"}, "Its address 10.244.1.5 lies in pod_cidr 10.244.0.0/16"),
    ({"source": "10.96.0.1"}, "Its address 10.96.0.1 lies in service_cidr 10.96.0.0/16"),
    # the first network card is fine, the second is not
    ({"addresses": "eth0=203.0.113.21/24 eth1=10.96.4.7/24"}, "Its address 10.96.4.7 (eth1) lies in service_cidr"),
    ({"resolv_conf:/etc/resolv.conf": "nameserver 203.0.113.53\nnameserver 10.96.0.53\n"}, "Its DNS server 10.96.0.53 lies in service_cidr"),
    ({"mirrors": {"kubernetes_mirror": "10.244.0.9", "github_mirror": "github.com"}}, "kubernetes_mirror 10.244.0.9 lies in pod_cidr"),
    ({}, ""),
    # what an earlier cluster left is told by its own check
    ({"addresses": "eth0=203.0.113.21/24 cni0=10.244.1.1/24"}, ""),
])
def test_all_that_the_host_needs_is_outside_of_the_networks_of_the_cluster(facts: dict, part: str):
    given_facts = {"addresses": "eth0=203.0.113.21/24", "source": "203.0.113.21", **facts}
    mirrors = given_facts.pop("mirrors", {})
    host = measured(**given_facts)
    found = node_identity.within(host, NETWORKS, fresh=True, mirrors=mirrors)
    assert len(found) == bool(part) and part in "".join(found)
    assert set(found) <= set(nodes.objections(host, cluster="demo", bundle="", node=None, kubelet_config={}, networks=NETWORKS, mirrors=mirrors))


def test_a_node_carries_addresses_of_pods_on_whatever_its_network_uses():
    host = measured("eth0=203.0.113.21/24 net1=10.244.1.1/24", **{"resolv_conf:/etc/resolv.conf": "nameserver 10.96.0.10\n"})
    assert node_identity.within(host, NETWORKS, fresh=False) == []
    assert node_identity.within(replace(host, source_address="10.96.0.1"), NETWORKS, fresh=False) != []


def test_networks_that_are_none_are_the_cluster_s_to_say():
    assert node_identity.within(measured("eth0=10.0.0.1/8", "10.0.0.1"), {"pod_cidr": "10.0.0.1/8", "service_cidr": "x"}, fresh=True) == []
    assert node_identity.overlapping(measured("eth0=10.0.0.1/8"), {"pod_cidr": "10.0.0.1/8", "service_cidr": "x"}) == []


def test_a_large_network_of_the_host_that_holds_those_of_the_cluster_is_a_warning():
    host = measured("eth0=10.1.2.3/8 tun0=10.244.0.1/32", "10.1.2.3")
    assert node_identity.within(host, {"pod_cidr": "10.244.0.0/16"}, fresh=True) == [
        "Its address 10.244.0.1 (tun0) lies in pod_cidr 10.244.0.0/16 of the cluster, so pods could not reach it. Choose another pod_cidr if the cluster is "
        "new, else a host in another network"]
    (warning,) = node_identity.overlapping(host, {"pod_cidr": "10.244.0.0/16"})
    assert warning.startswith("Its network 10.0.0.0/8 (eth0) holds a part of pod_cidr 10.244.0.0/16")


@given(st.dictionaries(st.sampled_from(["addresses", "source_address", "ports_in_use", "resolv_conf:/etc/resolv.conf",
                                        "epoch", "memory_mib", "kernel", "hostname"]),
                       st.text() | st.from_regex(r"[a-z0-9]{1,5}=[0-9a-f.:]{1,20}(/[0-9]{1,4})?(,passing)?( .*)?")))
def test_a_host_may_say_anything(facts: dict[str, str]):
    host = read_host(facts, before=0, after=1)
    node_identity.within(host, NETWORKS, fresh=True)
    node_identity.overlapping(host, NETWORKS)
    for address in certified(host)[1:]:
        assert not any(node_identity.lies_in(address, network) for network in NETWORKS.values())
