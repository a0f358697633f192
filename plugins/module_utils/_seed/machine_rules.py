# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a seed shall be, and whether a machine may become one."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import networks
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import other_software, resolver
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import Owner

API_PORT = 6443
MEMORY = 1700
# with the 2 GiB below which a kubelet of a seed takes no pods (kubeadm.EVICTION)
DISK = {"usr": 700, "containerd": 5000, "kubelet": 3000, "downloads": 600}
# fact of ports -> who wants it
PORTS = {6443: "kube-apiserver", 2379: "etcd", 2380: "etcd", 10250: "kubelet", 10257: "kube-controller-manager", 10259: "kube-scheduler"}
CONTROL_PLANE, WORKER = "control_plane", "worker"
ROLES = (CONTROL_PLANE, WORKER)
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed as wanted. address: where customers' nodes and the control host reach it (IPv4).

    schedulable: control planes of customers may run on the machines of the seed's own control plane. endpoint: where its own machines reach
    its API server, "" for the only control-plane machine itself. flannel: pods of the seed get their network from it.
    """

    name: str
    address: str
    components: Components
    pod_cidr: str
    service_cidr: str
    registry: str = "registry.k8s.io"
    audit_log: bool = False
    schedulable: bool = True
    endpoint: str = ""
    flannel: bool = True
    kubelet_config: Mapping[str, Any] = field(default_factory=dict)
    kube_proxy_config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kubernetes_version(self) -> str:
        return self.components.kubernetes

    @property
    def swap_allowed(self) -> bool:
        return self.kubelet_config.get("failSwapOn") is False


@dataclass(frozen=True, slots=True)
class Mark:
    """What /etc/kubernetes/seed says. state: "begun" or "complete"; role: one of ROLES; components: "etcd:3.6.15-0,...", "" of the first release."""

    seed: str
    machine: str
    kubernetes_version: str
    state: str
    role: str = CONTROL_PLANE
    components: str = ""

    @property
    def versions(self) -> dict[str, str]:
        """Component -> version, as a record of a cluster has them."""
        named = (word.partition(":") for word in self.components.split(",") if ":" in word)
        return {**{name: version for name, dummy, version in named}, "kubernetes": self.kubernetes_version}

    @property
    def complete(self) -> bool:
        return self.state == "complete"


def read_mark(text: str) -> Mark | None:
    """None if there is no mark."""
    words = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if not words:
        return None
    # the first release had no workers, and wrote no role
    return Mark(*(words.get(name, "") for name in ("seed", "machine", "kubernetes_version", "state")),
                role=words.get("role", CONTROL_PLANE), components=words.get("components", ""))


def checked_name(name: str, what: str) -> str:
    """Raises InvalidInput if the name can't be that of a Node or a cluster."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"The name {name!r} of the {what} is not valid", where="inventory",
                           fix="use lower-case letters, digits, '-' and '.', first and last a letter or digit, at most 63 in all")
    return name


def checked_networks(seed: Seed) -> None:
    """Raises InvalidInput if one of its networks or its address can't be used, or if they overlap."""
    pods = networks.network(seed.pod_cidr, networks.POD_SIZE, where="seed_pod_cidr")
    services = networks.network(seed.service_cidr, networks.SERVICE_SIZE, where="seed_service_cidr")
    address = networks.address(seed.address, where="seed_address")
    if pods.overlaps(services):
        raise InvalidInput(f"seed_pod_cidr {pods} and seed_service_cidr {services} overlap", fix="choose two that don't overlap")
    for name, found in (("seed_pod_cidr", pods), ("seed_service_cidr", services)):
        if address in found:
            raise InvalidInput(f"{name} {found} holds the address of the seed, {address}", fix="choose a network that nothing else uses")


