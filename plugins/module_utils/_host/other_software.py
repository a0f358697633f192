# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Other software on a host, and what an earlier life left there: what would win over ours, and what ours would overwrite or a reset erase."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# containerd takes the first file by name
FLANNEL = "/etc/cni/net.d/10-flannel.conflist"
# of networks that leave them: flannel, calico, cilium, weave, kube-router, antrea, kube-proxy with IPVS, NodeLocal DNSCache
INTERFACES = re.compile(r"cni0|flannel\.1|flannel-v6\.1|vxlan\.calico|weave|kube-bridge|antrea-gw0|kube-ipvs0|kube-dummy-if|nodelocaldns|cali.+|cilium_.+")
NETWORK_DATA = ("/var/lib/cni", "/run/flannel")
KUBELET_DATA = ("/var/lib/kubelet", "/var/log/pods")
CONTAINERD_FILES = ("/etc/containerd/config.toml", "/etc/systemd/system/containerd.service")
OUR_UNITS = "/etc/systemd/system/"
KUBELET_UNIT = f"{OUR_UNITS}kubelet.service"
# settings that decide which program a unit starts, for which user, and where
DECISIVE = frozenset({"ExecStart", "ExecCondition", "Type", "User", "Group", "RootDirectory", "RootImage"})
# unit to how its software is removed
OTHER_KUBERNETES = {"k3s": "k3s-uninstall.sh", "k3s-agent": "k3s-agent-uninstall.sh", "rke2-server": "rke2-uninstall.sh", "rke2-agent": "rke2-uninstall.sh",
                    "k0scontroller": "k0s reset", "k0sworker": "k0s reset", "snap.microk8s.daemon-kubelite": "snap remove --purge microk8s",
                    "crio": "apt-get purge cri-o"}
OUR_SYSCTLS = "/etc/sysctl.d/99-kubermatic-caas.conf"
SYSCTLS = ("net.ipv4.ip_forward", "net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables")
# of what a host lists: more would not help
MOST, LONGEST, MOST_WARNINGS = 200, 300, 10
# another name of the same switch
ALIASES = {"net.ipv4.conf.all.forwarding": "net.ipv4.ip_forward"}


@dataclass(frozen=True, slots=True)
class DropIn:
    """keys: of its settings, such as ExecStart."""

    unit: str
    path: str
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OtherSoftware:
    """has_mark: the host is a node or a machine of a seed of ours. has_begun: this collection has installed something here, so that what lies in its
    places is its own.

    cni_configuration, filled_directories, strange_files: paths; the last two are only looked for on a host without mark. strange_files: where a file of
    ours would come. other_kubernetes: paths of units. interfaces: of the host, all of them. masked_units: names.
    sysctl_settings: (path, key, value) in the order of their directories.
    firewalls: ufw or firewalld, if it is on, to what it lets through: words of "input", "forward", "vxlan", "kubelet".
    swap_at_boot: /etc/fstab has some.
    """

    has_mark: bool = False
    has_begun: bool = False
    cni_configuration: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    filled_directories: tuple[str, ...] = ()
    strange_files: tuple[str, ...] = ()
    other_kubernetes: tuple[str, ...] = ()
    masked_units: tuple[str, ...] = ()
    drop_ins: tuple[DropIn, ...] = ()
    sysctl_settings: tuple[tuple[str, str, str], ...] = ()
    firewalls: tuple[tuple[str, frozenset[str]], ...] = ()
    swap_at_boot: bool = False


def read_other_software(facts: Mapping[str, str]) -> OtherSoftware:
    """facts: words of other_software.sh."""
    def lines(name: str) -> tuple[str, ...]:
        return tuple(line[:LONGEST] for line in facts.get(name, "").splitlines()[:MOST])

    def rows(name: str) -> list[list[str]]:
        return [parts for line in lines(name) if len(parts := line.split("\t")) == 3]

    words = {name: facts.get(name, "").split() for name in ("ufw", "firewalld")}
    return OtherSoftware(
        has_mark=facts.get("has_mark") == "yes", has_begun=facts.get("has_begun") == "yes", cni_configuration=lines("cni_configuration"),
        interfaces=tuple(facts.get("interfaces", "").split()),
        filled_directories=lines("filled_directories"), strange_files=lines("strange_files"), masked_units=lines("masked_units"),
        other_kubernetes=lines("other_kubernetes"),
        drop_ins=tuple(DropIn(unit, path, frozenset(keys.split())) for unit, path, keys in rows("drop_ins")),
        sysctl_settings=tuple((path, key, value) for path, key, value in rows("sysctl_settings")),
        firewalls=tuple((name, frozenset(found) - {"on"}) for name, found in words.items() if "on" in found),
        swap_at_boot=facts.get("swap_at_boot") == "yes")


