# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One machine becomes the control plane of a seed: look, decide, install, initialise, fetch access. Two to four SSH executions."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter import seed_kubeconfig, x509
from ansible_collections.kubermatic.caas.plugins.module_utils._model import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import host as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import kubeadm, seed_files
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import seed as seeds
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.artefacts import Artefact, Mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.host_facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.host_files import HostFile, runtime_config
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.remote import Answer, HostFailed, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.script import Value, assemble

# parts of one execution each, and what is said before it
STAGES = (
    ("Install containerd, kubelet and kubeadm", ("artefacts", "runtime")),
    ("Fetch the images of the control plane", ("seed_images",)),
    ("Initialise the seed (half a minute)", ("seed", "seed_change", "seed_access")),
)


def wanted_seed(params: dict[str, Any]) -> seeds.Seed:
    """Raises InvalidInput before anything is touched."""
    version = params["seed_kubernetes_version"] or catalogue.newest_public()
    seed = seeds.Seed(
        name=seeds.checked_name(params["seed"], "seed"), address=params["seed_address"],
        components=catalogue.choose(version, where="seed_kubernetes_version").components,
        pod_cidr=params["seed_pod_cidr"], service_cidr=params["seed_service_cidr"], registry=params["kubernetes_registry"].rstrip("/"),
        audit_log=params["seed_audit_log"], schedulable=params["seed_schedulable"], kubelet_config=params["seed_kubelet_config"],
        kube_proxy_config=params["kube_proxy_config"])
    seeds.checked_networks(seed)
    return seed


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as it was found. address: its own, the one that its API server announces; config: the kubeadm file of a former run."""

    host: hosts.Host
    able: hosts.Capability
    mark: seeds.Mark | None
    address: str
    config: str

    @property
    def complete(self) -> bool:
        return bool(self.mark and self.mark.complete)


class SeedMachine:
    """params: as in the argument spec of seed_node; say: prints one line at once."""

    def __init__(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> None:
        self.remote, self.params, self.say = remote, params, say
        self.name = seeds.checked_name(params["machine"], "machine")
        self.seed = wanted_seed(params)
        self.server = f"https://{self.seed.address}:{seeds.API_PORT}"
        self.kubeconfig = params["seed_kubeconfig"]
        self.steps: list[Step] = []

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """The result of the task. Raises CaasError."""
        seed_kubeconfig.must_be_of(self.kubeconfig, self.server)
        machine = self.look()
        if check_mode:
            self.show(machine)
        else:
            self.make(machine)
        plan = Plan(tuple(self.steps))
        return {"changed": bool(plan), "steps": plan.titles(), "diff": plan.diff(), "address": machine.address,
                "seed_kubernetes_version": self.seed.kubernetes_version, "seed_pod_cidr": self.seed.pod_cidr,
                "images": seed_files.images(self.seed.components, self.params), "complete": not check_mode or self.has_access(machine)}

    def look(self) -> Machine:
        before = time.time()
        facts = self.remote.run(assemble(("facts", "seed_facts"), config={"towards": self.seed.address})).facts
        host = read_host(facts, before=before, after=time.time())
        mark = seeds.read_mark(facts.get("seed_mark", ""))
        reasons = seeds.objections(self.seed, host, mark, facts.get("kubeadm_remains", ""))
        if reasons:
            raise InvalidInput(f"The machine {self.name} can't be the seed {self.seed.name}", where=f"host {self.remote.host}", why=". ".join(reasons))
        for warning in hosts.warnings(host):
            self.say(f"warning: {warning}")
        address = self.seed.address if self.seed.address in host.addresses else host.source_address or next(iter(host.addresses), "")
        machine = Machine(host, hosts.capability(host), mark, address, facts.get("kubeadm_config", ""))
        if machine.complete:
            self.must_fit(machine)
        else:
            self.say(f"{host.os_name}, kernel {host.kernel}, cgroup v{host.cgroup_version}, {host.cpus} CPUs, {host.memory} MiB, address {address}")
        return machine

    def must_fit(self, machine: Machine) -> None:
        found = kubeadm.fixed_differences(list(yaml.safe_load_all(machine.config)), self.documents(machine))
        if found:
            raise InvalidInput(f"The seed {self.seed.name} exists and can't be changed so", where=f"host {self.remote.host}", why="; ".join(found),
                               fix="set the former values again, or build another seed")

    def documents(self, machine: Machine) -> list[dict[str, Any]]:
        return kubeadm.documents(self.seed, machine.able, machine=self.name, address=machine.address)

    def files(self, machine: Machine) -> tuple[HostFile, ...]:
        return seed_files.files(
            self.seed, machine.host, machine.able, registry_mirrors=self.params["registry_mirrors"],
            kubeadm_config=yaml.safe_dump_all(self.documents(machine), sort_keys=False), audit_policy=yaml.safe_dump(kubeadm.audit_policy(), sort_keys=False))

    def artefacts(self, machine: Machine) -> tuple[Artefact, ...]:
        return seed_files.artefacts(self.seed, machine.host, Mirrors(
            self.params["kubernetes_mirror"], self.params["github_mirror"], self.params["artefact_sha256"]))

    def execute(self, machine: Machine, parts: Iterable[str], *, mode: str, request: str = "") -> Answer:
        config: dict[str, Value] = {
            **runtime_config(self.params["registry_mirrors"]), "images": kubeadm.images(self.seed), "seed": self.seed.name, "machine": self.name,
            "kubernetes_version": self.seed.kubernetes_version, "certificate_request": request, "certificate_days": seed_kubeconfig.DAYS}
        files = tuple(item for item in self.files(machine) if item.part in parts)
        try:
            answer = self.remote.run(assemble(parts, mode=mode, config=config, files=files, artefacts=self.artefacts(machine)))
        except HostFailed as failed:
            self.tell(failed.answer, mode)
            raise
        self.tell(answer, mode)
        return answer

    def tell(self, answer: Answer, mode: str) -> None:
        self.steps += answer.steps
        sentences = (*answer.notes, *answer.sentences()) if mode == "apply" else ()
        for sentence in (*(f"warning: {text}" for text in answer.warnings), *sentences):
            self.say(sentence)

    def parts(self, machine: Machine) -> tuple[str, ...]:
        """All that a machine needs; a complete seed keeps its images by itself."""
        return tuple(part for dummy, parts in STAGES for part in parts if part != "seed_images" or not machine.complete)

    def has_access(self, machine: Machine) -> bool:
        return machine.complete and seed_kubeconfig.serves(self.kubeconfig, self.server, machine.host.ca_bundle)

    def show(self, machine: Machine) -> None:
        self.execute(machine, self.parts(machine), mode="plan")
        if not self.has_access(machine):
            self.steps.append(self.access_step())
        for step in self.steps:
            self.say(f"would: {step.title}")

    def make(self, machine: Machine) -> None:
        key = "" if self.has_access(machine) else x509.new_key()
        request = x509.request(key, cn=seed_kubeconfig.USER, organizations=[seed_kubeconfig.GROUP]) if key else ""
        stages = (("", self.parts(machine)),) if machine.complete else STAGES
        for title, parts in stages:
            if title:
                self.say(title)
            answer = self.execute(machine, parts, mode="apply", request=request)
        if key:
            self.write_access(answer.facts["cluster_ca"], answer.facts["control_host_certificate"], key)

    def access_step(self) -> Step:
        return Step(f"Write the kubeconfig {self.kubeconfig} of the seed {self.seed.name}")

    def write_access(self, ca_pem: str, certificate_pem: str, key_pem: str) -> None:
        step = self.access_step()
        seed_kubeconfig.write(self.kubeconfig, name=self.seed.name, server=self.server, ca_pem=ca_pem, certificate_pem=certificate_pem, key_pem=key_pem)
        self.steps.append(step)
        self.say(step.title)
