# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates as an independent verifier sees them."""
from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509 as library
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, load_pem_public_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509, x509_reader

CA, CA_KEY = x509.self_signed_ca("demo cluster-ca")
OTHER_CA, OTHER_CA_KEY = x509.self_signed_ca("other")


def loaded(pem: str) -> library.Certificate:
    return library.load_pem_x509_certificate(pem.encode())


def verify_server(certificate: str, name: str, *, authority: str = CA, at: datetime | None = None) -> None:
    try:
        subject: library.GeneralName = library.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        subject = library.DNSName(name)
    builder = PolicyBuilder().store(Store([loaded(authority)])).time(at or datetime.now(UTC))
    builder.build_server_verifier(subject).verify(loaded(certificate), [])


def verify_client(certificate: str, authority: str = CA) -> None:
    PolicyBuilder().store(Store([loaded(authority)])).build_client_verifier().verify(loaded(certificate), [])


@pytest.mark.parametrize("ca_key_type", ["ecdsa-p256", "rsa-2048"])
@pytest.mark.parametrize("key_type", ["ecdsa-p256", "rsa-2048"])
def test_a_server_is_accepted_under_its_names_only(ca_key_type: str, key_type: str):
    authority, authority_key = x509.self_signed_ca("demo cluster-ca", key_type=ca_key_type)
    certificate, dummy = x509.issue(authority, authority_key, cn="kube-apiserver", dns=["kubernetes.default"], ips=["10.96.0.1", "::1"],
                                    usages=["server"], days=365, key_type=key_type)
    for name in ("kubernetes.default", "10.96.0.1", "::1"):
        verify_server(certificate, name, authority=authority)
    for name in ("kubernetes", "10.96.0.2"):
        with pytest.raises(VerificationError):
            verify_server(certificate, name, authority=authority)


def test_usages_are_apart():
    server, dummy = x509.issue(CA, CA_KEY, cn="a", dns=["a"], usages=["server"], days=1)
    client, dummy = x509.issue(CA, CA_KEY, cn="a", dns=["a"], usages=["client"], days=1)
    both, dummy = x509.issue(CA, CA_KEY, cn="a", dns=["a"], usages=["server", "client"], days=1)
    verify_client(client)
    verify_client(both)
    verify_server(both, "a")
    with pytest.raises(VerificationError):
        verify_client(server)
    with pytest.raises(VerificationError):
        verify_server(client, "a")


def test_another_authority_of_the_same_name_does_not_count():
    namesake, dummy = x509.self_signed_ca("demo cluster-ca")
    certificate, dummy = x509.issue(CA, CA_KEY, cn="a", dns=["a"], usages=["server"], days=1)
    with pytest.raises(VerificationError):
        verify_server(certificate, "a", authority=namesake)
    assert x509.describe(certificate, authorities=[namesake]).issuer_fingerprint == ""
    assert x509.describe(certificate, authorities=[namesake + CA]).issuer_fingerprint == x509.fingerprint(CA)


def test_validity_begins_early_and_never_outlives_the_authority(monkeypatch: pytest.MonkeyPatch):
    now = datetime.now(UTC).replace(microsecond=0)
    skew = timedelta(minutes=5)
    monkeypatch.setattr(x509, "_now", lambda: now)
    authority, key = x509.self_signed_ca("short", years=1)
    facts = x509.describe(x509.issue(authority, key, cn="a", minutes=60)[0])
    assert (facts.not_before, facts.not_after) == (now - skew, now + timedelta(minutes=60))
    # a machine whose clock is a little behind
    monkeypatch.setattr(x509, "_now", lambda: now - timedelta(minutes=2))
    assert x509.describe(x509.issue(authority, key, cn="a", days=1)[0]).not_before == x509.describe(authority).not_before == now - skew
    monkeypatch.setattr(x509, "_now", lambda: now + timedelta(days=300))
    facts = x509.describe(x509.issue(authority, key, cn="a", days=365)[0])
    assert facts.not_before == now + timedelta(days=300) - skew
    assert facts.not_after == x509.describe(authority).not_after == now + timedelta(days=365)


@pytest.mark.parametrize("days", [-1, 366])
def test_an_authority_signs_nothing_outside_of_its_time(monkeypatch: pytest.MonkeyPatch, days: int):
    authority, key = x509.self_signed_ca("short", years=1)
    then = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(x509, "_now", lambda: then)
    with pytest.raises(CaasError, match=r"^The authority CN=short can't sign the certificate of a now\. It is valid from .* clock says"):
        x509.issue(authority, key, cn="a", days=1)