def some(names: list[str] | tuple[str, ...], most: int = 4) -> str:
    """A few of them by name, the rest by number."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def strange_unit(other: OtherSoftware, path: str) -> str:
    """The path of a unit in force, "" if there is none or it is ours."""
    return "" if path == "/dev/null" or (path.startswith(OUR_UNITS) and path not in other.strange_files) else path


def strange_data(other: OtherSoftware) -> tuple[str, ...]:
    """Directories that others filled: once the collection has begun here, what lies there is its own."""
    return () if other.has_begun else other.filled_directories


def removal(package: str, unit: str, left: list[str]) -> str:
    """How to get rid of it: of its package if a unit is there, then of what a package leaves."""
    commands = [*([f"its package (apt-get purge {package})"] if unit else []),
                *([f"what {'is then left' if unit else 'it left'} (rm -r {' '.join(left)})"] if left else [])]
    return " and ".join(commands)


def containerd(other: OtherSoftware, *, unit: str, active: bool) -> list[str]:
    """Another containerd, running or not. unit: path of the unit in force."""
    unit = strange_unit(other, unit)
    left = [path for path in (*CONTAINERD_FILES, "/var/lib/containerd") if path in (*other.strange_files, *strange_data(other))]
    found = list(dict.fromkeys(path for path in (unit, *left) if path))
    if not found or (other.has_begun and not active):
        return []
    return [f"Another containerd {'runs' if active else 'is installed'} here ({', '.join(found)}), e.g. Docker's. Use another host, or if its containers and "
            f"images can be deleted, remove {removal('containerd.io or containerd', unit, left)}"]


def kubelet(other: OtherSoftware, *, unit: str, active: bool) -> list[str]:
    """Another kubelet, running or not. unit: path of the unit in force."""
    unit = strange_unit(other, unit)
    left = [path for path in (KUBELET_UNIT, *KUBELET_DATA) if path in (*other.strange_files, *strange_data(other))]
    found = list(dict.fromkeys(path for path in (unit, *left) if path))
    if not found or (other.has_begun and not active):
        return []
    return [f"Another kubelet {'runs here' if active else 'is installed here, or was'} ({', '.join(found)}). Use another host, or remove "
            f"{removal('kubelet', unit, left)}"]


def programs(other: OtherSoftware) -> list[str]:
    found = [path for path in other.strange_files if path not in (*CONTAINERD_FILES, KUBELET_UNIT)]
    if not found or other.has_begun:
        return []
    return [f"These programs are here already and would be overwritten: {some(found)}. Move them to another directory, or remove them "
            "(apt-get purge kubernetes-cni, if that package brought them)"]


def other_kubernetes(other: OtherSoftware) -> list[str]:
    """Also where it is stopped: the next boot would start it."""
    found = {path.rpartition("/")[2].removesuffix(".service"): path for path in other.other_kubernetes} if not other.has_mark else {}
    return [f"{unit} is installed here ({path}), and would run beside the node after a boot. Use another host, or remove it ({OTHER_KUBERNETES[unit]})"
            for unit, path in found.items() if unit in OTHER_KUBERNETES]


def masked(other: OtherSoftware) -> list[str]:
    return [f"The unit {unit}.service is masked. If it may run here: systemctl unmask {unit}" for unit in other.masked_units]


def decisive_drop_ins(other: OtherSoftware) -> list[str]:
    """Those that start another program than ours. On a node that runs in spite of it, it is the owner's to know."""
    found = []
    for drop_in in other.drop_ins:
        keys = sorted(drop_in.keys & DECISIVE)
        if keys:
            package = " (apt-get purge kubeadm, if that package brought it)" if drop_in.path.endswith("/10-kubeadm.conf") else ""
            found.append(f"The drop-in {drop_in.path} sets {', '.join(keys)}, so another {drop_in.unit} would be started than the node's. Remove it{package}")
    return found


