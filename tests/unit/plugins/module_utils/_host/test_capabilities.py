# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import capability, objections, warnings
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import minor, read_host, skew

# words as facts.sh prints them on Ubuntu 22.04 with cgroup v2
WORDS = {
    "epoch": "1000", "os_id": "ubuntu", "os_version": "22.04", "os_name": "Ubuntu 22.04.4 LTS",
    "kernel": "5.15.0-105-generic", "architecture": "x86_64", "init": "systemd", "systemd": "249",
    "cgroup_version": "2", "memory_mib": "3911", "cpus": "2", "free_mib_usr": "9000", "free_mib_containerd": "9000", "free_mib_kubelet": "9000",
    "free_mib_downloads": "9000",
    "swap": "no", "hostname": "web-1", "machine_id": "0b3ea76cdac9dfcfbbfecd72b5efafe1", "addresses": "eth0=203.0.113.21 eth0=fd00::2 ",
    "source_address": "203.0.113.21", "ports_in_use": "10250 ", "cap_sys_resource": "yes", "oom_score_lowerable": "yes", "overlay": "yes",
    "br_netfilter": "yes", "module_directory": "yes", "resolv_conf:/etc/resolv.conf": "nameserver 127.0.0.53\n",
    "resolv_conf:/run/systemd/resolve/resolv.conf": "nameserver 203.0.113.53\n", "missing_tools": "", "containerd_unit": "",
    "kubelet_unit": "", "containerd_active": "no", "kubelet_active": "no", "kubeadm_node": "no", "installed_kubelet": "1.36.3",
}
MODERN = read_host(WORDS, before=1000, after=1001)
STATIC = {"systemd_resolved": False, "resolv_confs": {"/etc/resolv.conf": "nameserver 203.0.113.53\n"}}
XENIAL = replace(MODERN, kernel="4.4.0-210-generic", systemd=229, cgroup_version=1, **STATIC)
CONTAINER = replace(MODERN, cgroup_version=1, kernel="6.18.44", cap_sys_resource=False, oom_score_lowerable=False, **STATIC)


def test_facts_become_a_host():
    assert MODERN.architecture == "amd64"
    assert MODERN.addresses == ("203.0.113.21", "fd00::2")
    assert MODERN.ports_in_use == {10250}
    assert MODERN.installed == {"kubelet": "1.36.3"}
    assert MODERN.free == {"usr": 9000, "containerd": 9000, "kubelet": 9000, "downloads": 9000}


def test_a_host_that_says_little_is_read_too():
    host = read_host({}, before=0, after=1)
    assert host.kernel == ""
    assert objections(host)


@pytest.mark.parametrize(("text", "expected"), [("5.4.0-96-generic", (5, 4)), ("1.36.3", (1, 36)), ("v1.36", (1, 36)), ("", (0, 0)), ("6", (0, 0))])
def test_minor(text, expected):
    assert minor(text) == expected


@pytest.mark.parametrize(("host", "newest", "switches"), [
    (MODERN, None, {"systemd_resolved"}),
    (XENIAL, (1, 31), {"iptables", "cgroup_v1", "cgroupfs"}),
    (replace(XENIAL, kernel="4.19.0-26-amd64"), (1, 33), {"iptables", "cgroup_v1", "cgroupfs"}),
    (replace(MODERN, kernel="5.4.0-96-generic"), None, {"iptables", "systemd_resolved"}),
    (CONTAINER, (1, 37), {"cgroup_v1", "cgroupfs", "restrict_oom_score_adj", "keep_limits"}),
])
def test_capability(host, newest, switches):
    found = capability(host)
    assert found.newest == newest
    assert found.switches == switches


