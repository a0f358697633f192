# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides which parts of a control plane's PKI are made or renewed.

Roots (authorities, service account key, encryption key) are made once, before everything else, and never replaced:
what they vouch for would be void. Everything that hangs on them is made anew whenever it doesn't fit.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import AUTHORITIES, CLUSTER_CA, KUBELET_CA, CertificateWanted

AUTHORITY_YEARS = 10
LEAF_DAYS = 365
RENEW_WITHIN_DAYS = 30
MARGIN = timedelta(days=RENEW_WITHIN_DAYS)
ROTATE_WITHIN = timedelta(days=180)
# a certificate that cluster-ca signed for a kubelet lives a year, and none has been signed since kubelet-ca is there
LEGACY = timedelta(days=LEAF_DAYS + 1)
BUNDLE = "ca-bundle"
# an object of its own: kube-apiserver alone reads it, and etcd need not restart for it
KUBELET_BUNDLE = "kubelet-ca-bundle"
SERVICE_ACCOUNT_KEY = "service-account-key"
ENCRYPTION_CONFIG = "encryption-config"
ROOTS = (*AUTHORITIES, SERVICE_ACCOUNT_KEY, ENCRYPTION_CONFIG)
BUNDLE_KEYS = {"cluster-ca": "ca.crt", "front-proxy-ca": "front-proxy-ca.crt", "etcd-ca": "etcd-ca.crt"}


@dataclass(frozen=True, slots=True)
class MakeRoot:
    """name: one of ROOTS."""

    name: str


@dataclass(frozen=True, slots=True)
class WriteBundle:
    """Every present authority is in it; authorities that were there before stay."""


@dataclass(frozen=True, slots=True)
class WriteKubeletBundle:
    """legacy: cluster-ca is in it too, as it signed certificates of kubelets before kubelet-ca was there."""

    legacy: bool


@dataclass(frozen=True, slots=True)
class Issue:
    certificate: CertificateWanted


@dataclass(frozen=True, slots=True)
class Observed:
    """What the namespace holds.

    authorities: by name of their Secret. leaves: by name of their Secret, None where one can't be read.
    roots: names of the roots that are there. bundle: fingerprints by name of the authority; None without a bundle.
    kubelet_bundle: fingerprints of those who may have signed a kubelet's serving certificate; None without that bundle.
    """

    authorities: Mapping[str, CertificateFacts] = field(default_factory=dict)
    leaves: Mapping[str, CertificateFacts | None] = field(default_factory=dict)
    roots: frozenset[str] = frozenset()
    bundle: Mapping[str, frozenset[str]] | None = None
    kubelet_bundle: frozenset[str] | None = None


def plan_pki(namespace: str, wanted: tuple[CertificateWanted, ...], observed: Observed, now: datetime,
             key_type: str, renew_within: timedelta = MARGIN) -> Plan:
    """Steps whose targets are MakeRoot, WriteBundle, WriteKubeletBundle or Issue. key_type: of new leaves; roots keep theirs."""
    nothing_is_lost(namespace, wanted, observed)
    return Plan((*_roots(namespace, observed), *_kubelet_bundle(namespace, observed, now), *_bundle(namespace, observed),
                 *_leaves(namespace, wanted, observed, now, key_type, renew_within)))


def near_their_end(namespace: str, observed: Observed, now: datetime) -> list[str]:
    """One sentence for every authority that should be rotated soon."""
    return [f"{namespace}/{name} expires on {facts.not_after:%Y-%m-%d} ({_days(facts.not_after - now)}): plan its rotation"
            for name, facts in observed.authorities.items() if facts.not_after - now < ROTATE_WITHIN]


def content_hash(data: Mapping[str, str]) -> str:
    """16 hex digits that change with the data of a Secret or ConfigMap; on a pod template they restart the pods."""
    digest = hashlib.sha256()
    for key in sorted(data):
        digest.update(f"{key}={len(data[key])}:{data[key]};".encode())
    return digest.hexdigest()[:16]


def encryption_config(secret: str) -> str:
    """EncryptionConfiguration for kube-apiserver. secret: base64 of 32 random bytes."""
    return f"""apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: "1"
              secret: {secret}
      - identity: {{}}
"""


def nothing_is_lost(namespace: str, wanted: tuple[CertificateWanted, ...], observed: Observed) -> None:
    """Raises CaasError if a root is gone on which others hang."""
    missing = [name for name in ROOTS if name not in observed.roots and not _comes_later(name, observed)]
    later = [certificate.name for certificate in wanted if certificate.name in observed.leaves]
    if observed.bundle is not None:
        later.insert(0, BUNDLE)
    if missing and later:
        raise CaasError(f"Secret {namespace}/{missing[0]} is lost",
                        why=f"{later[0]} is there, which is made after it; a new {missing} would break the running cluster",
                        fix="restore the Secret from a backup, or delete the cluster and create it again")


def _comes_later(name: str, observed: Observed) -> bool:
    """A cluster that was made before there was a kubelet-ca gets it while it runs."""
    return name == KUBELET_CA and observed.kubelet_bundle is None


def _roots(namespace: str, observed: Observed) -> Iterator[Step]:
    for name in ROOTS:
        if name not in observed.roots:
            header = f"Secret {namespace}/{name}"
            yield Step(f"Create {header}", MakeRoot(name), after=_ROOT_TEXT.get(name, _AUTHORITY_TEXT), header=header)


