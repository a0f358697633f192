# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decisions of the lab about names, subnets, sources and what is left over."""
from __future__ import annotations

import ipaddress
import os

import pytest

from lab.hosts import apt_sources, inventory, lifecycle, network, servers, state
from lab.hosts.errors import LabError
from lab.hosts.processes import Process
from lab.hosts.state import Host, Lab

ME = Process.of(os.getpid())


def lab(**given: object) -> Lab:
    return Lab(**{"name": "demo", "created": "2026-01-01T12:00:00+00:00", "subnet": (210, 7), "owner": ME, "builder": ME, **given})


@pytest.mark.parametrize("name", ["demo", "e2e", "a", "a-b", "a" * 32])
def test_good_names(name: str):
    assert state.checked_name(name) == name


@pytest.mark.parametrize("name", ["", "Demo", "1a", "-a", "a-", "a_b", "a.b", "../a", "a" * 33, "a\n"])
def test_bad_names(name: str):
    with pytest.raises(LabError, match="can't be called"):
        state.checked_name(name)


def test_a_lab_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("LAB_STATE", str(tmp_path))
    known = lab(hosts=(Host("demo-seed-1", "seed", "bare", "10.210.7.11", booted=True),), ports={"mirror": 8080}, servers={"mirror": ME})
    state.save(known)
    assert state.load("demo") == known
    assert state.names() == ["demo"]
    assert state.load("other") is None
    (known.directory / "lab.json").write_text("{")
    with pytest.raises(LabError, match="down demo"):
        state.load("demo")


def test_a_subnet_is_the_same_again_until_somebody_takes_it():
    first = network.free_subnet("demo", [])
    assert network.free_subnet("demo", []) == first
    taken = ipaddress.ip_network(f"10.{first[0]}.{first[1]}.0/24")
    assert network.free_subnet("demo", [taken]) not in (first, None)
    with pytest.raises(LabError, match="in use"):
        network.free_subnet("demo", [ipaddress.ip_network("10.0.0.0/8")])


def test_hosts_of_every_kind_get_names_and_addresses_and_keep_them():
    two = lifecycle.with_hosts(lab(), {"seed": 1, "host": 2, "python": 0})
    assert [(host.name, host.image, host.address) for host in two.hosts] == [
        ("demo-seed-1", "bare", "10.210.7.11"), ("demo-host-1", "bare", "10.210.7.31"), ("demo-host-2", "bare", "10.210.7.32")]
    more = lifecycle.with_hosts(two, {"seed": 1, "host": 1, "python": 1})
    assert more.hosts[:3] == two.hosts
    assert [host.name for host in more.hosts[3:]] == ["demo-python-1"]


def test_inventory_names_every_host_once_and_the_servers_at_the_gateway():
    whole = lifecycle.with_hosts(lab(ports={"mirror": 8080, "registry": 5000}), {"seed": 1, "host": 1})
    groups = inventory.hosts(whole)["all"]["children"]
    assert groups["seeds"]["hosts"]["lab"]["seed_address"] == "10.210.7.11"
    assert groups["seed_nodes"]["hosts"] == {"demo-seed-1": {"ansible_host": "10.210.7.11", "seed": "lab"}}
    assert groups["nodes"]["hosts"] == {"demo-host-1": {"ansible_host": "10.210.7.31"}}
    variables = inventory.variables(whole)
    assert variables["kubernetes_mirror"] == variables["github_mirror"] == "http://10.210.7.1:8080"
    assert variables["registry_mirrors"]["registry.k8s.io"] == "http://10.210.7.1:5000"
    assert "StrictHostKeyChecking=yes" in variables["ansible_ssh_common_args"]


def test_several_seed_machines_have_a_load_balancer_that_knows_them():
    one = lifecycle.with_hosts(lab(), {"seed": 1, "worker": 1})
    assert set(servers.wanted(one)) == {"mirror", "registry"}
    three = lifecycle.with_hosts(lab(ports={"mirror": 8080, "registry": 5000}), {"seed": 3, "worker": 1})
    groups = inventory.hosts(three)["all"]["children"]
    assert groups["seeds"]["hosts"]["lab"]["seed_address"] == "10.210.7.1"
    assert groups["seed_nodes"]["hosts"]["demo-worker-1"] == {"ansible_host": "10.210.7.21", "seed": "lab", "seed_role": "worker"}
    assert groups["nodes"]["hosts"] == {}
    grown = servers.with_ports(three)
    assert grown.ports == {"mirror": 8080, "registry": 5000, "balancer": 6443}
    assert servers.command(grown, "balancer")[-6:] == ["--control-planes", "10.210.7.11", "10.210.7.12", "10.210.7.13", "--workers", "10.210.7.21"]


def test_a_cloud_is_reached_by_this_machine_alone():
    """Its token must not go over a network in plain text, and the product sends it to nowhere else by plain HTTP."""
    given = lifecycle.with_hosts(lab(clouds=("digitalocean",)), {"seed": 1})
    assert set(servers.wanted(given)) == {"mirror", "registry", "digitalocean"}
    ports = {"mirror": 8080, "registry": 5000, "digitalocean": 8090, "aws": 8091}
    cloudy = lifecycle.with_hosts(lab(clouds=("aws", "digitalocean"), ports=ports), {"seed": 1})
    variables = inventory.variables(cloudy)
    assert (variables["digitalocean_url"], variables["aws_url"]) == ("http://127.0.0.1:8090/v2/", "http://127.0.0.1:8091")
    assert servers.command(cloudy, "digitalocean")[-6:] == ["--lab", "demo", "--address", "127.0.0.1", "--port", "8090"]
    assert not {"digitalocean_url", "aws_url"} & set(inventory.variables(lab(ports={"mirror": 8080, "registry": 5000})))


ONE_LINE = """
# a comment
deb http://one.example/debian bookworm main contrib # another
deb [arch=amd64 signed-by=/k.gpg] http://two.example/debian bookworm-security main
deb-src http://one.example/debian bookworm main
deb http://docker.example/linux bookworm stable
deb http://one.example/debian trixie main
"""
DEB822 = """
Types: deb deb-src
# a comment
URIs: http://one.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /k.gpg

Types: deb
Enabled: no
URIs: http://two.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://three.example/node
Suites: nodistro
Components: main
"""


def test_sources_of_the_machines_own_distribution_only():
    assert apt_sources.sources("bookworm", [(False, ONE_LINE)]) == [
        "deb http://one.example/debian bookworm main contrib",
        "deb [arch=amd64 signed-by=/k.gpg] http://two.example/debian bookworm-security main"]
    assert apt_sources.sources("bookworm", [(True, DEB822)]) == [
        "deb [signed-by=/k.gpg] http://one.example/debian bookworm main",
        "deb [signed-by=/k.gpg] http://one.example/debian bookworm-updates main"]
