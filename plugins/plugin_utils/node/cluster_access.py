# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads in the seed what a node has to know of its cluster, and who signs its certificates."""
from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.networks import networks
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node.cluster_access import ClusterAccess
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NO_PROVIDER

ENDPOINT, CA_BUNDLE, KUBELET_BUNDLE = "endpoint", "ca-bundle", "kubelet-ca-bundle"


def has_api(seed: KubeApi, namespace: str) -> bool:
    """Whether the cluster has an address and authorities. Where a node leaves nothing else is asked for, neither a record nor a version."""
    return all(seed.get("v1", "ConfigMap", name, namespace) for name in (ENDPOINT, CA_BUNDLE))


def read_cluster(seed: KubeApi, namespace: str, kubernetes_registry: str) -> ClusterAccess | None:
    """None if there is no such cluster (any more), or its control plane isn't there yet. kubernetes_registry: of the inventory, as another user may
    have written the record's."""
    kept = record.read(seed, namespace)
    endpoint, bundle, kubelets = (seed.get("v1", "ConfigMap", name, namespace) for name in (ENDPOINT, CA_BUNDLE, KUBELET_BUNDLE))
    if not (kept and endpoint and bundle):
        return None
    try:
        spec = kept.spec
        row = catalogue.running(kept.versions) or catalogue.running({"kubernetes": spec["kubernetes_version"]})
        if row is None:
            raise ValueError("it has no version of Kubernetes")
        return ClusterAccess(
            address=endpoint["data"]["address"], port=int(endpoint["data"]["port"]), ca_bundle=bundle["data"]["ca.crt"],
            components=row, dns_address=networks(spec["pod_cidr"], spec["service_cidr"], None).dns_address,
            dns_domain=spec["dns_domain"], networks={name: spec[name] for name in ("pod_cidr", "service_cidr")},
            cloud_provider=spec.get("cloud_provider", NO_PROVIDER), kubelet_bundle=kubelets["data"]["ca.crt"] if kubelets else "",
            pause_image=f"{kubernetes_registry}/pause:{row.pause}",
            kube_proxy_mode=(spec.get("kube_proxy_config") or {}).get("mode", "nftables") if (spec.get("add_ons") or {}).get("kube_proxy", True) else "",
            flannel=bool((spec.get("add_ons") or {}).get("flannel", True)))
    except (KeyError, ValueError, TypeError) as error:
        raise CaasError("The Secrets and ConfigMaps of the cluster in the seed are incomplete", where=f"namespace {namespace}",
                        why=f"{type(error).__name__}: {error}", fix="run create_cluster for this cluster again") from error


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs for one node; the key stays in this object."""

    certificate: str
    key: str

    @classmethod
    def of(cls, seed: KubeApi, namespace: str, name: str) -> Authority:
        """name: of its Secret."""
        secret = seed.get("v1", "Secret", name, namespace)
        if secret is None:
            raise CaasError(f"An authority of the cluster is missing (Secret {namespace}/{name})", fix="run create_cluster for this cluster again")
        return cls(decoded(secret, "tls.crt"), decoded(secret, "tls.key"))

    def sign(self, request: str, *, usage: str, cn: str, organization: str, dns: list[str], ips: list[str], days: int) -> str:
        return x509.sign_csr(request, self.certificate, self.key, cn=cn, organizations=[organization], dns=dns, ips=ips, usages=[usage], days=days)


def decoded(secret: dict[str, Any], key: str) -> str:
    return base64.b64decode(secret["data"][key]).decode()
