# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of a host of each known distribution: its row of data through the table of capabilities."""
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.distributions import ROWS, Distribution, find, known
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import capability, objections, warnings
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import Host, read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.kubelet import kubelet_config
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes

KNOWN = ["1.37.2", "1.36.3", "1.35.4", "1.34.4", "1.33.13"]


def host_of(row: Distribution, *, newer: bool = False) -> Host:
    """A good machine as the distribution installs it, or with the newer kernel of its archive."""
    kernel = (row.newer_kernel if newer else None) or row.kernel
    return read_host({
        "epoch": "1000", "os_id": row.id, "os_version": row.version, "os_name": row.name, "kernel": f"{kernel[0]}.{kernel[1]}.0-21-generic",
        "architecture": "x86_64", "init": "systemd", "systemd": str(row.systemd), "cgroup_version": str(row.cgroup_version), "memory_mib": "3911",
        "cpus": "2", "free_mib_usr": "9000", "free_mib_containerd": "9000", "free_mib_kubelet": "9000",
        "free_mib_downloads": "9000", "swap": "no", "cap_sys_resource": "yes",
        "oom_score_lowerable": "yes", "overlay": "yes", "br_netfilter": "yes", "module_directory": "yes", "addresses": "eth0=203.0.113.21",
        "source_address": "203.0.113.21"}, before=1000, after=1001)


def decided(host: Host) -> tuple[str, str, str, bool]:
    """Kubelet of a node of a 1.36.3 cluster, mode of kube-proxy, driver of cgroups, whether kubelet must be told to bear cgroup v1."""
    able = capability(host)
    version, dummy = nodes.kubelet_version(cluster="1.36.3", wanted=None, capability=able, known=KNOWN)
    config = kubelet_config(version=version, capability=able, dns_address="10.96.0.10", dns_domain="cluster.local", user={})
    refused = nodes.objections(host, cluster="demo", bundle="", node=None, kubelet_config={}, kube_proxy_mode="nftables")
    return version, "iptables" if refused else "nftables", config["cgroupDriver"], config.get("failCgroupV1") is False


EXPECTED = {
    # older than all that a control plane 1.36 allows is not offered
    "Ubuntu 16.04": ("1.33.13", "iptables", "cgroupfs", True),
    "Ubuntu 18.04": ("1.33.13", "iptables", "cgroupfs", True),
    "Ubuntu 20.04": ("1.36.3", "iptables", "cgroupfs", True),
    "Ubuntu 22.04": ("1.36.3", "nftables", "systemd", False),
    "Ubuntu 24.04": ("1.36.3", "nftables", "systemd", False),
    "Ubuntu 26.04": ("1.36.3", "nftables", "systemd", False),
    "Debian 11": ("1.36.3", "iptables", "systemd", False),
    "Debian 12": ("1.36.3", "nftables", "systemd", False),
    "Debian 13": ("1.36.3", "nftables", "systemd", False),
}
WITH_NEWER_KERNEL = {
    "Ubuntu 18.04": ("1.36.3", "iptables", "cgroupfs", True),
    "Ubuntu 20.04": ("1.36.3", "nftables", "cgroupfs", True),
    "Debian 11": ("1.36.3", "nftables", "systemd", False),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_becomes_of_a_host(row: Distribution):
    host = host_of(row)
    assert objections(host) == []
    assert warnings(host) == []
    assert decided(host) == EXPECTED[row.name]
    if row.newer_kernel:
        assert decided(host_of(row, newer=True)) == WITH_NEWER_KERNEL[row.name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_newer_kernel_is_named_where_it_helps(row: Distribution):
    host = host_of(row)
    dummy, told = nodes.kubelet_version(cluster="1.36.3", wanted=None, capability=capability(host), known=KNOWN)
    told += nodes.objections(host, cluster="demo", bundle="", node=None, kubelet_config={}, kube_proxy_mode="nftables")
    better = decided(host_of(row, newer=True))
    assert any(row.newer_package in line for line in told if row.newer_package) == (better != decided(host))


def test_the_oldest_that_is_known_is_the_oldest_that_is_not_refused():
    oldest = min(ROWS, key=lambda row: row.kernel)
    assert objections(host_of(oldest)) == []
    older = Distribution("ubuntu", "14.04", (3, 13), 204, 1)
    assert len(objections(host_of(older))) == 2


@pytest.mark.parametrize(("os_id", "os_version", "os_name", "shown"), [
    ("ubuntu", "25.10", "Ubuntu 25.10", "Ubuntu 25.10"), ("debian", "", "Debian GNU/Linux forky/sid", "Debian GNU/Linux forky/sid"),
    ("rocky", "9.4", "Rocky Linux 9.4 (Blue Onyx)", "Rocky Linux 9.4"), ("", "", "", "A system without a name")])
def test_an_unknown_system_is_a_warning_and_what_was_measured_counts(os_id: str, os_version: str, os_name: str, shown: str):
    assert find(os_id, os_version) is None
    host = read_host({"os_id": os_id, "os_version": os_version, "os_name": os_name, "kernel": "6.12.0", "architecture": "x86_64", "init": "systemd",
                      "systemd": "257", "cgroup_version": "2", "memory_mib": "3911", "epoch": "1000", "overlay": "yes", "br_netfilter": "yes",
                      "cap_sys_resource": "yes", "oom_score_lowerable": "yes"}, before=1000, after=1001)
    assert objections(host) == []
    assert capability(host).newest is None
    told = warnings(host)
    assert len(told) == 1
    assert told[0].startswith(shown) and known() in told[0]


def test_rows_are_single_and_fit_each_other():
    assert len({(row.id, row.version) for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert bool(row.newer_kernel) == bool(row.newer_package)
        assert row.newer_kernel is None or row.newer_kernel > row.kernel
        assert find(row.id, row.version) is row
    assert known() == "Ubuntu 16.04, 18.04, 20.04, 22.04, 24.04 and 26.04, Debian 11, 12 and 13"
