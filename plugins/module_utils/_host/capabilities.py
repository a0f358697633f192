# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host can do: its measured facts go through a table of capabilities before anything moves.

The same for a node and for a machine of a seed; what only nodes ask for is in node.py.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import distributions
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.distributions import Minor
from ansible_collections.kubermatic.caas.plugins.module_utils._host import disk_space, other_software
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import ARCHITECTURES, Host, minor

# where room is needed, by the name of its fact
PLACES = {"usr": "/usr/local", "containerd": "/var/lib/containerd", "kubelet": "/var/lib/kubelet", "downloads": "/var/lib/kubermatic-caas"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: hosts that match get these effects.

    newest: the newest kubelet that upstream knows to run there; switches: names that the rest of the code asks for.
    ends_with: the kernel from which on the row matches no more, None if another kernel is no help.
    """

    what: str
    matches: Callable[[Host], bool]
    newest: Minor | None = None
    switches: frozenset[str] = field(default=frozenset())
    ends_with: Minor | None = None


def kernel_row(least: Minor, *, newest: Minor | None = None, switches: frozenset[str] = frozenset()) -> Row:
    return Row(f"kernel older than {least[0]}.{least[1]}", lambda host: minor(host.kernel) < least, newest, switches, ends_with=least)


NFTABLES_KERNEL = (5, 13)


TABLE = (
    # what upstream's own system check asks for: 4.19 since 1.32, 5.4 since 1.34
    kernel_row((4, 19), newest=(1, 31)),
    kernel_row((5, 4), newest=(1, 33)),
    # what kube-proxy asks for
    kernel_row(NFTABLES_KERNEL, switches=frozenset({"iptables"})),
    # seen to run up to 1.37; upstream means to drop it later
    Row("cgroup v1", lambda host: host.cgroup_version == 1, newest=(1, 37), switches=frozenset({"cgroup_v1", "cgroupfs"})),
    Row("no right to lower an OOM score", lambda host: not host.oom_score_lowerable, switches=frozenset({"restrict_oom_score_adj"})),
    Row("no right to raise limits", lambda host: not host.cap_sys_resource, switches=frozenset({"keep_limits"})),
    Row("systemd-resolved", lambda host: host.systemd_resolved, switches=frozenset({"systemd_resolved"})),
)


@dataclass(frozen=True, slots=True)
class Capability:
    """newest: the newest kubelet minor known to run on the host, None if nothing limits it; because: rows that limit it. switches: see TABLE.

    help: what would lift the limit, "" if nothing is known to.
    """

    newest: Minor | None
    because: tuple[str, ...]
    switches: frozenset[str]
    help: str = ""

    def has(self, switch: str) -> bool:
        return switch in self.switches


def capability(host: Host) -> Capability:
    rows = [row for row in TABLE if row.matches(host)]
    limits = [row for row in rows if row.newest]
    newest = min((row.newest for row in limits if row.newest), default=None)
    lowest = [row for row in limits if row.newest == newest]
    return Capability(newest, tuple(row.what for row in lowest), frozenset().union(*(row.switches for row in rows)),
                      help=next((text for row in lowest if row.ends_with and (text := newer_kernel(host, row.ends_with))), ""))


def newer_kernel(host: Host, least: Minor) -> str:
    """Where the host's own distribution has a kernel of at least that version, "" if it has none or isn't known."""
    row = distributions.find(host.os_id, host.os_version)
    if row is None or row.newer_kernel is None or row.newer_kernel < least:
        return ""
    return f"{row.name} has kernel {row.newer_kernel[0]}.{row.newer_kernel[1]} in {row.newer_package}"


def warnings(host: Host, *, pod_cidr: str = "", swap_allowed: bool = False, kubelet_config: Mapping[str, Any] | None = None) -> list[str]:
    """pod_cidr: of the cluster that the host is to be in, if known. swap_allowed: the kubelet is configured to bear swap. kubelet_config: of the kubelet
    that runs, or shall run, there."""
    found = []
    if distributions.find(host.os_id, host.os_version) is None:
        found.append(f"{host.os_name or 'A system without a name'} is none of the systems that hosts are known to run ({distributions.known()}). "
                     "What was measured on it counts alone")
    if abs(host.clock_skew) > 60:
        found.append(f"The clock is {abs(host.clock_skew):.0f} s {'ahead of' if host.clock_skew > 0 else 'behind'} the control host's. Set up NTP")
    for place, least in disk_space.thresholds(kubelet_config or {}).items():
        free = {"mib": host.free.get(place), "percent": host.free_percent.get(place)}
        if disk_space.is_short(least, **free):
            found.append(f"{PLACES[place]} is on a disk of which {disk_space.shown(least, **free)} are free. Below {least} its kubelet takes no pods. "
                         "Make room there")
    return [*found, *other_software.warnings_of_units(host.other), *other_software.sysctls(host.other),
            *(other_software.swap(host.other) if not swap_allowed and not host.swap else []), *other_software.firewalls(host.other, pod_cidr=pod_cidr)]


def objections(host: Host, *, memory: int = 512, disk: Mapping[str, int] | None = None, swap_allowed: bool = False) -> list[str]:
    """Why no kubelet can run here at all, each a sentence with what to do.

    memory: least MiB; disk: place -> least free MiB; swap_allowed: the kubelet is configured to bear swap.
    """
    found = []
    if host.architecture not in ARCHITECTURES.values():
        found.append(f"Its architecture is {host.architecture or 'unknown'}. Use a host with amd64 or arm64")
    if host.init != "systemd" or host.systemd < 229:
        found.append(f"It runs {host.init} {host.systemd or ''}".rstrip() + " as init, but systemd 229 (Ubuntu 16.04) or newer is needed")
    if minor(host.kernel) < (4, 4):
        found.append(f"Its kernel is {host.kernel}. Use 4.4 (Ubuntu 16.04) or newer")
    if host.missing_tools:
        found.append(f"These commands are missing: {', '.join(host.missing_tools)}. Install them, e.g. with apt-get install")
    if abs(host.clock_skew) > 300:
        found.append(f"Its clock is {abs(host.clock_skew):.0f} s {'ahead of' if host.clock_skew > 0 else 'behind'} the control host's, "
                     "certificates would not be valid. Set the clock right, e.g. with timedatectl set-ntp true")
    if host.swap and not swap_allowed:
        found.append("Swap is on. Turn it off (swapoff -a, and its line in /etc/fstab), or set kubelet_config: {failSwapOn: false}")
    if host.memory < memory:
        found.append(f"It has {host.memory} MiB of memory, at least {memory} are needed")
    for feature, there in (("overlay", host.overlay), ("br_netfilter", host.br_netfilter)):
        if not there:
            found.append(f"Its kernel has no {feature}. Install the kernel's extra modules")
    for place, least in (disk or {}).items():
        if host.free.get(place, 0) < least:
            found.append(f"{PLACES[place]} has {host.free.get(place, 0)} MiB free, at least {least} are needed. Make room there")
    found += other_software.containerd(host.other, unit=host.containerd_unit, active=host.containerd_active)
    found += other_software.kubelet(host.other, unit=host.kubelet_unit, active=host.kubelet_active)
    return found + other_software.programs(host.other) + other_software.objections_to_units(host.other)
