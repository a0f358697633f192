# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads keys and certificates from PEM text and says what they are."""
from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    MISSING: str | None = str(error)
else:
    MISSING = None


def need_library() -> None:
    if MISSING:
        raise CaasError("The Python library cryptography can't be used", where=sys.executable, why=MISSING,
                        fix="install it for this Python: pip install 'cryptography>=42'")


def describe(cert_pem: str, *, key_pem: str | None = None, authorities: Iterable[str] = ()) -> CertificateFacts:
    """What the (first) certificate says. authorities: PEM of those who may have signed it, each may be a bundle. Raises InvalidInput."""
    certificate = load_certificate(cert_pem)
    try:
        return _described(certificate, key_pem, authorities)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInput("A certificate can't be read", why=str(error)) from error


def _described(certificate: Any, key_pem: str | None, authorities: Iterable[str]) -> CertificateFacts:
    dns, ips = _alternative_names(certificate)
    return CertificateFacts(
        common_name=next(iter(_attribute(certificate, NameOID.COMMON_NAME)), ""),
        organizations=frozenset(_attribute(certificate, NameOID.ORGANIZATION_NAME)),
        dns=dns, ips=ips, usages=_usages(certificate),
        not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc,
        key_type=key_type_of(certificate.public_key()), is_authority=is_authority(certificate),
        fingerprint=_hex(certificate),
        issuer_fingerprint=next((_hex(authority) for pem in authorities for authority in load_bundle(pem)
                                 if _signed_by(certificate, authority)), ""),
        key_matches=key_matches(certificate, key_pem) if key_pem is not None else None)


def requested_subject(csr_pem: str) -> dict[str, list[str]]:
    """What a certificate request asks to be: short names of its subject's attributes to their values. Raises InvalidInput."""
    need_library()
    try:
        subject = x509.load_pem_x509_csr(csr_pem.encode()).subject
    except ValueError as error:
        raise InvalidInput("The certificate request can't be read", why=str(error)) from error
    found: dict[str, list[str]] = {}
    for attribute in subject:
        found.setdefault(attribute.rfc4514_attribute_name, []).append(str(attribute.value))
    return found


def fingerprint(cert_pem: str) -> str:
    """SHA-256 over the DER form of the (first) certificate, 64 hex digits."""
    return _hex(load_certificate(cert_pem))


def fingerprints(bundle_pem: str) -> list[str]:
    """Fingerprints of all certificates of a bundle, in its order; none for empty text."""
    return [_hex(certificate) for certificate in load_bundle(bundle_pem)] if bundle_pem.strip() else []


def load_key(key_pem: str) -> Any:
    need_library()
    try:
        return serialization.load_pem_private_key(key_pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # the library's text is not shown: it must never quote a piece of a key
        raise InvalidInput("A private key can't be read", fix="it must be unencrypted PEM") from None


def load_certificate(cert_pem: str) -> Any:
    need_library()
    try:
        return x509.load_pem_x509_certificate(cert_pem.encode())
    except ValueError as error:
        raise InvalidInput("A certificate can't be read", why=str(error)) from error


def certificates(bundle_pem: str) -> list[str]:
    """Each certificate of a bundle as PEM of its own."""
    return [certificate.public_bytes(serialization.Encoding.PEM).decode() for certificate in load_bundle(bundle_pem)] if bundle_pem.strip() else []


def load_bundle(bundle_pem: str) -> list[Any]:
    need_library()
    try:
        return list(x509.load_pem_x509_certificates(bundle_pem.encode()))
    except ValueError as error:
        raise InvalidInput("A bundle of certificates can't be read", why=str(error)) from error


def key_matches(certificate: Any, key_pem: str) -> bool:
    der = serialization.Encoding.DER
    try:
        return public_bytes(load_key(key_pem).public_key(), der) == public_bytes(certificate.public_key(), der)
    except InvalidInput:
        return False


def is_authority(certificate: Any) -> bool:
    constraints = _extension(certificate, x509.BasicConstraints)
    return bool(constraints and constraints.ca)


def usage_oid(usage: str) -> Any:
    return {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}[usage]


def key_type_of(key: Any) -> str:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ecdsa-p256" if key.curve.name == "secp256r1" else f"ecdsa-{key.curve.name}"
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    return "ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else type(key).__name__


def is_strong(key: Any) -> bool:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= 2048
    return isinstance(key, ed25519.Ed25519PublicKey)


def public_bytes(public: Any, encoding: Any) -> bytes:
    return public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def _hex(certificate: Any) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _signed_by(certificate: Any, authority: Any) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _attribute(certificate: Any, oid: Any) -> list[str]:
    return [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]


def _extension(certificate: Any, kind: Any) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _alternative_names(certificate: Any) -> tuple[frozenset[str], frozenset[str]]:
    names = _extension(certificate, x509.SubjectAlternativeName)
    if names is None:
        return frozenset(), frozenset()
    return (frozenset(names.get_values_for_type(x509.DNSName)),
            frozenset(str(address) for address in names.get_values_for_type(x509.IPAddress)))


def _usages(certificate: Any) -> frozenset[str]:
    allowed = _extension(certificate, x509.ExtendedKeyUsage) or ()
    return frozenset(usage for usage in ("client", "server") if usage_oid(usage) in allowed)
