# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/reference/hosts.md: what a host must have, what the product does there, and what it says to one that doesn't fit.

Refusals are those of the code itself: a good host with one fact changed is shown to it.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import distributions
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup, newest_public
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as host
from ansible_collections.kubermatic.caas.plugins.module_utils._host import resolver
from ansible_collections.kubermatic.caas.plugins.module_utils._host.other_software import DropIn, OtherSoftware
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as node
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seed
from reference_pages.markdown import MADE, table

ROOM = dict.fromkeys(host.PLACES, 9000)
# switch of the table -> what is done where it is on
DOES = {
    "iptables": "refuses a cluster whose kube-proxy runs in mode `nftables`; set `kube_proxy_config: {mode: iptables}`",
    "cgroup_v1": "sets `failCgroupV1: false` for the kubelet",
    "cgroupfs": "uses the cgroup driver `cgroupfs`",
    "restrict_oom_score_adj": "sets `restrict_oom_score_adj` for containerd",
    "keep_limits": "raises no limits of containerd and kubelet",
    "systemd_resolved": "gives pods `/run/systemd/resolve/resolv.conf`, unless `/etc/resolv.conf` names other servers",
}
ANY_AUTHORITY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
UNFIT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("architecture", {"architecture": "armv7l"}),
    ("init", {"systemd": 228}),
    ("kernel", {"kernel": "3.10.0"}),
    ("commands", {"missing_tools": ("openssl", "curl")}),
    ("clock", {"clock_skew": 600.0}),
    ("swap", {"swap": True}),
    ("kernel features", {"overlay": False}),
    ("other containerd", {"containerd_active": True, "containerd_unit": "/lib/systemd/system/containerd.service"}),
    ("other kubelet", {"kubelet_active": True, "kubelet_unit": "/lib/systemd/system/kubelet.service"}),
    ("stopped Docker", {"containerd_unit": "/lib/systemd/system/containerd.service",
                        "other": OtherSoftware(strange_files=("/etc/containerd/config.toml",), filled_directories=("/var/lib/containerd",))}),
    ("programs in our places", {"other": OtherSoftware(strange_files=("/usr/local/bin/runc", "/opt/cni/bin/bridge"))}),
    ("drop-in of a unit", {"other": OtherSoftware(drop_ins=(
        DropIn("kubelet", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", frozenset({"ExecStart"})),))}),
    ("other Kubernetes", {"other": OtherSoftware(other_kubernetes=("/etc/systemd/system/k3s.service",))}),
    ("masked unit", {"other": OtherSoftware(masked_units=("kubelet",))}),
)
# to a node by the cluster's add_ons, to a machine of a seed by seed_cni
BOTH_UNFIT = (
    ("other network", {"other": OtherSoftware(cni_configuration=("/etc/cni/net.d/10-calico.conflist",), interfaces=("cni0",))}),
    ("resolver", {"systemd_resolved": False, "resolv_confs": {resolver.PLAIN: "nameserver 127.0.0.1"}}),
)
NODE_UNFIT = (
    ("memory", {"memory": 256}),
    ("disk", {"free": {**ROOM, "containerd": 100}}),
    ("kernel for nftables", {"kernel": "5.4.0-96-generic"}),
    ("port", {"ports_in_use": frozenset({10250})}),
    ("of another cluster", {"mark": node.mark("shop", ANY_AUTHORITY)}),
    ("of kubeadm", {"kubeadm_node": True}),
)
SEED_UNFIT = (
    ("memory", {"memory": 1024}),
    ("processors", {"cpus": 1}),
    ("disk", {"free": {**ROOM, "containerd": 100}}),
    ("kernel for the version", {"kernel": "4.15.0-20-generic"}),
    ("port", {"ports_in_use": frozenset({6443})}),
    ("node of a customer", {"mark": node.mark("shop", ANY_AUTHORITY)}),
)
SEED = seed.Seed("fra1", "198.51.100.10", lookup(newest_public()), "10.240.0.0/16", "10.241.0.0/16")


def said(found: list[str], about: str) -> str:
    if len(found) != 1:
        raise ValueError(f"{about}: one refusal was expected, {found} came")
    return found[0] + "."


def refusals(good: host.Host) -> tuple[list[tuple[str, str]], ...]:
    def by_node(one: host.Host) -> list[str]:
        return node.objections(one, cluster="demo", bundle="", node=None, kubelet_config={}, kube_proxy_mode="nftables")

    def by_seed(one: host.Host) -> list[str]:
        return seed.objections(SEED, one, None, "")

    if by_node(good) or by_seed(good):
        raise ValueError(f"The good host is refused: {by_node(good) + by_seed(good)}")
    return ([*((name, said(host.objections(replace(good, **change)), name)) for name, change in UNFIT),
             *((name, said(by_node(replace(good, **change)), name)) for name, change in BOTH_UNFIT)],
            [(name, said(by_node(replace(good, **change)), name)) for name, change in NODE_UNFIT],
            [(name, said(by_seed(replace(good, **change)), name)) for name, change in SEED_UNFIT])


def capabilities() -> list[tuple[str, str, str]]:
    return [(row.what, f"{row.newest[0]}.{row.newest[1]}" if row.newest else "", "; ".join(sorted(DOES[switch] for switch in row.switches)))
            for row in host.TABLE]


def release(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def systems(good: host.Host) -> list[tuple[str, ...]]:
    """Each known distribution, as it is installed, through the table of capabilities."""
    rows = []
    for row in distributions.ROWS:
        able = host.capability(replace(good, os_id=row.id, os_version=row.version, kernel=release(row.kernel), systemd=row.systemd,
                                       cgroup_version=row.cgroup_version))
        rows.append((row.name, release(row.kernel), str(row.systemd), f"v{row.cgroup_version}", release(able.newest) if able.newest else "",
                     "iptables" if able.has("iptables") else "nftables, iptables",
                     f"{release(row.newer_kernel)}, {row.newer_package}" if row.newer_kernel else ""))
    return rows


def disk(least: dict[str, int]) -> str:
    return ", ".join(f"{size} MiB in `{host.PLACES[place]}`" for place, size in least.items())


def page(good: host.Host) -> str:
    both, for_node, for_seed = refusals(replace(good, ports_in_use=frozenset()))
    head = ("fact", "message")
    return "\n".join((
        MADE + "# Hosts\n",
        "Before a run changes a host, it measures facts over SSH and compares them with these tables. The host needs no Python.\n",
        "## What a host can do\n",
        table(("a host with", "newest kubelet", "what the collection does there"), capabilities()),
        "If the control plane is newer than the newest kubelet that is known to run on a host, the node gets that kubelet, and a warning says so. If several "
        "rows match, the oldest kubelet counts. If the collection offers no [version](versions.md) that old, the node gets the oldest kubelet that its control "
        "plane supports, with the same warning; whether that works is not known. For a seed, the run refuses the machine instead.\n",
        "## Known systems\n",
        "The table shows systems as they are installed. The last column names a newer kernel in the archive of the system, if it makes a difference; the line "
        "that refuses or limits a host names it, too. For a host with another system a run prints a warning, and relies on the facts that it measured.\n",
        table(("system", "kernel", "systemd", "cgroups", "newest kubelet", "modes of kube-proxy", "newer kernel"), systems(good)),
        "## What a host needs\n",
        table(("", "node", "machine of a seed"), [
            ("system", "Debian or Ubuntu, systemd 229, kernel 4.4 or newer", "the same"),
            ("architecture", "amd64, arm64", "the same"), ("memory", "512 MiB", f"{seed.MEMORY} MiB"), ("processors", "1", "2"),
            ("free disk", disk(node.DISK), disk(seed.DISK)),
            ("free TCP ports", "10248, 10250", ", ".join(map(str, sorted(seed.PORTS)))),
            ("clock", "within 5 minutes of the control host's", "the same")]),
        "## Messages for a host that can't be used\n\nFor both kinds:\n", table(head, both),
        "For a node:\n", table(head, for_node), "For a machine of a seed:\n", table(head, for_seed)))
