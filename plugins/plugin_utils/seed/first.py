# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The first machine of a seed: look, decide, install, initialise, fetch access. Two to four SSH executions."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeconfig_store as seed_kubeconfig
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.machine import INSTALL, MAINTAIN, Machine, SeedMachine

# parts of one execution each, and the step title before it
STAGES = (
    ("Install containerd, kubelet and kubeadm", INSTALL),
    ("Fetch the images of the control plane", ("seed_images",)),
    ("Initialise the seed (half a minute)", (*MAINTAIN, "seed_access")),
)


class FirstMachine(SeedMachine):
    """It is initialised, or if it is complete kept up; and it gives the control host its kubeconfig."""

    @property
    def server(self) -> str:
        return f"https://{self.seed.address}:{seeds.API_PORT}"

    @property
    def kubeconfig(self) -> str:
        return self.params["seed_kubeconfig"]

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        seed_kubeconfig.must_be_of(self.kubeconfig, self.server)
        return super().run(check_mode=check_mode)

    def report(self, machine: Machine, *, check_mode: bool) -> dict[str, Any]:
        return {**super().report(machine, check_mode=check_mode), "complete": not check_mode or self.has_access(machine)}

    def parts(self, machine: Machine) -> tuple[str, ...]:
        """All that a machine needs; a complete seed keeps its images by itself."""
        return tuple(part for dummy, parts in STAGES for part in parts if part != "seed_images" or not machine.complete)

    def has_access(self, machine: Machine) -> bool:
        return machine.complete and seed_kubeconfig.serves(self.kubeconfig, self.server, machine.host.ca_bundle)

    def show(self, machine: Machine) -> None:
        self.execute(machine, self.parts(machine), mode="plan", certificate_request="", certificate_days="")
        if not self.has_access(machine):
            self.steps.append(self.access_step())
        self.announce()

    def make(self, machine: Machine) -> None:
        key = "" if self.has_access(machine) else x509.new_key()
        request = x509.request(key, cn=seed_kubeconfig.USER, organizations=[seed_kubeconfig.GROUP]) if key else ""
        stages = (("", self.parts(machine)),) if machine.complete else STAGES
        for title, parts in stages:
            if title:
                self.say(title)
            answer = self.execute(machine, parts, mode="apply", certificate_request=request, certificate_days=str(seed_kubeconfig.DAYS))
        if key:
            self.write_access(answer.facts["cluster_ca"], answer.facts["control_host_certificate"], key)

    def access_step(self) -> Step:
        return Step(f"Write the kubeconfig {self.kubeconfig} of the seed {self.seed.name}")

    def write_access(self, ca_pem: str, certificate_pem: str, key_pem: str) -> None:
        step = self.access_step()
        seed_kubeconfig.write(self.kubeconfig, name=self.seed.name, server=self.server, ca_pem=ca_pem, certificate_pem=certificate_pem, key_pem=key_pem)
        self.steps.append(step)
        self.say(step.title)
