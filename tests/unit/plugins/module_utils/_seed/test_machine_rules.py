# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import mark as node_mark
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Mark, Seed, checked_name, checked_networks, objections, read_mark

SEED = Seed("fra1", "198.51.100.10", catalogue.lookup("1.36.3"), "10.240.0.0/16", "10.241.0.0/16")
HOST = read_host({
    "epoch": "1000", "os_name": "Ubuntu 24.04", "kernel": "6.8.0-31-generic", "architecture": "x86_64", "init": "systemd", "systemd": "255",
    "cgroup_version": "2", "memory_mib": "3911", "cpus": "2", "free_mib_usr": "9000", "free_mib_containerd": "9000", "free_mib_kubelet": "9000",
    "free_mib_downloads": "9000",
    "swap": "no", "addresses": "eth0=198.51.100.10", "source_address": "198.51.100.10", "ports_in_use": "", "cap_sys_resource": "yes",
    "oom_score_lowerable": "yes", "overlay": "yes", "br_netfilter": "yes", "module_directory": "yes", "resolv_conf:/etc/resolv.conf": "nameserver 127.0.0.53\n",
    "resolv_conf:/run/systemd/resolve/resolv.conf": "nameserver 203.0.113.53\n",
}, before=1000, after=1001)
AUTHORITY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
BEGUN = Mark("fra1", "fra1-a", "1.36.3", "begun")
COMPLETE = Mark("fra1", "fra1-a", "1.36.3", "complete")
REMAINS = "/etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf"
BUSY = replace(HOST, ports_in_use=frozenset({6443, 10250}))


def test_mark():
    assert read_mark("") is None
    assert read_mark("seed=fra1\nmachine=fra1-a\nkubernetes_version=1.36.3\nstate=begun\n") == BEGUN
    told = read_mark("seed=fra1\nmachine=fra1-a\nkubernetes_version=1.36.3\ncomponents=kubernetes:1.30.1,etcd:3.6.9-0,odd\nstate=begun\n")
    assert told.versions == {"kubernetes": "1.36.3", "etcd": "3.6.9-0"} and BEGUN.versions == {"kubernetes": "1.36.3"}
    assert read_mark("seed=fra1\nmachine=fra1-b\nkubernetes_version=1.36.3\nrole=worker\nstate=begun\n") == replace(BEGUN, machine="fra1-b", role="worker")
    assert COMPLETE.complete
    assert not BEGUN.complete


@pytest.mark.parametrize(("host", "mark", "remains"), [
    (HOST, None, ""),
    (BUSY, BEGUN, REMAINS),
    (BUSY, COMPLETE, REMAINS),
    # a seed that runs is not asked again whether it could be built
    (replace(BUSY, memory=100), COMPLETE, REMAINS),
])
def test_a_machine_that_may(host, mark, remains):
    assert objections(SEED, host, mark, remains) == []


@pytest.mark.parametrize(("host", "mark", "remains", "part"), [
    (replace(HOST, mark=node_mark("demo", AUTHORITY)), None, "", "node of the customer cluster demo"),
    (HOST, replace(COMPLETE, seed="ams1"), "", "belongs to the seed ams1"),
    (HOST, replace(COMPLETE, kubernetes_version="1.35.4"), "", "can't be upgraded yet"),
    (HOST, None, REMAINS, "part of another Kubernetes cluster"),
    (BUSY, None, "", "port 6443 of kube-apiserver, port 10250 of kubelet"),
    (replace(HOST, addresses=("198.51.100.10", "10.240.3.4", "fd00::1")), None, "", "address 10.240.3.4 lies in seed_pod_cidr"),
    (replace(HOST, nameservers=("203.0.113.53", "10.241.0.53")), None, "", "DNS server 10.241.0.53 lies in seed_service_cidr"),
    (replace(HOST, cpus=1), None, "", "It has 1 CPU"),
    (replace(HOST, memory=1000), None, "", "1000 MiB of memory"),
    (replace(HOST, swap=True), None, "", "Swap is on"),
    (replace(HOST, kernel="4.15.0-20-generic"), None, "", "The newest that does is 1.31"),
])
def test_a_machine_that_may_not(host, mark, remains, part):
    found = objections(SEED, host, mark, remains)
    assert len(found) == 1
    assert part in found[0]


def test_a_worker_needs_less():
    assert objections(SEED, replace(HOST, cpus=1, ports_in_use=frozenset({6443, 2379})), None, "", "worker") == []
    assert objections(SEED, BUSY, None, "", "worker") == ["Another program listens at port 10250 of kubelet. End it"]


@pytest.mark.parametrize(("found", "asked"), [("control_plane", "worker"), ("worker", "control_plane")])
def test_a_machine_does_not_change_its_role(found, asked):
    (reason,) = objections(SEED, BUSY, replace(COMPLETE, role=found), REMAINS, asked)
    assert f"seed_role: {found}" in reason
    assert objections(SEED, BUSY, replace(COMPLETE, role=found), REMAINS, found) == []


def test_swap_is_fine_for_a_kubelet_that_bears_it():
    assert objections(replace(SEED, kubelet_config={"failSwapOn": False}), replace(HOST, swap=True), None, "") == []


@pytest.mark.parametrize("name", ["fra1", "a", "fra1-a.example.org", "0"])
def test_good_names(name):
    assert checked_name(name, "machine") == name


@pytest.mark.parametrize("name", ["", "Fra1", "fra_1", "-a", "a-", "a" * 64, "fra1\n", "$(id)", "frä1"])
def test_bad_names(name):
    with pytest.raises(InvalidInput, match="of the machine is not valid"):
        checked_name(name, "machine")


@pytest.mark.parametrize(("change", "part"), [
    ({"pod_cidr": "10.240.0.0/99"}, "seed_pod_cidr"),
    ({"pod_cidr": "10.240.0.0/24"}, "outside /8 to /22"),
    ({"service_cidr": "fd00::/108"}, "seed_service_cidr"),
    ({"pod_cidr": "10.240.0.0/12"}, "overlap"),
    ({"pod_cidr": "198.51.0.0/16"}, "holds the address of the seed"),
    ({"address": "fra1.example.org"}, "seed_address"),
])
def test_bad_networks(change, part):
    with pytest.raises(InvalidInput, match=part):
        checked_networks(replace(SEED, **change))


def test_good_networks():
    checked_networks(SEED)
