# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes and renews the authorities, certificates and keys of a control plane. Keys are made here and go to the seed only."""
from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.outside_address import outside_address
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import LABEL_SET
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import pki, x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import (
    AUTHORITIES,
    CLUSTER_CA,
    KUBELET_CA,
    CertificateWanted,
    ClusterNames,
    authority_name,
    wanted_certificates,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import PKI
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_store import PkiStore
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree


class PkiResource(SteppingResource, ClusterResource):
    OPTIONS = PKI

    @cached_property
    def wanted(self) -> tuple[CertificateWanted, ...]:
        # an address that a load balancer will get is unknown to a check of a cluster that doesn't exist yet
        address = self.params["address"]
        return wanted_certificates(ClusterNames(
            self.cluster, self.namespace,
            address="" if self.check_mode and not address else outside_address(address),
            service_address=outside_address(self.params["service_address"], where="service_address"),
            dns_domain=outside_address(self.params["dns_domain"], where="dns_domain"),
            etcd_size_max=self.params["etcd_size_max"]))

    @property
    def key_type(self) -> str:
        """Of keys that are made."""
        return self.params["key_type"]

    @cached_property
    def store(self) -> PkiStore:
        return PkiStore(self.seed, self.namespace, {**labels(self.cluster), LABEL_SET: "pki"})

    def observe(self) -> pki.Observed:
        return self.observe_pki()

    def observe_pki(self) -> pki.Observed:
        wanted = self.wanted
        self.store.load()
        roots = frozenset(name for name in pki.ROOTS if self.store.raw("Secret", name) is not None)
        signers = [self.store.secret(name).get("tls.crt", "") for name in AUTHORITIES if name in roots]
        return pki.Observed(
            roots=roots,
            authorities={name: self.authority(name) for name in AUTHORITIES if name in roots},
            leaves={certificate.name: self.leaf(certificate.name, signers) for certificate in wanted
                    if self.store.raw("Secret", certificate.name) is not None},
            bundle=self.bundle(), kubelet_bundle=self.kubelet_bundle())

    def plan(self, observed: pki.Observed) -> Plan:
        return self.signed_in_time(pki.plan_pki(self.namespace, self.wanted, observed, datetime.now(UTC), self.key_type, self.renew_within))

    def signed_in_time(self, plan: Plan) -> Plan:
        """The plan. Raises CaasError if something is to be signed and this machine's clock is wrong."""
        if any(isinstance(step.target, (pki.MakeRoot, pki.Issue)) for step in plan):
            must_agree(self.seed)
        return plan

    @property
    def renew_within(self) -> timedelta:
        return timedelta(days=self.params["renew_within_days"])

    def apply_step(self, step: Step) -> None:
        match step.target:
            case pki.MakeRoot(name):
                self.make_root(name)
            case pki.WriteBundle():
                self.write_bundle()
            case pki.WriteKubeletBundle(legacy):
                self.write_kubelet_bundle(legacy)
            case pki.Issue(certificate):
                self.issue(certificate)

    def report(self, observed: pki.Observed, plan: Plan) -> dict[str, Any]:
        names = [("Secret", name) for name in (*pki.ROOTS, *(certificate.name for certificate in self.wanted))]
        bundles = [("ConfigMap", name) for name in (pki.BUNDLE, pki.KUBELET_BUNDLE)]
        hashes = {name: pki.content_hash(self.store.raw(kind, name) or {}) if self.store.raw(kind, name) else ""
                  for kind, name in [*names, *bundles]}
        if self.check_mode:
            hashes.update({self.object_of(step): "" for step in plan})
        return {"hashes": hashes, "ca_bundle": self.store.config_map(pki.BUNDLE).get("ca.crt", ""),
                "kubelet_ca_bundle": self.store.config_map(pki.KUBELET_BUNDLE).get("ca.crt", ""),
                "warnings": pki.near_their_end(self.namespace, observed, datetime.now(UTC))}

    def authority(self, name: str) -> CertificateFacts:
        found = self.store.secret(name)
        try:
            facts = x509.describe(found.get("tls.crt", ""), key_pem=found.get("tls.key", ""))
        except InvalidInput as error:
            raise self.damaged(name, error.what) from error
        if not (facts.is_authority and facts.key_matches):
            raise self.damaged(name, "tls.key and tls.crt are not the key and certificate of a CA")
        return facts

    def damaged(self, name: str, why: str) -> CaasError:
        return CaasError(f"Secret {self.namespace}/{name} is damaged", where=self.seed.server, why=why,
                         fix="restore it from a backup; a run never replaces it, because all nodes trust it")

    def leaf(self, name: str, signers: list[str]) -> CertificateFacts | None:
        found = self.store.secret(name)
        try:
            return x509.describe(found.get("tls.crt", ""), key_pem=found.get("tls.key", ""), authorities=signers)
        except InvalidInput:
            return None

    def bundle(self) -> dict[str, frozenset[str]] | None:
        if self.store.raw("ConfigMap", pki.BUNDLE) is None:
            return None
        found = self.store.config_map(pki.BUNDLE)
        try:
            return {name: frozenset(x509.fingerprints(found.get(key, ""))) for name, key in pki.BUNDLE_KEYS.items()}
        except InvalidInput as error:
            raise CaasError(f"ConfigMap {self.namespace}/{pki.BUNDLE} is damaged", where=self.seed.server, why=error.what,
                            fix="restore it from a backup, or delete it if the CAs were never rotated") from error

    def kubelet_bundle(self) -> frozenset[str] | None:
        if self.store.raw("ConfigMap", pki.KUBELET_BUNDLE) is None:
            return None
        try:
            return frozenset(x509.fingerprints(self.store.config_map(pki.KUBELET_BUNDLE).get("ca.crt", "")))
        except InvalidInput as error:
            raise CaasError(f"ConfigMap {self.namespace}/{pki.KUBELET_BUNDLE} is damaged", where=self.seed.server, why=error.what,
                            fix="restore it from a backup") from error

    def make_root(self, name: str) -> None:
        key_type = self.key_type
        if name in AUTHORITIES:
            certificate, key = x509.self_signed_ca(authority_name(self.cluster, name), pki.AUTHORITY_YEARS, key_type=key_type)
            data = {"tls.crt": certificate, "tls.key": key}
        elif name == pki.SERVICE_ACCOUNT_KEY:
            key = x509.new_key(key_type)
            data = {"sa.key": key, "sa.pub": x509.public_key(key)}
        else:
            data = {"config.yaml": pki.encryption_config(base64.b64encode(secrets.token_bytes(32)).decode("ascii"))}
        if not self.store.create_secret(name, data):
            self.progress(f"Secret {self.namespace}/{name} was created by another process meanwhile: this run keeps it")

    def write_bundle(self) -> None:
        bundle = self.store.config_map(pki.BUNDLE)
        for name, key in pki.BUNDLE_KEYS.items():
            certificate = self.store.secret(name)["tls.crt"]
            if x509.fingerprint(certificate) not in x509.fingerprints(bundle.get(key, "")):
                bundle[key] = certificate + bundle.get(key, "")
        self.store.apply_config_map(pki.BUNDLE, bundle)

    def write_kubelet_bundle(self, legacy: bool) -> None:
        """Authorities that were there before stay, but for cluster-ca."""
        own, cluster = (self.store.secret(name)["tls.crt"] for name in (KUBELET_CA, CLUSTER_CA))
        dropped = {x509.fingerprint(own), x509.fingerprint(cluster)}
        before = x509.certificates(self.store.config_map(pki.KUBELET_BUNDLE).get("ca.crt", ""))
        others = [pem for pem in before if x509.fingerprint(pem) not in dropped]
        self.store.apply_config_map(pki.KUBELET_BUNDLE, {"ca.crt": "".join([own, *others, *([cluster] if legacy else [])])})

    def issue(self, wanted: CertificateWanted, key_type: str = "") -> None:
        authority = self.store.secret(wanted.authority)
        certificate, key = x509.issue(authority["tls.crt"], authority["tls.key"], cn=wanted.common_name,
                                      organizations=sorted(wanted.organizations), dns=sorted(wanted.dns),
                                      ips=sorted(wanted.ips), usages=sorted(wanted.usages), days=pki.LEAF_DAYS,
                                      key_type=key_type or self.key_type)
        self.store.apply_tls_secret(wanted.name, certificate, key)

    def object_of(self, step: Step) -> str:
        match step.target:
            case pki.MakeRoot(name):
                return name
            case pki.Issue(certificate):
                return certificate.name
            case pki.WriteKubeletBundle():
                return pki.KUBELET_BUNDLE
            case dummy:
                return pki.BUNDLE
