# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names under which the parts of a control plane find each other."""
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CertificateWanted, ClusterNames, authority_name, wanted_certificates

NAMES = ClusterNames("demo", "cluster-demo", address="198.51.100.10", service_address="10.96.0.1", dns_domain="corp.local", etcd_size_max=3)


def wanted(name: str, names: ClusterNames = NAMES) -> CertificateWanted:
    return next(certificate for certificate in wanted_certificates(names) if certificate.name == name)


@pytest.mark.parametrize("name", [
    "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.corp.local",
    "kube-apiserver", "kube-apiserver.cluster-demo", "kube-apiserver.cluster-demo.svc", "kube-apiserver.cluster-demo.svc.cluster.local",
    "localhost", "127.0.0.1", "10.96.0.1", "198.51.100.10"])
def test_kube_apiserver_is_reached_as(name: str):
    assert name in wanted("kube-apiserver").names


def test_addresses_are_not_names():
    assert wanted("kube-apiserver").ips == {"127.0.0.1", "10.96.0.1", "198.51.100.10"}


@pytest.mark.parametrize("secret", ["etcd-server", "etcd-peer"])
def test_etcd_has_the_names_of_its_largest_size_from_the_start(secret: str):
    etcd = wanted(secret)
    assert etcd.usages == {"client", "server"} and etcd.ips == {"127.0.0.1"}
    assert etcd.dns == {"localhost", "etcd.cluster-demo.svc", "etcd.cluster-demo.svc.cluster.local", *(
        f"etcd-{number}.etcd.cluster-demo.svc{domain}" for number in range(3) for domain in ("", ".cluster.local"))}


@pytest.mark.parametrize(("secret", "user", "group"), [
    ("etcd-client", "kube-apiserver-etcd-client", ""),
    ("kube-apiserver-kubelet-client", "kube-apiserver-kubelet-client", "kubermatic:kubelet-api-admin"),
    ("front-proxy-client", "front-proxy-client", ""),
    ("kube-controller-manager", "system:kube-controller-manager", ""),
    ("kube-scheduler", "system:kube-scheduler", ""),
    ("konnectivity-server", "system:konnectivity-server", ""),
])
def test_clients_are_users_without_names(secret: str, user: str, group: str):
    client = wanted(secret)
    assert (client.common_name, client.organizations) == (user, {group} - {""})
    assert (client.usages, client.names) == ({"client"}, frozenset())


def test_nobody_is_an_administrator_by_certificate():
    for certificate in wanted_certificates(NAMES):
        assert "system:masters" not in certificate.organizations


def test_konnectivity_is_reached_by_agents():
    tls = wanted("konnectivity-server-tls")
    assert tls.names == {"198.51.100.10", "kube-apiserver.cluster-demo.svc", "kube-apiserver.cluster-demo.svc.cluster.local"}
    assert (tls.usages, tls.authority) == ({"server"}, "cluster-ca")


def test_an_address_that_is_not_known_yet_is_left_out():
    unknown = wanted("konnectivity-server-tls", ClusterNames("demo", "cluster-demo", "", "10.96.0.1", "cluster.local"))
    assert "" not in unknown.names and len(unknown.names) == 2


def test_authorities_are_apart():
    signers = {certificate.name: certificate.authority for certificate in wanted_certificates(NAMES)}
    assert {name for name, signer in signers.items() if signer == "etcd-ca"} == {"etcd-server", "etcd-peer", "etcd-client"}
    assert {name for name, signer in signers.items() if signer == "front-proxy-ca"} == {"front-proxy-client"}


def test_name_of_an_authority_fits_into_a_certificate():
    assert authority_name("demo", "cluster-ca") == "demo cluster-ca"
    assert len(authority_name("x" * 60, "front-proxy-ca")) == 64