def kept_drop_ins(other: OtherSoftware) -> list[str]:
    return [f"The drop-in {drop_in.path} stays in force for the node's {drop_in.unit}: {', '.join(sorted(drop_in.keys))}"
            for drop_in in other.drop_ins if drop_in.keys and not drop_in.keys & DECISIVE][:MOST_WARNINGS]


def objections_to_units(other: OtherSoftware) -> list[str]:
    return other_kubernetes(other) + masked(other) + ([] if other.has_mark else decisive_drop_ins(other)[:MOST_WARNINGS])


def warnings_of_units(other: OtherSoftware) -> list[str]:
    """What stays as it is is named once, when the host joins."""
    return decisive_drop_ins(other) if other.has_mark else kept_drop_ins(other)


def networks(other: OtherSoftware) -> list[str]:
    """What another network left, on a host without mark."""
    if other.has_mark:
        return []
    files = [path for path in other.cni_configuration if path != FLANNEL] or list(other.cni_configuration)
    links = [name for name in other.interfaces if INTERFACES.fullmatch(name)]
    data = [path for path in other.filled_directories if path in NETWORK_DATA]
    if not (files or links or data):
        return []
    commands = [f"rm {' '.join(files[:4])}"] if files else []
    commands += [f"ip link delete {name}" for name in links[:4]]
    commands += ["the same for the others"] if len(links) > 4 or len(files) > 4 else []
    commands += [f"rm -r {' '.join(data)}"] if data else []
    return [f"Another network was here, and left what pods would get in place of the cluster's: {some([*files, *links, *data], 8)}. "
            f"Remove it: {'; '.join(commands)}"]


def first_network(other: OtherSoftware) -> list[str]:
    """On a node with flannel: a network that containerd takes in its place."""
    before = sorted(path for path in other.cni_configuration if path < FLANNEL)
    return [f"{before[0]} comes before flannel's configuration, so containerd gives pods that network. Remove it, unless that is intended"] if before else []


def swap(other: OtherSoftware) -> list[str]:
    return ["/etc/fstab turns swap on at the next boot, and the kubelet would not start then. Remove its line, or set kubelet_config: {failSwapOn: false}"
            ] if other.swap_at_boot else []


def sysctls(other: OtherSoftware) -> list[str]:
    """Switches that a boot turns off again: files are read in the order of their names, whatever their directories."""
    last = dict.fromkeys(SYSCTLS, (OUR_SYSCTLS, "1"))
    for path, key, value in sorted(other.sysctl_settings, key=lambda one: one[0].rpartition("/")[2]):
        key = ALIASES.get(key, key)
        if key in last and path.rpartition("/")[2] > OUR_SYSCTLS.rpartition("/")[2]:
            last[key] = (path, value)
    return [f"{path} sets {key} = {value} and is read after {OUR_SYSCTLS}: after the next boot pods of this host would not reach others. Remove that line"
            for key, (path, value) in last.items() if value != "1"]


def firewalls(other: OtherSoftware, *, pod_cidr: str = "") -> list[str]:
    """A firewall of the host that drops what pods of different hosts send each other."""
    found = []
    for name, lets in other.firewalls:
        commands = ufw_commands(lets) if name == "ufw" else firewalld_commands(lets, pod_cidr)
        if commands:
            found.append(f"{name} is on, and by default drops what pods of different hosts send each other (UDP port 8472, forwarding). Run on each host: "
                         + " && ".join(commands))
    return found


def ufw_commands(lets: frozenset[str]) -> list[str]:
    return [*(["ufw allow 8472/udp"] if not lets & {"input", "vxlan"} else []), *(["ufw allow 10250/tcp"] if not lets & {"input", "kubelet"} else []),
            *(["ufw default allow routed"] if "forward" not in lets else [])]


def firewalld_commands(lets: frozenset[str], pod_cidr: str) -> list[str]:
    commands = [*(["--add-port=8472/udp"] if "vxlan" not in lets else []), *(["--add-port=10250/tcp"] if "kubelet" not in lets else []),
                *([f"--zone=trusted --add-source={pod_cidr or 'POD_CIDR'}"] if "forward" not in lets else [])]
    return [*(f"firewall-cmd --permanent {command}" for command in commands), *(["firewall-cmd --reload"] if commands else [])]
