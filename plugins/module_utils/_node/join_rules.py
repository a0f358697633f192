# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decisions about one node: may this host join, with which kubelet, which of its certificates are due."""
from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import choose, is_meant, running
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import UNKNOWN
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import other_software, resolver
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability, Host, minor
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER, provider_of

MARK = "/etc/kubernetes/cluster"
GROUP = "system:nodes"
LIFETIME_DAYS, RENEWED_BEFORE = 365, timedelta(days=30)
OLDEST_SKEW = 3
# the variable for the kubelet's version
WANTED = "node_kubernetes_version"
# a common name holds 64 characters, 12 of them are "system:node:"
NAME = re.compile(r"(?=.{1,52}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
DISK = {"usr": 700, "containerd": 2000, "kubelet": 500, "downloads": 400}


def check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidInput(f"{name[:80]!r} can't be the name of a node", why="it needs at most 52 lower-case letters, digits, '-' and '.'",
                           fix="set node_name")


def check_namesakes(host: str, namesakes: Iterable[str], name: str, cluster: str) -> None:
    """namesakes: other hosts that are to be the same node."""
    hosts_of_name = sorted({host, *namesakes})
    if len(hosts_of_name) > 1:
        raise InvalidInput(f"{' and '.join(hosts_of_name)} can't both be the node {name} of cluster {cluster}", fix="give each of them a node_name of its own")


def fingerprints(bundle: str) -> list[str]:
    """SHA-256 of the DER form of every certificate of a bundle."""
    return [hashlib.sha256(ssl.PEM_cert_to_DER_cert(found)).hexdigest() for found in CERTIFICATE.findall(bundle)]


def mark(cluster: str, bundle: str) -> str:
    """What a host keeps to say whose node it is. The authority, not the seed: a cluster can move to another seed."""
    return f"{FIRST_LINE}cluster: {cluster}\nauthority: {fingerprints(bundle)[0]}\n"


@dataclass(frozen=True, slots=True)
class Owner:
    """What the mark says. cluster is "" on a host without one."""

    cluster: str = ""
    authority: str = ""

    @classmethod
    def of(cls, text: str) -> Owner:
        words = dict(re.findall(r"^(\w+): (\S+)$", text, re.MULTILINE))
        return cls(words.get("cluster") or (f"the seed {words['seed']}" if "seed" in words else "unknown" if text.strip() else ""),
                   words.get("authority", ""))


def kept_mark(host: Host, cluster: str, bundle: str) -> str:
    """The mark to write: the one that is there if it still fits, also after the bundle got a newer authority in front."""
    owner = Owner.of(host.mark)
    return host.mark if owner.cluster == cluster and owner.authority in fingerprints(bundle) else mark(cluster, bundle)


def foreign(host: Host, cluster: str, bundle: str) -> str:
    """Why the host belongs to another cluster or seed, "" if it doesn't."""
    owner = Owner.of(host.mark)
    if owner.cluster and owner.cluster != cluster:
        return f"It belongs to cluster {owner.cluster}. Remove it there first: playbook remove_node"
    if owner.cluster and owner.authority not in fingerprints(bundle):
        return f"It belongs to an earlier cluster that was also named {cluster}. Remove it there first: playbook remove_node"
    if not owner.cluster and host.kubeadm_node:
        return "It is a node of a cluster made with kubeadm. Run kubeadm reset on it, or use another host"
    return ""


def impostor(host: Host, node: Mapping[str, Any] | None) -> str:
    """Why the Node object is another machine's, "" if it isn't."""
    seen = ((node or {}).get("status") or {}).get("nodeInfo", {}).get("machineID", "")
    if node and seen and host.machine_id and seen != host.machine_id:
        name = node["metadata"]["name"]
        return (f"Another machine is node {name} of this cluster (machine id {seen}, this host has {host.machine_id}). "
                f"Give this host another node_name, or if that machine is gone: remove_node -e node={name} -e node_forget=true")
    return ""


def objections(host: Host, *, cluster: str, bundle: str, node: Mapping[str, Any] | None, kubelet_config: Mapping[str, Any],
               kube_proxy_mode: str = "", networks: Mapping[str, str] | None = None, mirrors: Mapping[str, str] | None = None,
               flannel: bool = True) -> list[str]:
    """All reasons not to touch this host, sentences with what to do. kube_proxy_mode: of the cluster, "" if it has none.

    networks: of the cluster, the name of the variable to the network. mirrors: the name of the variable to the host of its URL.
    flannel: the cluster's pods get their network from it.
    """
    joined = bool(Owner.of(host.mark).cluster)
    found = [reason for reason in (foreign(host, cluster, bundle), impostor(host, node)) if reason]
    found += hosts.objections(host, disk={} if joined else DISK, swap_allowed=kubelet_config.get("failSwapOn") is False)
    if kube_proxy_mode == "nftables" and hosts.capability(host).has("iptables"):
        package = hosts.newer_kernel(host, hosts.NFTABLES_KERNEL)
        found.append(f"Its kernel {host.kernel} is too old for nftables, which kube-proxy of this cluster uses. "
                     f"Use 5.13 or newer{f' ({package})' if package else ''}, or set kube_proxy_config: {{mode: iptables}} for the cluster")
    found += node_identity.within(host, networks or {}, fresh=not joined, mirrors=mirrors)
    found += other_software.networks(host.other) if flannel else []
    found += resolver.objections(resolver_of(host, kubelet_config)) if not joined else []
    taken = sorted(host.ports_in_use & {10248, 10250})
    if taken and not joined and not host.kubelet_active:
        found.append(f"TCP port {taken[0]}, which kubelet needs, is in use. Stop what listens there (ss -ltnp)")
    return found


def resolver_of(host: Host, kubelet_config: Mapping[str, Any]) -> resolver.Resolver:
    return resolver.of_pods(host.resolv_confs, kubelet_config, resolved=host.systemd_resolved)


def warnings(host: Host, *, kubelet_config: Mapping[str, Any], pod_cidr: str = "", flannel: bool = True) -> list[str]:
    """What may go on, but should be known. A node that runs is not refused for what only a new one is."""
    found, joined = resolver_of(host, kubelet_config), bool(Owner.of(host.mark).cluster)
    return [*hosts.warnings(host, pod_cidr=pod_cidr, swap_allowed=kubelet_config.get("failSwapOn") is False, kubelet_config=kubelet_config),
            *(resolver.objections(found) if joined else []), *resolver.warnings(found),
            *(other_software.first_network(host.other) if joined and flannel else []), *(other_software.networks(host.other) if not flannel else [])]


def node_address(host: Host, wanted: str | None) -> str:
    """The address the cluster knows the node by: measured on the way to the control plane, or the one the user picked of the host's own."""
    if wanted:
        if wanted not in host.addresses:
            raise InvalidInput(f"node_address {wanted} is not an address of the host", why=f"it has {', '.join(host.addresses) or 'none'}",
                               fix="choose one of them, or leave node_address out")
        return wanted
    address = host.source_address or next((one.address for one in host.interfaces), "")
    if not address:
        raise InvalidInput("The host has no route to the control plane", fix="check its network (ip route)")
    return address


def check_provider_id(provider_id: str, *, cloud_provider: str, node: Mapping[str, Any] | None) -> None:
    """Raises InvalidInput. cloud_provider: of the cluster, "" as long as that isn't known. node: as it is registered, None if it isn't."""
    provider, where = provider_of(provider_id), "node_provider_id"
    if not provider:
        samples = " or ".join(one.sample for one in registry.INTEGRATIONS.values())
        raise InvalidInput(f"node_provider_id {shown(provider_id)} is not valid", where=where, fix=f"write one like {samples}, or leave it out")
    title = registry.DESCRIPTIONS[provider].title
    if cloud_provider not in ("", NO_PROVIDER, provider):
        raise InvalidInput(f"node_provider_id {provider_id} is a machine of {title}, and the cluster has cloud_provider: {cloud_provider}",
                           where=where, why="nodes of a cluster with a cloud provider are machines of that one", fix="take the host out of this cluster")
    registered = ((node or {}).get("spec") or {}).get("providerID") or provider_id
    if registered != provider_id:
        raise InvalidInput(f"The node is machine {registered} and can't become {provider_id}", where=where,
                           fix="correct node_provider_id, or remove the node first (remove_node)")


def running_kubelet(host: Host, cluster: str, bundle: str) -> str:
    """Version of the kubelet of a host that is a node of this cluster already, "" if it isn't one (yet): then another one may lie there."""
    owner = Owner.of(host.mark)
    enrolled = owner.cluster == cluster and owner.authority in fingerprints(bundle) and host.client_certificate.strip()
    version = KubernetesVersion.of(host.installed.get("kubelet", "")) if enrolled else None
    return str(version) if version else ""


def kubelet_version(*, cluster: str, wanted: str | None, capability: Capability, known: Iterable[str], installed: str = "",
                    runs: str = "") -> tuple[str, list[str]]:
    """Version of the node's kubelet and warnings.

    cluster: version of the control plane that runs; wanted: what the user asked for; known: versions on offer; installed: what lies on the host.
    runs: of a host that is a node already, whose kubelet is never changed under its pods.
    """
    if runs:
        return runs, _of_running_node(cluster, wanted, runs)
    top = minor(cluster)
    if wanted:
        wanted = _chosen_kubelet(wanted, cluster)
    if wanted and age(wanted) > age(cluster):
        raise InvalidInput(f"kubelet {wanted} is newer than the control plane ({cluster})", where=WANTED, fix=f"write {WANTED}: '{cluster}', or leave it out")
    if wanted and minor(wanted) < (top[0], top[1] - OLDEST_SKEW):
        raise InvalidInput(f"kubelet {wanted} is more than {OLDEST_SKEW} minor versions older than the control plane ({cluster})", where=WANTED)
    chosen, warnings = wanted or cluster, []
    limit = capability.newest
    if limit and minor(chosen) > limit:
        because = " and ".join(capability.because)
        oldest = (top[0], top[1] - OLDEST_SKEW)
        allowed = sorted((version for version in {*known, cluster} if oldest <= minor(version) and age(version) <= age(cluster)), key=age)
        safe = [version for version in allowed if minor(version) <= limit]
        if not wanted and allowed:
            chosen = safe[-1] if safe else allowed[0]
        warnings.append(f"{because}: upstream supports no kubelet newer than {limit[0]}.{limit[1]} there; this node gets {chosen}"
                        + (f". {capability.help}" if capability.help else ""))
    if installed and minor(installed) > minor(chosen):
        raise InvalidInput(f"kubelet {installed} is on this host, {chosen} would be a downgrade", fix="remove that kubelet from the host, or use another host")
    return chosen, warnings


def age(version: str) -> KubernetesVersion:
    return KubernetesVersion.of(version) or KubernetesVersion(0, 0, 0)


def _chosen_kubelet(wanted: str, cluster: str) -> str:
    """An exact version, in the words of the user: a new node may get what its neighbours run, also if that is not on offer any more."""
    if is_meant(wanted, cluster):
        return cluster
    former = running({"kubernetes": wanted})
    return former.kubernetes if former and former.stage != UNKNOWN else str(choose(wanted, where=WANTED).version)


def _of_running_node(cluster: str, wanted: str | None, runs: str) -> list[str]:
    """Warnings. A new kubelet beside pods that run needs a drain first, node after node; a run does all nodes side by side."""
    if wanted and not is_meant(wanted, runs):
        raise InvalidInput(f"kubelet {runs} runs on this node, and {wanted} is wanted", where=WANTED,
                           why="only an upgrade changes the kubelet of an existing node, after a drain",
                           fix=f"write {WANTED}: '{runs}', or upgrade the nodes one after the other (role node with node_state: upgraded). For an older "
                               "kubelet remove the node (remove_node, which drains it) and let it join again")
    if age(runs) > age(cluster):
        return [f"kubelet {runs} runs here, which is newer than the control plane ({cluster}). Remove the node (remove_node) and let it join again"]
    return []


def certificate_due(facts: CertificateFacts | None, *, pair: bool, common_name: str, names: Iterable[str], usage: str,
                    now: datetime | None = None, renewed_before: timedelta = RENEWED_BEFORE) -> str:
    """Why a certificate must be made anew, "" if it is good. names: the DNS names and addresses that it is to have, and no others."""
    if facts is None or not pair:
        return "there is none" if facts is None else "it doesn't fit its key"
    if not facts.issuer_fingerprint:
        return "its CA didn't sign it"
    if facts.common_name != common_name or GROUP not in facts.organizations or usage not in facts.usages:
        return "it belongs to another node"
    if usage == "server" and set(names) != facts.dns | facts.ips:
        return "names differ"
    # the kubelet renews its client certificate by itself, long before
    if facts.not_after - (now or datetime.now(UTC)) < (renewed_before if usage == "server" else timedelta(0)):
        return "it expires"
    return ""
