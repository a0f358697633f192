# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was measured on a host, as types."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.distributions import Minor
from ansible_collections.kubermatic.caas.plugins.module_utils._host import resolver
from ansible_collections.kubermatic.caas.plugins.module_utils._host.other_software import OtherSoftware, read_other_software

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


# DEVICE=ADDRESS, perhaps with /PREFIX and ",passing"
_ADDRESS = re.compile(r"([^=\s]{1,40})=([0-9a-fA-F.:]{2,45}(?:/[0-9]{1,3})?)(,passing)?")


@dataclass(frozen=True, slots=True)
class Interface:
    """One address of a device with its network. passing: not there for long, or not the device's only one of that network."""

    device: str
    address: str
    network: str
    passing: bool = False

    @property
    def of_one(self) -> bool:
        """The network holds this address alone: one that is moved about, such as a virtual address."""
        return self.network.endswith("/32")


@dataclass(frozen=True, slots=True)
class Host:
    """Facts as facts.sh measured them. Sizes in MiB; clock_skew in seconds, positive if the host is ahead of the control host.

    os_id, os_version: of its /etc/os-release. addresses: of its interfaces; source_address: the one it uses to reach the cluster
    ("" if not asked for or no route).
    interfaces: the IPv4 ones of addresses, with their networks. nameservers: as the host names them, pods get the same.
    free: place -> MiB; free_percent: place -> of its file system, if known; installed: artefact -> version; checksums: artefact -> SHA-256.
    sandbox_image: that holds the network of each pod, as containerd is configured. upgrade_began: an upgrade began here and did not end;
    former: artefact -> version before it.
    mark and the certificates: texts of files, "" if there is none. resolv_confs: path to what a file says of nameservers and search.
    systemd_resolved: what it writes counts for pods.
    """

    os_id: str
    os_version: str
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
    sandbox_image: str = ""
    former: Mapping[str, str] = field(default_factory=dict)
    upgrade_began: bool = False
    ca_bundle: str = ""
    serving_certificate: str = ""
    serving_pair: bool = False
    client_certificate: str = ""
    client_pair: bool = False
    checksums: Mapping[str, str] = field(default_factory=dict)
    free_percent: Mapping[str, int] = field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    nameservers: tuple[str, ...] = ()
    resolv_confs: Mapping[str, str] = field(default_factory=dict)
    other: OtherSoftware = field(default_factory=OtherSoftware)


def number(text: str) -> int:
    found = re.match(r"[0-9]{1,15}", text)
    return int(found[0]) if found else 0


def minor(text: str) -> Minor:
    """(5, 4) of "5.4.0-96-generic", (1, 36) of "1.36.3"; (0, 0) if it says nothing."""
    found = re.match(r"v?([0-9]{1,6})\.([0-9]{1,6})", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def interfaces(text: str) -> Iterator[Interface]:
    """What is no address is left out: a host may say anything."""
    for word in text.split():
        found = _ADDRESS.fullmatch(word)
        try:
            address = ip_interface(found[2]) if found else None
        except ValueError:
            continue
        if found and address:
            yield Interface(found[1], str(address.ip), str(address.network), passing=bool(found[3]))


def address_of(text: str) -> str:
    """The address, in its usual form; "" if it is none."""
    return next((one.address for one in interfaces(f"it={text}")), "")


def skew(epoch: int, before: float, after: float) -> float:
    """Seconds by which a clock that said epoch between before and after is certainly wrong."""
    return epoch - after if epoch > after else min(0.0, epoch + 1 - before)


def read_host(facts: Mapping[str, str], *, before: float, after: float) -> Host:
    """facts: words of facts.sh; before, after: the control host's clock around the measurement."""
    def word(name: str) -> str:
        return facts.get(name, "").strip()

    def yes(name: str) -> bool:
        return word(name) == "yes"

    found = tuple(interfaces(word("addresses")))
    resolv_confs = {key.removeprefix("resolv_conf:"): value for key, value in facts.items() if key.startswith("resolv_conf:")}
    own = resolver.of_pods(resolv_confs, {}, resolved=resolver.is_resolved(resolv_confs))
    return Host(
        os_id=word("os_id"), os_version=word("os_version"), os_name=word("os_name"), kernel=word("kernel"),
        architecture=ARCHITECTURES.get(word("architecture"), word("architecture")),
        init=word("init"), systemd=number(word("systemd")), cgroup_version=number(word("cgroup_version")), memory=number(word("memory_mib")),
        cpus=number(word("cpus")), free={place: number(word(f"free_mib_{place}")) for place in ("usr", "containerd", "kubelet", "downloads")},
        swap=yes("swap"), clock_skew=skew(number(word("epoch")), before, after), hostname=word("hostname"), machine_id=word("machine_id"),
        addresses=tuple(one.address for one in found), interfaces=tuple(one for one in found if ":" not in one.address),
        source_address=address_of(word("source_address")), nameservers=tuple(filter(None, map(address_of, own.nameservers))),
        ports_in_use=frozenset(map(number, word("ports_in_use").split())), cap_sys_resource=yes("cap_sys_resource"),
        oom_score_lowerable=yes("oom_score_lowerable"), overlay=yes("overlay"), br_netfilter=yes("br_netfilter"),
        module_directory=yes("module_directory"), systemd_resolved=own.path == resolver.RESOLVED, missing_tools=tuple(word("missing_tools").split()),
        containerd_unit=word("containerd_unit"), kubelet_unit=word("kubelet_unit"), containerd_active=yes("containerd_active"),
        kubelet_active=yes("kubelet_active"), kubeadm_node=yes("kubeadm_node"),
        installed={key.removeprefix("installed_"): value for key, value in facts.items() if key.startswith("installed_")},
        sandbox_image=word("sandbox_image"), upgrade_began=yes("upgrade_began"),
        former={key.removeprefix("former_"): value for key, value in facts.items() if key.startswith("former_")},
        checksums={key.removeprefix("checksum_"): value for key, value in facts.items() if key.startswith("checksum_")},
        free_percent={key.removeprefix("free_percent_"): number(value) for key, value in facts.items() if key.startswith("free_percent_")},
        mark=facts.get("mark", ""), ca_bundle=facts.get("ca_bundle", ""), serving_certificate=facts.get("serving_certificate", ""),
        serving_pair=yes("serving_pair"), client_certificate=facts.get("client_certificate", ""), client_pair=yes("client_pair"),
        resolv_confs=resolv_confs, other=read_other_software(facts))