def test_facts_are_what_was_ordered():
    certificate, key = x509.issue(CA, CA_KEY, cn="jane", organizations=["dev", "ops"], dns=["a.b"], ips=["2001:DB8::1"],
                                  usages=["client", "server"], days=2, key_type="rsa-2048")
    facts = x509.describe(certificate, key_pem=key, authorities=[OTHER_CA, CA])
    assert (facts.common_name, facts.organizations) == ("jane", {"dev", "ops"})
    assert (facts.dns, facts.ips, facts.usages) == ({"a.b"}, {"2001:db8::1"}, {"client", "server"})
    assert (facts.key_type, facts.is_authority, facts.key_matches) == ("rsa-2048", False, True)
    assert facts.fingerprint == loaded(certificate).fingerprint(hashes.SHA256()).hex()
    assert facts.issuer_fingerprint == x509.fingerprint(CA)
    assert x509.describe(certificate, key_pem=CA_KEY).key_matches is False
    assert x509.describe(CA).is_authority and x509.describe(CA, authorities=[CA]).issuer_fingerprint == x509.fingerprint(CA)


def test_a_given_key_is_certified():
    key = x509.new_key()
    certificate, same = x509.issue(CA, CA_KEY, cn="a", days=1, key_pem=key)
    assert same == key and x509.describe(certificate, key_pem=key).key_matches


def test_public_half():
    key = x509.new_key()
    public = load_pem_public_key(x509.public_key(key).encode())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public == load_pem_private_key(key.encode(), None).public_key()


@pytest.mark.parametrize(("authority", "key", "text"), [
    (CA, OTHER_CA_KEY, "can't sign"),
    (*x509.issue(CA, CA_KEY, cn="leaf", days=1), "can't sign"),
    (CA, "no key", "A private key can't be read"),
    ("no certificate", CA_KEY, "A certificate can't be read"),
])
def test_what_is_no_authority_signs_nothing(authority: str, key: str, text: str):
    with pytest.raises(InvalidInput, match=text):
        x509.issue(authority, key, cn="a", days=1)


def test_no_lifetime_no_certificate():
    with pytest.raises(InvalidInput, match="never be valid"):
        x509.issue(CA, CA_KEY, cn="a")


def test_names_that_fit_in_no_certificate():
    with pytest.raises(InvalidInput, match="can't be the subject"):
        x509.issue(CA, CA_KEY, cn="x" * 65, days=1)


def request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """Asks for more than it may get."""
    name = library.Name([library.NameAttribute(library.NameOID.ORGANIZATION_NAME, "system:masters"),
                         library.NameAttribute(library.NameOID.COMMON_NAME, "root")])
    builder = library.CertificateSigningRequestBuilder().subject_name(name).add_extension(
        library.SubjectAlternativeName([library.DNSName("kubernetes.default")]), critical=False).add_extension(
        library.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def test_only_the_key_of_a_request_counts():
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = x509.sign_csr(request(key), CA, CA_KEY, cn="system:node:n1", organizations=["system:nodes"], dns=["n1"],
                                ips=["192.0.2.1"], usages=["server"], days=365)
    facts = x509.describe(certificate, authorities=[CA])
    assert (facts.common_name, facts.organizations) == ("system:node:n1", {"system:nodes"})
    assert (facts.dns, facts.ips, facts.usages, facts.is_authority) == ({"n1"}, {"192.0.2.1"}, {"server"}, False)
    assert loaded(certificate).public_key() == key.public_key()
    verify_server(certificate, "n1")


def test_a_request_that_is_not_signed_by_its_own_key_is_refused():
    mine, stolen = (request(ec.generate_private_key(ec.SECP256R1())) for dummy in range(2))
    first, second = (library.load_pem_x509_csr(pem.encode()) for pem in (mine, stolen))
    # the other's names and key under my signature
    forged = second.public_bytes(Encoding.DER).replace(second.signature, first.signature)
    if len(first.signature) != len(second.signature):
        forged = second.public_bytes(Encoding.DER)[:-1] + bytes([second.public_bytes(Encoding.DER)[-1] ^ 1])
    pem = library.load_der_x509_csr(forged).public_bytes(Encoding.PEM).decode()
    with pytest.raises(InvalidInput, match="is not signed by its own key"):
        x509.sign_csr(pem, CA, CA_KEY, cn="system:node:n1", days=1)


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP192R1())],
                         ids=["rsa-1024", "ecdsa-p192"])
def test_weak_keys_are_refused(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
    with pytest.raises(InvalidInput, match=r"has a key of type (rsa-1024|ecdsa-secp192r1)"):
        x509.sign_csr(request(key), CA, CA_KEY, cn="system:node:n1", days=1)


def test_rubbish_is_refused_in_one_line():
    with pytest.raises(InvalidInput, match=r"^The certificate request for n1 can't be read"):
        x509.sign_csr("rubbish", CA, CA_KEY, cn="n1", days=1)
    assert x509.fingerprints(" \n") == []


def test_an_unreadable_key_is_never_quoted():
    with pytest.raises(InvalidInput) as error:
        x509.public_key("-----BEGIN PRIVATE KEY-----\nc2VjcmV0IHRleHQ=\n-----END PRIVATE KEY-----\n")
    assert "c2VjcmV0" not in error.value.line() and error.value.__cause__ is None


def test_without_the_library_one_line_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(x509_reader, "MISSING", "No module named 'cryptography'")
    with pytest.raises(CaasError, match=r"cryptography can't be used .*pip install 'cryptography"):
        x509.new_key()
