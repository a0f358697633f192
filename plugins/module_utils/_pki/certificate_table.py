# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of a control plane's certificates: who is it for, who signs it, under which names is it reached."""
from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

CLUSTER_CA, FRONT_PROXY_CA, ETCD_CA, KUBELET_CA = "cluster-ca", "front-proxy-ca", "etcd-ca", "kubelet-ca"
# kubelet-ca signs what hosts claim to be, so no client accepts its certificates as those of the API server
AUTHORITIES = (CLUSTER_CA, FRONT_PROXY_CA, ETCD_CA, KUBELET_CA)
# the seed's own DNS domain; names without it are given too, so that another domain does no harm
SEED_DOMAIN = "cluster.local"
LOOPBACK = "127.0.0.1"
CLIENT, SERVER = frozenset({"client"}), frozenset({"server"})


@dataclass(frozen=True, slots=True)
class ClusterNames:
    """Under which names a control plane is reached.

    address: IP address or DNS name outside of the seed, "" while it is unknown; service_address: the Service `kubernetes`
    inside the cluster. etcd_size_max: the largest number of etcd members whose names the certificates carry from the start.
    """

    cluster: str
    namespace: str
    address: str
    service_address: str
    dns_domain: str
    etcd_size_max: int = 5


@dataclass(frozen=True, slots=True)
class CertificateWanted:
    """name: of the Secret; authority: name of the Secret of its signer; usages: of "client", "server"."""

    name: str
    authority: str
    common_name: str
    usages: frozenset[str]
    organizations: frozenset[str] = frozenset()
    dns: frozenset[str] = frozenset()
    ips: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return self.dns | self.ips


def authority_name(cluster: str, authority: str) -> str:
    """Common name of an authority; a common name has at most 64 characters."""
    return f"{cluster[:63 - len(authority)]} {authority}"


def wanted_certificates(names: ClusterNames) -> tuple[CertificateWanted, ...]:
    """All certificates of one cluster's control plane, in the order in which they are made."""
    apiserver = _named(_apiserver_names(names))
    konnectivity = _named([names.address, *_service("kube-apiserver", names.namespace)])
    etcd = _named([*_etcd_names(names), "localhost", LOOPBACK])
    return (
        # etcd's server calls itself (its gRPC gateway), peers are both sides of a connection
        CertificateWanted("etcd-server", ETCD_CA, "etcd", CLIENT | SERVER, **etcd),
        CertificateWanted("etcd-peer", ETCD_CA, "etcd-peer", CLIENT | SERVER, **etcd),
        CertificateWanted("etcd-client", ETCD_CA, "kube-apiserver-etcd-client", CLIENT),
        CertificateWanted("kube-apiserver", CLUSTER_CA, "kube-apiserver", SERVER, **apiserver),
        CertificateWanted("kube-apiserver-kubelet-client", CLUSTER_CA, "kube-apiserver-kubelet-client", CLIENT,
                          organizations=frozenset({"kubermatic:kubelet-api-admin"})),
        CertificateWanted("front-proxy-client", FRONT_PROXY_CA, "front-proxy-client", CLIENT),
        CertificateWanted("kube-controller-manager", CLUSTER_CA, "system:kube-controller-manager", CLIENT),
        CertificateWanted("kube-scheduler", CLUSTER_CA, "system:kube-scheduler", CLIENT),
        CertificateWanted("konnectivity-server", CLUSTER_CA, "system:konnectivity-server", CLIENT),
        CertificateWanted("konnectivity-server-tls", CLUSTER_CA, "konnectivity-server", SERVER, **konnectivity),
    )


def _apiserver_names(names: ClusterNames) -> list[str]:
    inside = ["kubernetes", "kubernetes.default", "kubernetes.default.svc",
              f"kubernetes.default.svc.{names.dns_domain}"]
    seed = ["kube-apiserver", f"kube-apiserver.{names.namespace}", *_service("kube-apiserver", names.namespace)]
    return [*inside, *seed, "localhost", LOOPBACK, names.service_address, names.address]


def _etcd_names(names: ClusterNames) -> list[str]:
    members = [f"etcd-{number}.{service}" for number in range(names.etcd_size_max)
               for service in _service("etcd", names.namespace)]
    return [*members, *_service("etcd", names.namespace)]


def _service(name: str, namespace: str) -> tuple[str, str]:
    return f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.{SEED_DOMAIN}"


def _named(names: Iterable[str]) -> dict[str, frozenset[str]]:
    dns, ips = set(), set()
    for name in filter(None, names):
        try:
            ips.add(str(ipaddress.ip_address(name)))
        except ValueError:
            dns.add(name)
    return {"dns": frozenset(dns), "ips": frozenset(ips)}
