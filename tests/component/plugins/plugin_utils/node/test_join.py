# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates meet the keys that asked for them, whatever another run does on the host between the request and its answer."""
from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import Authority
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.installation import KUBELET, Installation
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import WantedNode

AUTHORITY = Authority(*x509.self_signed_ca("demo"))
KUBELETS = Authority(*x509.self_signed_ca("demo kubelet-ca"))
BOTH = WantedNode(version="1.36.3", address="198.51.100.7", files=(), artefacts=(), downloads=(), certificates=("client", "serving"),
                  serving_addresses=("198.51.100.7",))
CERTIFICATES = b"part_enrol\n"


@dataclass
class HostSoFar:
    hostname: str = "kubernetes.default.svc.cluster.local"


@dataclass
class ClusterSoFar:
    kubelet_authority: str = "kubelet-ca"


class Joining(Join):
    """Without a seed."""

    seed = None


@pytest.fixture
def resource(host, monkeypatch) -> Callable[[], Joining]:
    monkeypatch.setattr(Authority, "of", lambda dummy, seen, name: {"cluster-ca": AUTHORITY, "kubelet-ca": KUBELETS}[name])
    plain = host.execute
    head = f"\nc_root={host.root}\nsystemctl() {{ :; }}\ntimeout() {{ false; }}\nmarker=".encode()
    host.execute = lambda command, data: plain(command, data.replace(b"\nmarker=", head, 1))

    def build(**options: Any) -> Joining:
        given = ArgumentSpecValidator(Join.ARGUMENT_SPEC).validate({"cluster": "demo", "seed_kubeconfig": "none", "node_name": "web-1", **options})
        assert given.error_messages == []
        return Joining(given.validated_parameters, holder="test", check_mode=False, progress=lambda text: None, remote=host, warn=lambda text: None)
    return build


def enrol(resource: Joining) -> None:
    """Only what a renewal installs: what else is installed is not asked here, and no service of this machine is touched."""
    Installation(resource, KUBELET).apply(Observed(HostSoFar(), ClusterSoFar(), None, BOTH))


def fits(certificate: str, key: str) -> bool:
    """Both are files."""
    words = (["openssl", "x509", "-pubkey", "-noout", "-in", certificate], ["openssl", "pkey", "-pubout", "-in", key])
    of_certificate, of_key = (subprocess.run(command, check=True, capture_output=True).stdout for command in words)
    return of_certificate == of_key


def pairs_fit(host: Any) -> bool:
    pki = host.root / "var/lib/kubelet/pki"
    current = str(pki / "kubelet-client-current.pem")
    return fits(current, current) and fits(str(pki / "kubelet.crt"), str(pki / "kubelet.key")) and not list(pki.glob("*.pending"))


def before(host: Any, part: bytes, work: Callable[[], None]) -> None:
    """Once, before a script with that part reaches the host."""
    inner = host.execute

    def execute(command: str, data: bytes) -> dict[str, Any]:
        if part in data and host.execute is not inner:
            host.execute = inner
            work()
        return inner(command, data)

    host.execute = execute


def test_certificates_come_to_their_keys(resource, host):
    enrol(resource())
    assert pairs_fit(host)
    assert host.executions == 2


def test_nobody_takes_a_node_for_the_api_server(resource, host):
    """The host says that it is named kubernetes.default.svc.cluster.local; its certificate names what the inventory does, and another authority signs it."""
    enrol(resource())
    pki = host.root / "var/lib/kubelet/pki"
    serving = x509.describe((pki / "kubelet.crt").read_text(), authorities=[AUTHORITY.certificate, KUBELETS.certificate])
    assert serving.dns | serving.ips == {"web-1", "198.51.100.7"}
    assert serving.issuer_fingerprint == x509.fingerprint(KUBELETS.certificate)
    client = x509.describe((pki / "kubelet-client-current.pem").read_text(), authorities=[AUTHORITY.certificate, KUBELETS.certificate])
    assert client.issuer_fingerprint == x509.fingerprint(AUTHORITY.certificate)


def test_a_run_that_was_killed_used_the_keys_up_meanwhile(resource, host):
    before(host, CERTIFICATES, lambda: enrol(resource()))
    enrol(resource())
    assert pairs_fit(host)


def test_keys_that_never_wait_for_their_certificate_are_one_line(resource, host):
    inner = host.execute

    def execute(command: str, data: bytes) -> dict[str, Any]:
        if CERTIFICATES in data:
            for key in host.root.glob("var/lib/kubelet/pki/*.pending"):
                key.unlink()
        return inner(command, data)

    host.execute = execute
    with pytest.raises(CaasError, match=r"keys of the host changed each time .*host web-1"):
        enrol(resource())
    assert host.executions == 6
    assert not list(host.root.glob("var/lib/kubelet/pki/kubelet*"))


@pytest.mark.parametrize(("options", "line"), [
    ({"node_labels": {"gpu": True}}, r"Value 'True' of label gpu .*node_labels of web-1.*\"true\" in quotes"),
    ({"node_labels": {"bad key!": "x"}}, r"Label 'bad key!' is not valid"),
    ({"node_taints": [{"key": "dedicated", "value": True, "effect": "NoSchedule"}]}, r"Value 'True' of taint dedicated .*node_taints of web-1"),
    ({"node_taints": [{"key": "dedicated", "effect": "Never"}]}, r"Effect 'Never' of taint dedicated"),
])
def test_labels_and_taints_that_the_api_would_refuse_stop_before_the_host_is_asked(resource, host, options: dict[str, Any], line: str):
    with pytest.raises(CaasError, match=line):
        resource(**options)
    assert host.executions == 0
