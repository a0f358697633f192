# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a host needs to be a node of its cluster, from its facts, its cluster and what the inventory says: version, files, downloads, certificates."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import mirror_url
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import http_proxy, kubelet, registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, Mirrors, host_artefacts, lacking
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability, Host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE, HostFile, runtime_files
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import upgrade_rules
from ansible_collections.kubermatic.caas.plugins.module_utils._node.cluster_access import ClusterAccess
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts

MIRRORS = ("kubernetes_mirror", "github_mirror")


@dataclass(frozen=True, slots=True)
class NodeWish:
    """What the inventory says of a node. params: as of _node/options.py. registries: files that name mirrors of image registries."""

    cluster: str
    name: str
    params: Mapping[str, Any]
    registries: tuple[HostFile, ...]
    proxy: http_proxy.HttpProxy

    @classmethod
    def of(cls, cluster: str, params: Mapping[str, Any]) -> NodeWish:
        registries = tuple(registry_mirrors.files(registry_mirrors.read(params["registry_mirrors"])))
        return cls(cluster, params["node_name"], params, registries, http_proxy.read(params))

    def check(self) -> None:
        """Raises InvalidInput for what no node can have. Not for a node that only renews its certificates: it needs nothing of this."""
        kubelet.check_user_config(self.params["kubelet_config"])
        for name in MIRRORS:
            mirror_url(self.params[name], name)

    @property
    def provider_id(self) -> str:
        """What its cloud calls the machine, "" if that isn't known here."""
        return self.params["node_provider_id"] or ""

    def mirror_addresses(self) -> dict[str, str]:
        """Where an address is given in place of a name."""
        return {name: urlsplit(self.params[name]).hostname or "" for name in MIRRORS}

    def mirror_urls(self) -> list[str]:
        """Where downloads come from, each once."""
        return list(dict.fromkeys(self.params[name] for name in reversed(MIRRORS)))

    def artefacts(self, host: Host, version: str, row: Components) -> tuple[Artefact, ...]:
        """What the host needs for a kubelet of this version. row: of the cluster."""
        mirrors = Mirrors(self.params["kubernetes_mirror"], self.params["github_mirror"], self.params["artefact_sha256"])
        return host_artefacts(kubernetes=version, containerd_version=row.containerd, runc_version=row.runc,
                              cni_plugins_version=row.cni_plugins, architecture=host.architecture, mirrors=mirrors)

    def kubelet_version(self, host: Host, cluster_version: str, *, runs: str = "") -> tuple[str, list[str]]:
        """And warnings. runs: that of a host that is a node already."""
        return nodes.kubelet_version(
            cluster=cluster_version, wanted=self.params["kubernetes_version"], capability=hosts.capability(host),
            known=[*map(str, catalogue.on_offer())], installed=host.installed.get("kubelet", ""), runs=runs)

    def kubelet_target(self, host: Host, cluster_version: str, *, runs: str) -> tuple[str, list[str]]:
        """Of an upgrade. And warnings."""
        return upgrade_rules.kubelet_target(cluster=cluster_version, wanted=self.params["kubernetes_version"], runs=runs, capability=hosts.capability(host),
                                            known=[*map(str, catalogue.on_offer())])


@dataclass(frozen=True, slots=True)
class WantedNode:
    """The node as it is to be. downloads: artefacts that the host does not have. certificates: those to be made anew, of "client" and "serving".

    serving_addresses: of the serving certificate. serving_ends: when the good one ends that the host has, None if it has none.
    """

    version: str
    address: str
    files: tuple[HostFile, ...]
    artefacts: tuple[Artefact, ...]
    downloads: tuple[Artefact, ...]
    certificates: tuple[str, ...]
    serving_addresses: tuple[str, ...]
    serving_ends: datetime | None = None


def wanted_node(wish: NodeWish, host: Host, cluster: ClusterAccess) -> tuple[WantedNode, list[str]]:
    """And warnings. Raises InvalidInput. A node that runs keeps its programs."""
    runs = nodes.running_kubelet(host, wish.cluster, cluster.ca_bundle)
    version, warnings = wish.kubelet_version(host, cluster.kubernetes_version, runs=runs)
    return _with_programs(wish, host, upgrade_rules.as_installed(cluster, host) if runs else cluster, version), warnings