def objections(seed: Seed, host: hosts.Host, mark: Mark | None, remains: str, role: str = CONTROL_PLANE) -> list[str]:
    """Why this machine can't become, or stay, one of the seed: sentences with what to do. remains: paths of another kubeadm's work."""
    if host.mark:
        return [f"It is a node of the customer cluster {Owner.of(host.mark).cluster}. Remove it there with the playbook kubermatic.caas.remove_node"]
    if mark and mark.seed != seed.name:
        return [f"It belongs to the seed {mark.seed}. Use another machine, or run kubeadm reset on it and remove /etc/kubernetes/seed"]
    if mark and mark.complete:
        if mark.kubernetes_version != seed.kubernetes_version:
            return [f"It runs Kubernetes {mark.kubernetes_version}, and seeds can't be upgraded yet. "
                    f"Set seed_kubernetes_version: \"{mark.kubernetes_version}\""]
        if mark.role != role:
            return [f"It is a machine of the seed with seed_role: {mark.role}, which can't be changed. Set that again, or run kubeadm reset on it"]
        return other_software.objections_to_units(host.other)
    found = []
    if not mark and remains:
        found.append(f"It is a part of another Kubernetes cluster ({', '.join(remains.split()[:3])}). Use another machine, or run kubeadm reset on it")
    return found + unfit(seed, host, role, fresh=not mark and not remains)


def resolver_of(seed: Seed, host: hosts.Host) -> resolver.Resolver:
    """kubeadm itself takes what systemd-resolved writes, if that runs."""
    return resolver.of_pods(host.resolv_confs, seed.kubelet_config, resolved=resolver.RESOLVED in host.resolv_confs)


def warnings(seed: Seed, host: hosts.Host, mark: Mark | None, kubelet_config: Mapping[str, Any]) -> list[str]:
    """kubelet_config: the whole configuration of its kubelet."""
    found, complete = resolver_of(seed, host), bool(mark and mark.complete)
    return [*hosts.warnings(host, pod_cidr=seed.pod_cidr, swap_allowed=seed.swap_allowed, kubelet_config=kubelet_config),
            *(resolver.objections(found) if complete else []), *resolver.warnings(found),
            *(other_software.networks(host.other) if not seed.flannel else [])]


def inside(seed: Seed, host: hosts.Host) -> list[str]:
    """Networks of the seed that already hold an address of the machine, or of a DNS server that it asks."""
    taken = {"seed_pod_cidr": IPv4Network(seed.pod_cidr), "seed_service_cidr": IPv4Network(seed.service_cidr)}
    own = [*(("address", text) for text in host.addresses), *(("DNS server", text) for text in host.nameservers)]
    own = [(what, IPv4Address(text)) for what, text in own if ":" not in text]
    return [f"Its {what} {address} lies in {name} {found}. Choose a network that nothing else uses"
            for name, found in taken.items() for what, address in own if address in found]


def unfit(seed: Seed, host: hosts.Host, role: str, *, fresh: bool) -> list[str]:
    found = hosts.objections(host, memory=MEMORY, disk=DISK, swap_allowed=seed.swap_allowed)
    if host.cpus < 2 and role == CONTROL_PLANE:
        found.append(f"It has {host.cpus} CPU, kubeadm wants 2")
    able = hosts.capability(host)
    if able.newest and hosts.minor(seed.kubernetes_version) > able.newest:
        found.append(f"Kubernetes {seed.kubernetes_version} doesn't run there: {', '.join(able.because)}. "
                     f"The newest that does is {able.newest[0]}.{able.newest[1]}")
    found += other_software.networks(host.other) if seed.flannel else []
    found += resolver.objections(resolver_of(seed, host))
    # later its interfaces carry addresses of pods
    found += inside(seed, host) if fresh else []
    wanted = PORTS if role == CONTROL_PLANE else {port: name for port, name in PORTS.items() if name == "kubelet"}
    taken = {port: name for port, name in wanted.items() if port in host.ports_in_use} if fresh else {}
    if taken:
        found.append("Another program listens at " + ", ".join(f"port {port} of {name}" for port, name in taken.items()) + ". End it")
    return found