def _kubelet_bundle(namespace: str, observed: Observed, now: datetime) -> Iterator[Step]:
    """Before the other bundle: that one's absence tells a new cluster, none of whose kubelets cluster-ca has signed."""
    header, kubelets, cluster = f"ConfigMap {namespace}/{KUBELET_BUNDLE}", observed.authorities.get(KUBELET_CA), observed.authorities.get(CLUSTER_CA)
    if observed.kubelet_bundle is None:
        legacy = observed.bundle is not None
        yield Step(f"Create {header}", WriteKubeletBundle(legacy), after=_lines((KUBELET_CA, *((CLUSTER_CA,) if legacy else ()))), header=header)
        return
    known = [name for name, facts in ((KUBELET_CA, kubelets), (CLUSTER_CA, cluster)) if facts and facts.fingerprint in observed.kubelet_bundle]
    ended = CLUSTER_CA in known and bool(kubelets) and now - kubelets.not_before > LEGACY
    legacy = CLUSTER_CA in known and not ended
    reasons = [*([f"{KUBELET_CA} was not in it"] if KUBELET_CA not in known else []),
               *([f"all that {CLUSTER_CA} signed for kubelets has expired"] if ended else [])]
    if reasons:
        yield Step(f"Update {header}: {', '.join(reasons)}", WriteKubeletBundle(legacy), before=_lines(known),
                   after=_lines((KUBELET_CA, *((CLUSTER_CA,) if legacy else ()))), header=header)


def _bundle(namespace: str, observed: Observed) -> Iterator[Step]:
    header = f"ConfigMap {namespace}/{BUNDLE}"
    if observed.bundle is None:
        yield Step(f"Create {header}", WriteBundle(), after=_lines(BUNDLE_KEYS), header=header)
        return
    known = [name for name in BUNDLE_KEYS if observed.authorities[name].fingerprint in observed.bundle.get(name, ())]
    absent = [name for name in BUNDLE_KEYS if name not in known]
    if absent:
        yield Step(f"Update {header}: {', '.join(absent)} was not in it", WriteBundle(), before=_lines(known),
                   after=_lines(BUNDLE_KEYS), header=header)


def _leaves(namespace: str, wanted: tuple[CertificateWanted, ...], observed: Observed, now: datetime,
            key_type: str, renew_within: timedelta) -> Iterator[Step]:
    for certificate in wanted:
        header, after = f"Secret {namespace}/{certificate.name}", _wanted_text(certificate, key_type)
        if certificate.name not in observed.leaves:
            yield Step(f"Create {header}", Issue(certificate), after=after, header=header)
            continue
        facts = observed.leaves[certificate.name]
        reason = renewal_reason(certificate, facts, observed.authorities.get(certificate.authority), now, key_type, renew_within)
        if reason:
            before = _facts_text(facts) if facts else "unreadable\n"
            yield Step(f"Renew {header}: {reason}", Issue(certificate), before=before, after=after, header=header)


def renewal_reason(wanted: CertificateWanted, facts: CertificateFacts | None, authority: CertificateFacts | None,
                   now: datetime, key_type: str, renew_within: timedelta = MARGIN) -> str:
    """Why a certificate that exists is made anew; empty if it may stay."""
    if facts is None:
        return "it can't be read"
    if not facts.key_matches:
        return "its key belongs to another certificate"
    if authority is None or facts.issuer_fingerprint != authority.fingerprint:
        return f"it is not signed by {wanted.authority}"
    # one that ends with its authority would not live longer after a renewal
    if facts.not_after - now < renew_within and facts.not_after < authority.not_after:
        ended = facts.not_after <= now
        return f"it expired on {facts.not_after:%Y-%m-%d}" if ended else f"{_days(facts.not_after - now)} left"
    if facts.not_before > now:
        return f"it is valid from {facts.not_before:%Y-%m-%d %H:%M} UTC only"
    return _difference(wanted, facts, key_type)


def _difference(wanted: CertificateWanted, facts: CertificateFacts, key_type: str) -> str:
    has = facts.dns | facts.ips
    if added := sorted(wanted.names - has):
        return f"{'a name was' if len(added) == 1 else 'names were'} added ({', '.join(added)})"
    if gone := sorted(has - wanted.names):
        return f"{'a name is' if len(gone) == 1 else 'names are'} not used any more ({', '.join(gone)})"
    if (facts.common_name, facts.organizations) != (wanted.common_name, wanted.organizations):
        return "its subject changed"
    if facts.usages != wanted.usages:
        return "its usages changed"
    if facts.key_type != key_type:
        return f"its key is now {key_type}, was {facts.key_type}"
    return ""


def _lines(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in names)


def _days(left: timedelta) -> str:
    return "1 day" if left.days == 1 else f"{left.days} days"


_AUTHORITY_TEXT = f"certificate authority for {AUTHORITY_YEARS} years\n"
_ROOT_TEXT = {SERVICE_ACCOUNT_KEY: "key pair that signs service account tokens\n",
              ENCRYPTION_CONFIG: "random key that encrypts Secrets in etcd\n"}


def _wanted_text(wanted: CertificateWanted, key_type: str) -> str:
    return _text(wanted.common_name, wanted.organizations, wanted.names, wanted.usages, key_type,
                 f"{LEAF_DAYS} days from the day of issue")


def _facts_text(facts: CertificateFacts) -> str:
    return _text(facts.common_name, facts.organizations, facts.dns | facts.ips, facts.usages, facts.key_type,
                 f"{facts.not_after:%Y-%m-%d}")


def _text(common_name: str, organizations: frozenset[str], names: frozenset[str], usages: frozenset[str], key_type: str,
          until: str) -> str:
    return _lines([f"subject: {common_name}", *(f"group: {name}" for name in sorted(organizations)),
                   f"usages: {', '.join(sorted(usages))}", f"key: {key_type}", f"valid until: {until}",
                   *(f"name: {name}" for name in sorted(names))])
