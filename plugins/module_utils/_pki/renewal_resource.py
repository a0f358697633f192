# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Renews the certificates of a control plane that runs, and nothing else of it."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import FIELD_MANAGER, MERGE_PATCH
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.wait_client import wait_until_ready
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import pki, renewal
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import CertificateWanted, ClusterNames, wanted_certificates
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.options import CLUSTER_CERTIFICATES
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource


@dataclass(frozen=True, slots=True)
class Observed:
    """workloads: by name, as the API shows them. hashes: of what the namespace holds, by name."""

    pki: pki.Observed
    workloads: dict[str, dict[str, Any]]
    hashes: dict[str, str]


class ClusterCertificatesResource(PkiResource):
    OPTIONS = CLUSTER_CERTIFICATES

    @cached_property
    def wanted(self) -> tuple[CertificateWanted, ...]:
        """Which certificates there are and who signs them; their names stay as they are."""
        return wanted_certificates(ClusterNames(self.cluster, self.namespace, "", "", ""))

    def observe(self) -> Observed:
        if self.seed_namespace() is None:
            raise InvalidInput(f"Cluster {self.cluster} is not there", where=self.seed.server, why=f"the seed has no namespace {self.namespace}",
                               fix="check its name and its seed")
        found = self.observe_pki()
        if not found.leaves:
            raise InvalidInput(f"Cluster {self.cluster} has no certificates yet", where=f"namespace {self.namespace}",
                               fix="create it: ansible-playbook kubermatic.caas.create_cluster")
        damaged = sorted(name for name, facts in found.leaves.items() if facts is None or not facts.key_matches)
        if damaged:
            raise InvalidInput(f"Secret {self.namespace}/{damaged[0]} is damaged", where=self.seed.server,
                               fix="run create_cluster, which creates it again")
        workloads = {name: self.seed.get("apps/v1", kind, name, self.namespace) for kind, name in renewal.ORDER}
        return Observed(found, {name: workload for name, workload in workloads.items() if workload}, self.hashes())

    def plan(self, observed: Observed) -> Plan:
        return self.signed_in_time(renewal.plan_renewal(self.namespace, self.wanted, observed.pki, observed.workloads, observed.hashes, datetime.now(UTC),
                                                        self.renew_within))

    def hashes(self) -> dict[str, str]:
        """Of what the namespace holds now."""
        names = [("Secret", name) for name in (*pki.ROOTS, *(certificate.name for certificate in self.wanted))]
        bundles = [("ConfigMap", name) for name in (pki.BUNDLE, pki.KUBELET_BUNDLE)]
        return {name: pki.content_hash(data) for kind, name in [*names, *bundles] if (data := self.store.raw(kind, name))}

    def apply_step(self, step: Step) -> None:
        match step.target:
            case pki.Issue(certificate):
                self.issue(certificate, self.key_type_of(certificate.name))
            case renewal.Restart(kind, name):
                self.restart(kind, name)

    def key_type_of(self, name: str) -> str:
        facts = self.leaf(name, [])
        return renewal.key_type(facts) if facts else ""

    def restart(self, kind: str, name: str) -> None:
        """By the annotations that create_cluster writes too, so that it finds nothing to do afterwards."""
        live = self.seed.get("apps/v1", kind, name, self.namespace)
        changed = renewal.stale(name, live, self.hashes()) if live else {}
        if not changed:
            return
        path = self.seed.resource("apps/v1", kind).path(namespace=self.namespace, name=name)
        body = {"spec": {"template": {"metadata": {"annotations": changed}}}}
        self.seed.request("PATCH", path, {"fieldManager": FIELD_MANAGER}, body, MERGE_PATCH)
        seconds = wait_until_ready(self.seed, [{"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": self.namespace}}],
                                   timeout=self.params["wait_timeout"], progress=self.progress)
        self.progress(f"{name} runs with them ({seconds:.1f} s)")

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        renewed = [step.target.certificate.name for step in plan if isinstance(step.target, pki.Issue)]
        return {"renewed": renewed, "warnings": pki.near_their_end(self.namespace, observed.pki, datetime.now(UTC))}
