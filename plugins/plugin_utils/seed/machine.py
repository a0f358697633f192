# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One machine of a seed: what all have in common. See seed_first.py and seed_joining.py for the two ways to become one."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shapes import KUBEADM, fitting
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import mirror_url, registry_place
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import http_proxy, registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, Mirrors, unprotected
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile, runtime_config
from ansible_collections.kubermatic.caas.plugins.module_utils._host.kubelet import check_resolver
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import files as seed_files
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeadm
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines as seed_machines
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import version as seed_version
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer, HostFailed, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import Value, assemble

INSTALL = ("artefacts", "runtime")
MAINTAIN = ("seed_kubeadm", "seed_encryption", "seed", "seed_change", "seed_encrypted")


def wanted_seed(params: dict[str, Any]) -> seeds.Seed:
    """Raises InvalidInput before anything is touched."""
    several = len(params["control_planes"]) > 1
    seed = seeds.Seed(
        name=seeds.checked_name(params["seed"], "seed"), address=params["seed_address"],
        components=seed_version.asked_for(params["seed_kubernetes_version"] or None),
        pod_cidr=params["seed_pod_cidr"], service_cidr=params["seed_service_cidr"], registry=params["kubernetes_registry"].rstrip("/"),
        audit_log=params["seed_audit_log"], endpoint=params["seed_address"] if several else "", kubelet_config=params["seed_kubelet_config"],
        schedulable=params["seed_schedulable"] if params["seed_schedulable"] is not None else not params["workers"],
        kube_proxy_config=params["kube_proxy_config"], flannel=params["seed_cni"] == "flannel")
    seeds.checked_networks(seed)
    check_resolver(seed.kubelet_config)
    return seed


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as it was found. address: its own, the one that its API server announces; config: the kubeadm file of a former run."""

    host: hosts.Host
    able: hosts.Capability
    mark: seeds.Mark | None
    address: str
    config: list[dict[str, Any]]

    @property
    def complete(self) -> bool:
        return bool(self.mark and self.mark.complete)


class SeedMachine:
    """params: as in the argument spec of seed_node; say: prints one line at once."""

    def __init__(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> None:
        self.remote, self.params, self.say = remote, params, say
        self.name = seeds.checked_name(params["machine"], "machine")
        self.role: str = params["seed_role"]
        if params["control_planes"] is None:
            params = self.params = {**params, "control_planes": [self.name]}
        self.seed = wanted_seed(params)
        self.proxy = http_proxy.read(params)
        for name in ("kubernetes_mirror", "github_mirror"):
            mirror_url(params[name], name)
        for name in ("kubernetes_registry", "flannel_registry", "local_path_registry", "busybox_registry"):
            registry_place(params[name], name)
        self.registries = tuple(registry_mirrors.files(registry_mirrors.read(params["registry_mirrors"])))
        seed_machines.check_number(self.seed.name, params["control_planes"])
        seed_machines.check_address(self.seed.name, params["control_planes"], self.name, params["machine_address"], self.seed.address)
        self.steps: list[Step] = []
        self.encryption = ""
        self.encryption_config = ""

    @property
    def several(self) -> bool:
        return len(self.params["control_planes"]) > 1

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """The result of the task. Raises CaasError."""
        machine = self.look()
        if check_mode:
            self.show(machine)
        else:
            self.make(machine)
        plan = Plan(tuple(self.steps))
        return {"changed": bool(plan), "steps": plan.titles(), "diff": plan.diff(), **self.report(machine, check_mode=check_mode)}

    def report(self, machine: Machine, *, check_mode: bool) -> dict[str, Any]:
        return {"machine": self.name, "seed_role": self.role, "address": machine.address, "complete": machine.complete,
                "server": f"https://{self.seed.endpoint or machine.address}:{seeds.API_PORT}",
                "seed_kubernetes_version": self.seed.kubernetes_version, "seed_pod_cidr": self.seed.pod_cidr,
                "components": self.seed.components.versions(),
                "images": seed_files.images(self.seed.components, self.params),
                "encryption": self.encryption, "encryption_config": self.encryption_config}

    def show(self, machine: Machine) -> None:
        """What would be done."""

    def make(self, machine: Machine) -> None:
        """Does what is missing."""

    def look(self) -> Machine:
        before = time.time()
        facts = self.remote.run(assemble(("facts", "other_software", "seed_facts"), config={
            "towards": self.seed.address, "resolver": self.seed.kubelet_config.get("resolvConf", "")})).facts
        host = read_host(facts, before=before, after=time.time())
        mark = seeds.read_mark(facts.get("seed_mark", ""))
        self.seed = replace(self.seed, components=seed_version.components(self.params["seed_kubernetes_version"] or None, mark, self.params["components"]))
        reasons = seeds.objections(self.seed, host, mark, facts.get("kubeadm_remains", ""), self.role)
        if reasons:
            raise InvalidInput(f"The machine {self.name} can't be {'the' if self.alone else 'a machine of the'} seed {self.seed.name}",
                               where=f"host {self.remote.host}", why=". ".join(reasons))
        for warning in seeds.warnings(self.seed, host, mark, kubeadm.kubelet_configuration(self.seed, hosts.capability(host))):
            self.say(f"warning: {warning}")
        config = self.kept_config(facts.get("kubeadm_config", ""))
        address = seed_machines.own_address(host, seed_address=self.seed.address, several=self.several, hint=self.params["machine_address"])
        if mark and mark.complete:
            self.seed = kubeadm.as_it_is(self.seed, config, several=self.several, schedulable=self.params["seed_schedulable"])
            if (announced := kubeadm.advertised_address(config)) in host.addresses:
                address = announced
        machine = Machine(host, hosts.capability(host), mark, address, config)
        if machine.complete:
            self.must_fit(machine)
            if (hint := seed_version.hint(self.seed.kubernetes_version)):
                self.say(hint)
        else:
            for text in (*unprotected(self.artefacts(machine)), *registry_mirrors.unprotected(registry_mirrors.read(self.params["registry_mirrors"]))):
                self.say(f"warning: {text}")
            self.say(f"{host.os_name}, kernel {host.kernel}, cgroup v{host.cgroup_version}, {host.cpus} CPUs, {host.memory} MiB, address {address}")
        return machine

    def kept_config(self, text: str) -> list[dict[str, Any]]:
        """Documents of the kubeadm file that a former run wrote. An administrator may have changed them since."""
        try:
            return fitting([one for one in yaml.safe_load_all(text) if one is not None], [KUBEADM], "the file")
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise InvalidInput("The kubeadm file of the machine can't be read", where=f"host {self.remote.host}, /etc/kubernetes/kubeadm.yaml",
                               why=str(error)[:300], fix="correct the file: a run keeps it as it is") from None

    @property
    def alone(self) -> bool:
        return not self.several and not self.params["workers"]

    def must_fit(self, machine: Machine) -> None:
        found = kubeadm.fixed_differences(machine.config, self.documents(machine), several=self.several) if self.role == seeds.CONTROL_PLANE else []
        if found:
            raise InvalidInput(f"The seed {self.seed.name} exists and can't be changed like this", where=f"host {self.remote.host}", why="; ".join(found),
                               fix="set the former values again, or build another seed")

    def documents(self, machine: Machine) -> list[dict[str, Any]]:
        return kubeadm.documents(self.seed, machine.able, machine=self.name, address=machine.address)

    def files(self, machine: Machine) -> tuple[HostFile, ...]:
        own = seed_files.control_plane_files(
            self.seed, kubeadm_config=yaml.safe_dump_all(self.documents(machine), sort_keys=False),
            audit_policy=yaml.safe_dump(kubeadm.audit_policy(), sort_keys=False)) if self.role == seeds.CONTROL_PLANE else ()
        return (*seed_files.files(self.seed, machine.host, machine.able, registries=self.registries, proxy=self.proxy), *own)

    def artefacts(self, machine: Machine) -> tuple[Artefact, ...]:
        return seed_files.artefacts(self.seed, machine.host, Mirrors(
            self.params["kubernetes_mirror"], self.params["github_mirror"], self.params["artefact_sha256"]))

    def execute(self, machine: Machine, parts: Iterable[str], *, mode: str, seed_part: str = "seed", **words: str) -> Answer:
        """seed_part: the part that writes the files of the seed. words: further configuration of the parts."""
        config: dict[str, Value] = {
            **runtime_config(self.registries), **self.proxy.words(), "images": kubeadm.images(self.seed, self.role), "seed": self.seed.name,
            "machine": self.name, "role": self.role, "kubernetes_version": self.seed.kubernetes_version,
            "components": ",".join(f"{name}:{version}" for name, version in self.seed.components.versions().items()),
            "alone": not self.several, "first": not self.params["server"], "encryption_goal": self.params["encryption_goal"],
            "encryption_config": self.params["encryption_config"], **words}
        files = (replace(item, part=seed_part) if item.part == "seed" else item for item in self.files(machine))
        try:
            answer = self.remote.run(assemble(parts, mode=mode, config=config, files=[item for item in files if item.part in parts],
                                              artefacts=self.artefacts(machine)))
        except HostFailed as failed:
            self.tell(failed.answer, mode)
            raise
        self.tell(answer, mode)
        self.encryption = answer.facts.get("encryption", self.encryption)
        self.encryption_config = answer.facts.get("encryption_config", self.encryption_config)
        return answer

    def tell(self, answer: Answer, mode: str) -> None:
        self.steps += answer.steps
        sentences = (*answer.notes, *answer.sentences()) if mode == "apply" else ()
        for sentence in (*(f"warning: {text}" for text in answer.warnings), *sentences):
            self.say(sentence)

    def announce(self) -> None:
        """In check mode: what was found."""
        for step in self.steps:
            self.say(f"would: {step.title}")
