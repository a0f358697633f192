# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host can do: its measured facts go through a table of capabilities before anything moves.

The same for a node and for a machine of a seed; what only nodes ask for is in node.py.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Minor = tuple[int, int]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
OUR_UNITS = "/etc/systemd/system/"


@dataclass(frozen=True, slots=True)
class Host:
    """Facts as facts.sh measured them. Sizes in MiB; clock_skew in seconds, positive if the host is ahead of the control host.

    addresses: of its interfaces; source_address: the one it uses to reach the cluster ("" if not asked for or no route).
    free: place -> MiB; installed: artefact -> version; checksums: artefact -> SHA-256. mark and the certificates: texts of files, "" if there is none.
    """

    os_name: str
    kernel: str
    architecture: str
    init: str
    systemd: int
    cgroup_version: int
    memory: int
    cpus: int
    free: Mapping[str, int]
    swap: bool
    clock_skew: float
    hostname: str
    machine_id: str
    addresses: tuple[str, ...]
    source_address: str
    ports_in_use: frozenset[int]
    cap_sys_resource: bool
    oom_score_lowerable: bool
    overlay: bool
    br_netfilter: bool
    module_directory: bool
    systemd_resolved: bool
    missing_tools: tuple[str, ...]
    containerd_unit: str
    kubelet_unit: str
    containerd_active: bool
    kubelet_active: bool
    kubeadm_node: bool
    installed: Mapping[str, str]
    mark: str = ""
    ca_bundle: str = ""
    serving_certificate: str = ""
    serving_pair: bool = False
    client_certificate: str = ""
    client_pair: bool = False
    checksums: Mapping[str, str] = field(default_factory=dict)


def number(text: str) -> int:
    found = re.match(r"\d+", text)
    return int(found[0]) if found else 0


def minor(text: str) -> Minor:
    """(5, 4) of "5.4.0-96-generic", (1, 36) of "1.36.3"; (0, 0) if it says nothing."""
    found = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def skew(epoch: int, before: float, after: float) -> float:
    """Seconds by which a clock that said epoch between before and after is certainly wrong."""
    return epoch - after if epoch > after else min(0.0, epoch + 1 - before)


def read_host(facts: Mapping[str, str], *, before: float, after: float) -> Host:
    """facts: words of facts.sh; before, after: the control host's clock around the measurement."""
    def word(name: str) -> str:
        return facts.get(name, "").strip()

    def yes(name: str) -> bool:
        return word(name) == "yes"

    return Host(
        os_name=word("os_name"), kernel=word("kernel"), architecture=ARCHITECTURES.get(word("architecture"), word("architecture")),
        init=word("init"), systemd=number(word("systemd")), cgroup_version=number(word("cgroup_version")), memory=number(word("memory_mib")),
        cpus=number(word("cpus")), free={place: number(word(f"free_mib_{place}")) for place in ("usr", "containerd", "kubelet")},
        swap=yes("swap"), clock_skew=skew(number(word("epoch")), before, after), hostname=word("hostname"), machine_id=word("machine_id"),
        addresses=tuple(item.partition("=")[2] for item in word("addresses").split()), source_address=word("source_address"),
        ports_in_use=frozenset(map(int, word("ports_in_use").split())), cap_sys_resource=yes("cap_sys_resource"),
        oom_score_lowerable=yes("oom_score_lowerable"), overlay=yes("overlay"), br_netfilter=yes("br_netfilter"),
        module_directory=yes("module_directory"), systemd_resolved=yes("systemd_resolved"), missing_tools=tuple(word("missing_tools").split()),
        containerd_unit=word("containerd_unit"), kubelet_unit=word("kubelet_unit"), containerd_active=yes("containerd_active"),
        kubelet_active=yes("kubelet_active"), kubeadm_node=yes("kubeadm_node"),
        installed={key.removeprefix("installed_"): value for key, value in facts.items() if key.startswith("installed_")},
        checksums={key.removeprefix("checksum_"): value for key, value in facts.items() if key.startswith("checksum_")},
        mark=facts.get("mark", ""), ca_bundle=facts.get("ca_bundle", ""), serving_certificate=facts.get("serving_certificate", ""),
        serving_pair=yes("serving_pair"), client_certificate=facts.get("client_certificate", ""), client_pair=yes("client_pair"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: hosts that match get these effects.

    newest: the newest kubelet that upstream knows to run there; switches: names that the rest of the code asks for.
    """

    what: str
    matches: Callable[[Host], bool]
    newest: Minor | None = None
    switches: frozenset[str] = field(default=frozenset())


TABLE = (
    # Ubuntu 16.04 and 18.04 with their first kernels; later kernel checks of upstream ask for more
    Row("kernel older than 4.19", lambda host: minor(host.kernel) < (4, 19), newest=(1, 31)),
    Row("kernel older than 5.4", lambda host: minor(host.kernel) < (5, 4), newest=(1, 35)),
    Row("kernel older than 5.13", lambda host: minor(host.kernel) < (5, 13), switches=frozenset({"iptables"})),
    # seen to run up to 1.37; upstream means to drop it later
    Row("cgroup v1", lambda host: host.cgroup_version == 1, newest=(1, 37), switches=frozenset({"cgroup_v1", "cgroupfs"})),
    Row("no right to lower an OOM score", lambda host: not host.oom_score_lowerable, switches=frozenset({"restrict_oom_score_adj"})),
    Row("no right to raise limits", lambda host: not host.cap_sys_resource, switches=frozenset({"keep_limits"})),
    Row("systemd-resolved", lambda host: host.systemd_resolved, switches=frozenset({"systemd_resolved"})),
)


@dataclass(frozen=True, slots=True)
class Capability:
    """newest: the newest kubelet minor known to run on the host, None if nothing limits it; because: rows that limit it. switches: see TABLE."""

    newest: Minor | None
    because: tuple[str, ...]
    switches: frozenset[str]

    def has(self, switch: str) -> bool:
        return switch in self.switches


def capability(host: Host) -> Capability:
    rows = [row for row in TABLE if row.matches(host)]
    limits = [row for row in rows if row.newest]
    newest = min((row.newest for row in limits if row.newest), default=None)
    return Capability(newest, tuple(row.what for row in limits if row.newest == newest),
                      frozenset().union(*(row.switches for row in rows)))


def warnings(host: Host) -> list[str]:
    if abs(host.clock_skew) > 60:
        return [f"The clock is {abs(host.clock_skew):.0f} s {'ahead of' if host.clock_skew > 0 else 'behind'} the control host's. Set up NTP"]
    return []


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
    names = {"usr": "/usr/local", "containerd": "/var/lib/containerd", "kubelet": "/var/lib/kubelet"}
    for place, least in (disk or {}).items():
        if host.free.get(place, 0) < least:
            found.append(f"{names[place]} has {host.free.get(place, 0)} MiB free, at least {least} are needed. Make room there")
    if host.containerd_active and not host.containerd_unit.startswith(OUR_UNITS):
        found.append(f"Another containerd runs here ({host.containerd_unit}), e.g. Docker's. Remove it, or use another host")
    if host.kubelet_active and not host.kubelet_unit.startswith(OUR_UNITS):
        found.append(f"Another kubelet runs here ({host.kubelet_unit}). Remove it, or use another host")
    return found
