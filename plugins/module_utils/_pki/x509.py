# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes keys, authorities and certificates. Everything happens in memory; keys and certificates are PEM text."""
from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.x509_reader import (
    certificates,
    describe,
    fingerprint,
    fingerprints,
    is_authority,
    is_strong,
    key_matches,
    key_type_of,
    load_certificate,
    load_key,
    need_library,
    public_bytes,
    usage_oid,
)

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.x509.oid import NameOID
except ImportError:
    # need_library says so, in one line
    pass

__all__ = [
    "certificates", "describe", "fingerprint", "fingerprints", "issue", "new_key", "public_key", "request", "self_signed_ca", "sign_csr",
]

CLOCK_SKEW = timedelta(minutes=5)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def new_key(key_type: str = "ecdsa-p256") -> str:
    """A new private key, PKCS #8 PEM. key_type: ecdsa-p256 or rsa-2048."""
    need_library()
    if key_type == "ecdsa-p256":
        key: Any = ec.generate_private_key(ec.SECP256R1())
    elif key_type == "rsa-2048":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        raise InvalidInput(f"Key type {key_type!r} is unknown", fix=f"use one of {', '.join(KEY_TYPES)}")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode()


def public_key(key_pem: str) -> str:
    """The public half of a private key, SubjectPublicKeyInfo PEM."""
    return public_bytes(load_key(key_pem).public_key(), serialization.Encoding.PEM).decode()


def self_signed_ca(cn: str, years: int = 10, *, key_type: str = "ecdsa-p256") -> tuple[str, str]:
    """A new certificate authority: (certificate, key)."""
    need_library()
    key_pem = new_key(key_type)
    key = load_key(key_pem)
    now = _now()
    name = _name(cn, ())
    builder = _builder(name, name, key.public_key(), now - CLOCK_SKEW, now + timedelta(days=365 * years))
    builder = (builder
               .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
               .add_extension(_key_usage(digital_signature=True, key_cert_sign=True, crl_sign=True), critical=True))
    return _pem(builder.sign(key, hashes.SHA256())), key_pem


def issue(ca_cert_pem: str, ca_key_pem: str, *, cn: str, organizations: Iterable[str] = (), dns: Iterable[str] = (),
          ips: Iterable[str] = (), usages: Iterable[str] = ("client",), days: int = 0, minutes: int = 0,
          key_pem: str | None = None, key_type: str = "ecdsa-p256") -> tuple[str, str]:
    """A certificate with its key: (certificate, key). Lives days + minutes from now, at most as long as its authority.

    usages: "client", "server" or both. key_pem: an existing key to certify; without it a new one of key_type is made.
    """
    need_library()
    key_pem = key_pem or new_key(key_type)
    certificate = _sign(ca_cert_pem, ca_key_pem, load_key(key_pem).public_key(), cn=cn, organizations=organizations,
                        dns=dns, ips=ips, usages=usages, lifetime=timedelta(days=days, minutes=minutes))
    return certificate, key_pem


def request(key_pem: str, *, cn: str, organizations: Iterable[str] = ()) -> str:
    """A certificate request for a private key, PEM. It holds nothing secret."""
    key = load_key(key_pem)
    wanted = x509.CertificateSigningRequestBuilder().subject_name(_name(cn, organizations)).sign(key, hashes.SHA256())
    return wanted.public_bytes(serialization.Encoding.PEM).decode()


def sign_csr(csr_pem: str, ca_cert_pem: str, ca_key_pem: str, *, cn: str, organizations: Iterable[str] = (),
             dns: Iterable[str] = (), ips: Iterable[str] = (), usages: Iterable[str] = ("client",), days: int = 0,
             minutes: int = 0) -> str:
    """A certificate for the key of a certificate request.

    Only the key is taken from the request, and only if the request proves possession of it; subject, names, addresses
    and usages are the caller's, who measured them.
    """
    need_library()
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        key, proven = request.public_key(), request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInput(f"The certificate request for {cn} can't be read", why=str(error)) from error
    if not proven:
        raise InvalidInput(f"The certificate request for {cn} is not signed by its own key",
                           why="it was damaged or forged on the way", fix="make a new key and request on that host")
    if not is_strong(key):
        raise InvalidInput(f"The certificate request for {cn} has a key of type {key_type_of(key)}",
                           fix="use P-256 or larger, Ed25519, or RSA with at least 2048 bits")
    return _sign(ca_cert_pem, ca_key_pem, key, cn=cn, organizations=organizations, dns=dns, ips=ips, usages=usages,
                 lifetime=timedelta(days=days, minutes=minutes))


def _sign(ca_cert_pem: str, ca_key_pem: str, public: Any, *, cn: str, organizations: Iterable[str], dns: Iterable[str],
          ips: Iterable[str], usages: Iterable[str], lifetime: timedelta) -> str:
    authority, authority_key = load_certificate(ca_cert_pem), load_key(ca_key_pem)
    who = authority.subject.rfc4514_string()
    if not is_authority(authority) or not key_matches(authority, ca_key_pem):
        raise InvalidInput(f"{who} can't sign the certificate of {cn}",
                           why="it is not a CA, or the key is not its key")
    now = _now()
    if not authority.not_valid_before_utc <= now < authority.not_valid_after_utc:
        raise CaasError(f"The authority {who} can't sign the certificate of {cn} now",
                        why=f"it is valid from {authority.not_valid_before_utc:%Y-%m-%d %H:%M} to "
                            f"{authority.not_valid_after_utc:%Y-%m-%d %H:%M} UTC and this machine's clock says "
                            f"{now:%Y-%m-%d %H:%M} UTC",
                        fix="set the clock right, or rotate the CA")
    if lifetime <= timedelta():
        raise InvalidInput(f"The certificate of {cn} would never be valid", fix="give it a lifetime longer than zero")
    begin = max(now - CLOCK_SKEW, authority.not_valid_before_utc)
    end = min(now + lifetime, authority.not_valid_after_utc)
    builder = _builder(_name(cn, organizations), authority.subject, public, begin, end)
    # RSA key exchange still exists in TLS 1.2, which old clients speak
    key_usage = _key_usage(digital_signature=True, key_encipherment=isinstance(public, rsa.RSAPublicKey))
    builder = (builder
               .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
               .add_extension(key_usage, critical=True)
               .add_extension(x509.ExtendedKeyUsage([usage_oid(usage) for usage in usages]), critical=False)
               .add_extension(_authority_key_id(authority), critical=False))
    names = [*(x509.DNSName(name) for name in dns), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips)]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return _pem(builder.sign(authority_key, hashes.SHA256()))


def _builder(subject: Any, issuer: Any, public: Any, begin: datetime, end: datetime) -> Any:
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False))


def _name(cn: str, organizations: Iterable[str]) -> Any:
    try:
        return x509.Name([*(x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in organizations),
                          x509.NameAttribute(NameOID.COMMON_NAME, cn)])
    except ValueError as error:
        raise InvalidInput(f"{cn!r} can't be the subject of a certificate", why=str(error)) from error


def _key_usage(*, digital_signature: bool = False, key_encipherment: bool = False, key_cert_sign: bool = False,
               crl_sign: bool = False) -> Any:
    return x509.KeyUsage(digital_signature=digital_signature, content_commitment=False,
                         key_encipherment=key_encipherment, data_encipherment=False, key_agreement=False,
                         key_cert_sign=key_cert_sign, crl_sign=crl_sign, encipher_only=False, decipher_only=False)


def _authority_key_id(authority: Any) -> Any:
    try:
        own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _pem(certificate: Any) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
