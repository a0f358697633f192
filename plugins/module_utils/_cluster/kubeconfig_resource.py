# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes a user's kubeconfig of a cluster to a file."""
from __future__ import annotations

import base64
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import user_kubeconfig
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import server_url
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig import Found, Wanted, foreign, lifetime, plan_kubeconfig, rfc3339, subject
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import KUBECONFIG
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.user_kubeconfig import UserKubeconfig
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import KEY_TYPES, CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._system import private_file
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree


@dataclass(frozen=True, slots=True)
class Observed:
    wanted: Wanted
    found: Found | None
    ca_pem: str


class KubeconfigResource(SteppingResource, ClusterResource):
    OPTIONS = KUBECONFIG

    observed: Observed
    written: CertificateFacts | None = None

    @cached_property
    def path(self) -> str:
        return os.path.abspath(self.params["path"])

    @cached_property
    def lifetime(self) -> timedelta:
        return lifetime(self.params["lifetime"])

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        # nothing of the cluster changes, so a kubeconfig that may only read is enough
        return nullcontext()

    def must_hold_lock(self) -> None:
        return

    def observe(self) -> Observed:
        wanted = Wanted(self.cluster, subject(self.params["user"], where="user"), subject(self.params["group"], where="group"),
                        self.lifetime)
        present = private_file.read(self.path)
        private_file.must_be_writable(self.path)
        server, ca_pem = self.reach()
        if ca_pem:
            wanted = Wanted(wanted.cluster, wanted.user, wanted.group, wanted.lifetime, server,
                            frozenset(x509.fingerprints(ca_pem)), x509.describe(ca_pem).not_after)
        self.observed = Observed(wanted, self.found(present, ca_pem), ca_pem)
        return self.observed

    def plan(self, observed: Observed) -> Plan:
        plan = plan_kubeconfig(self.path, observed.wanted, observed.found, datetime.now(UTC))
        if plan:
            must_agree(self.seed)
        return plan

    def apply_step(self, step: Step) -> None:
        wanted = self.observed.wanted
        authority = {key: base64.b64decode(value).decode() for key, value in self.needed("Secret", "cluster-ca").items()}
        key_type = x509.describe(authority["tls.crt"]).key_type
        certificate, key = x509.issue(authority["tls.crt"], authority["tls.key"], cn=wanted.user, organizations=[wanted.group],
                                      minutes=int(self.lifetime.total_seconds() // 60),
                                      key_type=key_type if key_type in KEY_TYPES else KEY_TYPES[0])
        private_file.write(self.path, user_kubeconfig.render(UserKubeconfig(
            wanted.cluster, wanted.user, wanted.server, self.observed.ca_pem, certificate, key)))
        self.written = x509.describe(certificate)
        self.progress(f"{self.path} expires at {rfc3339(self.written.not_after)}")

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        kept = observed.found.certificate if observed.found and not plan else None
        certificate = self.written or kept
        return {"path": self.path, "server": observed.wanted.server,
                "expires": rfc3339(certificate.not_after) if certificate else ""}

    def reach(self) -> tuple[str, str]:
        """URL and authorities of the cluster, empty if a check runs before it exists."""
        try:
            endpoint, bundle = self.needed("ConfigMap", "endpoint"), self.needed("ConfigMap", "ca-bundle")
        except NotReady:
            if self.check_mode:
                return "", ""
            raise
        return server_url(endpoint["address"], endpoint["port"]), bundle["ca.crt"]

    def needed(self, kind: str, name: str) -> dict[str, str]:
        found = self.seed.get("v1", kind, name, self.namespace)
        if found is None:
            raise NotReady(f"Cluster {self.cluster} is not there yet: {kind} {self.namespace}/{name} is missing",
                           where=self.seed.server, fix="create the cluster: ansible-playbook kubermatic.caas.create_cluster")
        return found["data"]

    def found(self, present: private_file.PrivateFile | None, ca_pem: str) -> Found | None:
        if present is None or not present.content.strip():
            return None
        config = user_kubeconfig.parse(present.content)
        if config is None:
            raise foreign(self.path, self.cluster, None)
        try:
            authorities = frozenset(x509.fingerprints(config.ca_pem))
            facts = x509.describe(config.certificate_pem, key_pem=config.key_pem, authorities=[ca_pem] if ca_pem else [])
        except InvalidInput:
            authorities, facts = frozenset(), None
        return Found(config.cluster, config.user, config.server, authorities,
                     facts if facts and facts.key_matches else None, is_private=not present.mode & 0o077)
