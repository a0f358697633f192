# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Networks of a cluster."""
from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.networks import POD_SIZE, SERVICE_SIZE, Size, address, network, networks
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput


@pytest.mark.parametrize(("text", "size"), [
    ("10.244.0.0/16", POD_SIZE), ("10.0.0.0/8", POD_SIZE), ("10.0.4.0/22", POD_SIZE), ("10.96.0.0/12", SERVICE_SIZE),
    ("192.168.7.0/24", SERVICE_SIZE), ("100.64.0.0/16", SERVICE_SIZE)])
def test_good_networks(text: str, size: Size):
    assert str(network(text, size, where="pod_cidr")) == text


@pytest.mark.parametrize(("value", "size", "why"), [
    ("", POD_SIZE, "It is empty"),
    (None, POD_SIZE, "It is empty"),
    (10, POD_SIZE, "It is not a string"),
    ("10.244.0.0", POD_SIZE, "The prefix length after '/' is missing"),
    ("10.244.0.0/x", POD_SIZE, "is not a number from 0 to 32"),
    ("10.244.0.0/255.255.0.0", POD_SIZE, "is not a number from 0 to 32"),
    ("10.244.0.0/33", POD_SIZE, "It is not an IPv4 network"),
    ("10.300.0.0/16", POD_SIZE, "It is not an IPv4 network"),
    ("pods", POD_SIZE, "prefix length"),
    ("10.244.1.0/16", POD_SIZE, "The address has bits behind the prefix. Write 10.244.0.0/16"),
    ("fd00::/108", POD_SIZE, "Only IPv4 is supported"),
    ("0.0.0.0/0", POD_SIZE, "/0 is outside /8 to /22"),
    ("10.0.0.0/7", POD_SIZE, "/7 is outside"),
    ("10.0.0.0/23", POD_SIZE, "/23 is outside /8 to /22, and every node takes a /24"),
    ("10.0.0.0/25", SERVICE_SIZE, "/25 is outside /12 to /24"),
    ("10.0.0.0/11", SERVICE_SIZE, "/11 is outside"),
    ("127.0.0.0/8", POD_SIZE, "127.0.0.0/8 is reserved"),
    ("169.254.0.0/20", POD_SIZE, "169.254.0.0/16 is reserved"),
    ("224.0.0.0/8", POD_SIZE, "224.0.0.0/3 is reserved"),
])
def test_mistakes(value: object, size: Size, why: str):
    with pytest.raises(InvalidInput) as error:
        network(value, size, where="pod_cidr")
    assert why in error.value.line() and "(pod_cidr)" in error.value.line()


@pytest.mark.parametrize(("pods", "services", "seed_address", "line"), [
    ("10.96.0.0/16", "10.96.0.0/16", None, "pod_cidr 10.96.0.0/16 and service_cidr 10.96.0.0/16 overlap"),
    ("10.0.0.0/8", "10.96.0.0/16", None, "overlap"),
    ("10.244.0.0/16", "10.96.0.0/16", "10.244.3.4", "pod_cidr 10.244.0.0/16 overlaps with the seed's address 10.244.3.4"),
    ("10.244.0.0/16", "10.96.0.0/16", "10.96.0.1", "service_cidr 10.96.0.0/16 overlaps with the seed's address"),
])
def test_networks_stay_apart(pods: str, services: str, seed_address: str | None, line: str):
    with pytest.raises(InvalidInput, match=line):
        networks(pods, services, IPv4Address(seed_address) if seed_address else None)


def test_addresses_that_follow():
    found = networks("10.244.0.0/16", "10.96.0.0/16", IPv4Address("198.51.100.10"))
    assert (found.service_address, found.dns_address) == ("10.96.0.1", "10.96.0.10")
    small = networks("10.244.0.0/16", "192.168.7.0/24", None)
    assert (small.service_address, small.dns_address) == ("192.168.7.1", "192.168.7.10")


@pytest.mark.parametrize(("value", "why"), [
    ("", "The seed's address is missing"), (None, "The seed's address is missing"), ("fra1.example.org", "It is not an IPv4 address"),
    ("fd00::1", "Only IPv4"), ("127.0.0.1", "No other machine can reach it"), ("0.0.0.0", "No other machine"), ("10.0.0.1/24", "not an IPv4")])
def test_addresses_of_no_use(value: object, why: str):
    with pytest.raises(InvalidInput) as error:
        address(value, where="seed_address")
    assert why in error.value.line()


octets = st.tuples(*[st.integers(0, 300)] * 4, st.integers(0, 40)).map(lambda n: f"{n[0]}.{n[1]}.{n[2]}.{n[3]}/{n[4]}")


@given(st.text() | octets | st.none() | st.integers(), st.text() | octets, st.ip_addresses(v=4))
def test_any_text_gives_networks_or_one_line(pods: object, services: object, seed_address: IPv4Address):
    try:
        found = networks(pods, services, seed_address)
    except InvalidInput as error:
        assert error.line().isprintable()
    else:
        assert not found.pods.overlaps(found.services) and seed_address not in found.pods


@given(st.text() | octets)
def test_any_text_is_an_address_or_one_line(text: str):
    try:
        address(text, where="seed_address")
    except InvalidInput as error:
        assert error.line().isprintable()