@pytest.mark.parametrize(("change", "part"), [
    ({"architecture": "armv7l"}, "architecture is armv7l"),
    ({"init": "sysvinit", "systemd": 0}, "runs sysvinit as init"),
    ({"systemd": 228}, "systemd 228"),
    ({"kernel": "3.10.0"}, "kernel is 3.10.0"),
    ({"missing_tools": ("openssl", "curl")}, "missing: openssl, curl"),
    ({"clock_skew": -301.0}, "301 s behind"),
    ({"swap": True}, "Swap is on"),
    ({"memory": 256}, "256 MiB of memory"),
    ({"overlay": False}, "no overlay"),
    ({"br_netfilter": False}, "no br_netfilter"),
    ({"free": {"usr": 10, "containerd": 9000, "downloads": 9000}}, "/usr/local has 10 MiB free"),
    ({"free": {"usr": 9000, "containerd": 9000, "downloads": 10}}, "/var/lib/kubermatic-caas has 10 MiB free"),
    ({"containerd_active": True, "containerd_unit": "/lib/systemd/system/containerd.service"}, "Another containerd"),
    ({"kubelet_active": True, "kubelet_unit": "/lib/systemd/system/kubelet.service"}, "Another kubelet"),
    # also one that doesn't run now
    ({"containerd_unit": "/lib/systemd/system/containerd.service"}, "Another containerd is installed here (/lib/systemd/system/containerd.service)"),
    ({"kubelet_unit": "/lib/systemd/system/kubelet.service"}, "Another kubelet is installed here"),
])
def test_each_objection_is_one_sentence_of_its_own(change, part):
    found = objections(replace(MODERN, **change), disk={"usr": 500, "containerd": 500, "downloads": 500})
    assert len(found) == 1
    assert part in found[0]


def test_nothing_speaks_against_good_hosts():
    for host in (MODERN, XENIAL, CONTAINER):
        assert objections(host) == []
    ours = {"containerd_unit": "/etc/systemd/system/containerd.service", "kubelet_unit": "/etc/systemd/system/kubelet.service"}
    assert objections(replace(MODERN, containerd_active=True, kubelet_active=True, **ours)) == []
    assert objections(replace(MODERN, swap=True), swap_allowed=True) == []


@pytest.mark.parametrize(("epoch", "expected"), [(1000, 0.0), (999, 0.0), (1001, 0.0), (1005, 4.0), (990, -9.0)])
def test_skew_counts_only_what_is_certain(epoch, expected):
    assert skew(epoch, before=1000, after=1001) == expected


def test_a_small_skew_is_a_warning():
    assert warnings(replace(MODERN, clock_skew=59.0)) == []
    assert "90 s ahead" in warnings(replace(MODERN, clock_skew=90.0))[0]


@pytest.mark.parametrize(("facts", "part"), [
    ({"free_percent_containerd": "14", "free_percent_kubelet": "14"}, "/var/lib/containerd is on a disk of which 14 % are free. Below 15% its kubelet takes"),
    ({"free_percent_containerd": "15", "free_percent_kubelet": "9"}, "/var/lib/kubelet is on a disk of which 9 % are free"),
    ({"free_percent_containerd": "15", "free_percent_kubelet": "10"}, ""), ({}, "")])
def test_a_disk_on_which_no_pod_would_run_is_told(facts, part):
    found = warnings(read_host({**WORDS, **facts}, before=1000, after=1001))
    assert [part in text for text in found] == ([True] if part else [])


@pytest.mark.parametrize(("eviction", "mib", "warned"), [
    ({"imagefs.available": "2Gi", "nodefs.available": "2Gi"}, 38 * 1024, False), ({"imagefs.available": "2Gi"}, 2047, True),
    # what an evictionHard doesn't name is asked of nobody, and a percent of it counts as one
    ({"memory.available": "200Mi"}, 1, False), ({"imagefs.available": "2%"}, 1, False), ({"imagefs.available": "20%"}, 99999, True),
    ({"imagefs.available": "plenty"}, 1, False)])
def test_the_warning_follows_what_the_kubelet_is_told(eviction, mib, warned):
    host = replace(MODERN, free={"containerd": mib, "kubelet": 99999}, free_percent={"containerd": 14, "kubelet": 14})
    found = warnings(host, kubelet_config={"evictionHard": eviction})
    assert bool(found) is warned, found
    assert not warned or f"Below {eviction['imagefs.available']} its kubelet takes no pods" in found[0]
