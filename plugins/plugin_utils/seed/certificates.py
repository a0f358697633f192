# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates of a control-plane machine of a seed, and the control host's own access to that seed, are renewed. Nothing else of the machine changes."""
from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import certificate_ends, x509
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeconfig_store as seed_kubeconfig
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble

PARTS = ("seed_kubeadm", "seed_access", "seed_certificates")


class SeedCertificates:
    """params: as in the argument spec of seed_certificates; say: prints one line at once."""

    def __init__(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> None:
        self.remote, self.params, self.say = remote, params, say
        self.name, self.seed = seeds.checked_name(params["machine"], "machine"), seeds.checked_name(params["seed"], "seed")
        self.within = timedelta(days=params["renew_within_days"])

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """The result of the task. Raises CaasError."""
        facts = self.remote.run(assemble(("facts", "seed_facts"))).facts
        mark = seeds.read_mark(facts.get("seed_mark", ""))
        if mark is None or mark.seed != self.seed or not mark.complete:
            raise InvalidInput(f"The machine {self.name} is not a complete machine of the seed {self.seed}", where=f"host {self.remote.host}",
                               fix="run the playbook create_seed")
        key = x509.new_key() if self.access_ends(facts.get("ca_bundle", "")) else ""
        request = x509.request(key, cn=seed_kubeconfig.USER, organizations=[seed_kubeconfig.GROUP]) if key else ""
        answer = self.remote.run(assemble(PARTS, mode="plan" if check_mode else "apply", config={
            "seed": self.seed, "machine": self.name, "role": mark.role, "kubernetes_version": mark.kubernetes_version,
            "renew_within": int(self.within.total_seconds()), "certificate_request": request, "certificate_days": str(seed_kubeconfig.DAYS)}))
        steps = list(answer.steps)
        for sentence in () if check_mode else answer.sentences():
            self.say(sentence)
        if key:
            steps.append(Step(f"Write the kubeconfig {self.params['seed_kubeconfig']} of the seed {self.seed}"))
        if key and not check_mode:
            self.write_access(answer.facts["cluster_ca"], answer.facts["control_host_certificate"], key)
            self.say(steps[-1].title)
        for step in steps if check_mode else ():
            self.say(f"would: {step.title}")
        plan = Plan(tuple(steps))
        return {"changed": bool(plan), "steps": plan.titles(), "diff": plan.diff(), **self.ends(answer.facts)}

    def ends(self, facts: dict[str, str]) -> dict[str, Any]:
        now = datetime.now(UTC)
        leaves, authorities = (certificate_ends.of_openssl(facts, prefix) for prefix in ("ends_", "authority_"))
        return {"first_end": certificate_ends.shown(certificate_ends.first(leaves), now),
                "warnings": [f"{one.name} of the seed {self.seed} expires on {one.moment:%Y-%m-%d}: plan to rebuild the seed" for one in authorities
                             if one.moment - now < certificate_ends.AUTHORITY_SOON]}

    def access_ends(self, ca_pem: str) -> bool:
        """Whether the control host's kubeconfig was made by create_seed for this seed, and ends soon. One of another origin is its owner's business."""
        path = self.params["seed_kubeconfig"]
        if not path or not ca_pem or not os.path.lexists(path):
            return False
        access = kubeconfig_file.read(path)
        try:
            facts = x509.describe(access.client_cert_pem, authorities=[ca_pem])
        except InvalidInput:
            return False
        return facts.common_name == seed_kubeconfig.USER and bool(facts.issuer_fingerprint) and facts.not_after - datetime.now(UTC) < self.within

    def write_access(self, ca_pem: str, certificate_pem: str, key_pem: str) -> None:
        path = self.params["seed_kubeconfig"]
        seed_kubeconfig.write(path, name=self.seed, server=kubeconfig_file.read(path).server, ca_pem=ca_pem, certificate_pem=certificate_pem, key_pem=key_pem)
