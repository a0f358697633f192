# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a node has to know of its cluster."""
from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CLUSTER_CA, KUBELET_CA
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """address, port: where nodes find the kube-apiserver; ca_bundle: PEM; components: row of what runs, or of what its creation began with.

    kubelet_bundle: PEM of those who may have signed the serving certificate of a kubelet, "" in a cluster that no run has given a kubelet-ca yet.
    pause_image: the sandbox of every pod.
    kube_proxy_mode: "nftables" or "iptables", "" if the cluster has no kube-proxy of ours. cloud_provider: NO_PROVIDER if there is none.
    flannel: it is the pods' network.
    """

    address: str
    port: int
    ca_bundle: str
    components: Components
    dns_address: str
    dns_domain: str
    pause_image: str
    kube_proxy_mode: str
    networks: dict[str, str]
    cloud_provider: str
    kubelet_bundle: str = ""
    flannel: bool = True

    @property
    def kubelet_authority(self) -> str:
        """Name of the Secret of who signs serving certificates of kubelets."""
        return KUBELET_CA if self.kubelet_bundle else CLUSTER_CA

    @property
    def kubelet_signers(self) -> str:
        """PEM of those whose signature a serving certificate is to have; kubelet_bundle may also hold one that must sign no more."""
        former = set(x509.fingerprints(self.ca_bundle))
        return "".join(pem for pem in x509.certificates(self.kubelet_bundle) if x509.fingerprint(pem) not in former) or self.ca_bundle

    @property
    def kubernetes_version(self) -> str:
        return self.components.kubernetes

    @property
    def of_cloud(self) -> bool:
        return self.cloud_provider != NO_PROVIDER

    @property
    def server(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"https://{host}:{self.port}"