def upgraded_node(wish: NodeWish, host: Host, cluster: ClusterAccess) -> tuple[WantedNode, list[str]]:
    """A node that runs, with the programs that its cluster has by now. And warnings. Raises InvalidInput."""
    runs = nodes.running_kubelet(host, wish.cluster, cluster.ca_bundle)
    if not runs:
        return wanted_node(wish, host, cluster)
    version, warnings = wish.kubelet_target(host, cluster.kubernetes_version, runs=runs)
    return _with_programs(wish, host, cluster, version), warnings


def _with_programs(wish: NodeWish, host: Host, cluster: ClusterAccess, version: str) -> WantedNode:
    """version: of the kubelet."""
    address = nodes.node_address(host, wish.params["node_address"])
    return _with_certificates(wish, host, cluster, version=version, address=address, artefacts=wish.artefacts(host, version, cluster.components),
                              files=tuple(_files(wish, host, cluster, version, address)))


def renewed_node(wish: NodeWish, host: Host, cluster: ClusterAccess) -> WantedNode:
    """Without files and programs: they stay as they are."""
    return _with_certificates(wish, host, cluster, version=host.installed.get("kubelet", ""),
                              address=nodes.node_address(host, wish.params["node_address"]), artefacts=(), files=())


def _with_certificates(wish: NodeWish, host: Host, cluster: ClusterAccess, *, version: str, address: str, artefacts: tuple[Artefact, ...],
                       files: tuple[HostFile, ...]) -> WantedNode:
    addresses = node_identity.serving_addresses(host, address, cloud=cluster.of_cloud, endpoint=cluster.address, networks=cluster.networks.values())
    common_name = f"system:node:{wish.name}"
    client = nodes.certificate_due(_described(host.client_certificate, cluster.ca_bundle), pair=host.client_pair, common_name=common_name, names=(),
                                   usage="client")
    present = _described(host.serving_certificate, cluster.kubelet_signers)
    serving = nodes.certificate_due(present, pair=host.serving_pair, common_name=common_name, names=[wish.name, *addresses], usage="server",
                                    renewed_before=timedelta(days=wish.params["renew_within_days"]))
    due = tuple(name for name, is_due in (("client", client), ("serving", serving)) if is_due)
    return WantedNode(version=version, address=address, files=files, artefacts=artefacts, certificates=due, serving_addresses=tuple(addresses),
                      downloads=tuple(lacking(artefacts, host.installed, host.checksums)),
                      serving_ends=present.not_after if present and not serving else None)


def _described(pem: str, signers: str) -> CertificateFacts | None:
    """None for what is no certificate of theirs."""
    try:
        return x509.describe(pem, authorities=[signers]) if pem.strip() else None
    except InvalidInput:
        return None


def _files(wish: NodeWish, host: Host, cluster: ClusterAccess, version: str, address: str) -> Iterator[HostFile]:
    able = hosts.capability(host)
    yield HostFile(nodes.MARK, nodes.kept_mark(host, wish.cluster, cluster.ca_bundle), part="artefacts")
    own_places = http_proxy.own_places(domain=cluster.dns_domain, addresses=(cluster.address, address), networks=cluster.networks.values())
    yield from runtime_files(
        sandbox_image=cluster.pause_image, systemd_cgroup=not able.has("cgroupfs"), raise_limits=_raises_limits(able),
        restrict_oom_score_adj=able.has("restrict_oom_score_adj"), registries=wish.registries, module_directory=host.module_directory,
        environment=wish.proxy.environment(own_places))
    yield HostFile(kubelet.CA, cluster.ca_bundle, part="kubelet", restarts="kubelet")
    config = kubelet.kubelet_config(version=version, capability=able, dns_address=cluster.dns_address, dns_domain=cluster.dns_domain,
                                    user=wish.params["kubelet_config"], provider_id=wish.provider_id)
    yield HostFile(kubelet.CONFIG, _rendered(config), part="kubelet", restarts="kubelet")
    kubeconfig = kubelet.kubelet_kubeconfig(cluster=wish.cluster, node_name=wish.name, server=cluster.server)
    yield HostFile(kubelet.KUBECONFIG, _rendered(kubeconfig), mode="0600", part="kubelet", restarts="kubelet")
    unit = kubelet.kubelet_unit(node_name=wish.name, node_address=address, raise_limits=_raises_limits(able), cloud=cluster.of_cloud)
    yield HostFile("/etc/systemd/system/kubelet.service", unit, part="kubelet", restarts="kubelet")


def _raises_limits(able: Capability) -> bool:
    return not able.has("keep_limits")


def _rendered(config: Mapping[str, Any]) -> str:
    return FIRST_LINE + yaml.safe_dump(dict(config), sort_keys=False, default_flow_style=False)
