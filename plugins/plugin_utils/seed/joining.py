# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A further machine of a seed. SSH attests it: it makes a key, a machine of the seed signs for it, and it joins with that; no token exists."""
from __future__ import annotations

import re
from typing import Any

import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import files as seed_files
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeadm
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.machine import INSTALL, MAINTAIN, Machine, SeedMachine

SERVER = re.compile(r"https://[0-9.]+:[0-9]+")
PREPARE = (
    ("Install containerd, kubelet and kubeadm", INSTALL),
    ("Fetch the images", ("seed_images", "seed_kubeadm", "seed_key")),
)
JOIN = ("seed_kubeadm", "seed_key", "seed_join")


class JoiningMachine(SeedMachine):
    """Without an admission it gets ready to join and hands out its request, with one it joins. If it is complete it is kept up."""

    request: dict[str, str] | None = None
    joined = False

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        if not SERVER.fullmatch(self.params["server"]):
            raise InvalidInput(f"The server {self.params['server'][:60]!r} can't be joined", where="server", fix="write it like https://198.51.100.10:6443")

    def report(self, machine: Machine, *, check_mode: bool) -> dict[str, Any]:
        return {**super().report(machine, check_mode=check_mode), "complete": machine.complete or self.joined, "request": self.request}

    def files(self, machine: Machine) -> tuple[HostFile, ...]:
        join = kubeadm.join_configuration(self.seed, machine.able, machine=self.name, address=machine.address, role=self.role)
        patch = kubeadm.kubelet_configuration(self.seed, machine.able)
        return (*super().files(machine), *seed_files.joining_files(
            join_config=yaml.safe_dump(join, sort_keys=False), kubelet_patch=yaml.safe_dump(patch, sort_keys=False)))

    def upkeep(self, machine: Machine, mode: str) -> None:
        if self.role == seeds.CONTROL_PLANE:
            self.execute(machine, (*INSTALL, *MAINTAIN), mode=mode)
        else:
            self.execute(machine, (*INSTALL, "seed_kubeadm", "seed_worker"), mode=mode, seed_part="seed_worker", server=self.params["server"])

    def show(self, machine: Machine) -> None:
        if machine.complete:
            self.upkeep(machine, "plan")
        else:
            parts = (*(part for dummy, parts in PREPARE for part in parts), "seed_join")
            self.execute(machine, parts, mode="plan", seed_part="seed_join", **self.admission())
        self.announce()

    def make(self, machine: Machine) -> None:
        if machine.complete:
            self.upkeep(machine, "apply")
        elif self.params["admission"]:
            self.say("Join the seed (half a minute)")
            self.execute(machine, JOIN, mode="apply", seed_part="seed_join", **self.admission())
            self.joined = True
        else:
            for title, parts in PREPARE:
                self.say(title)
                facts = self.execute(machine, parts, mode="apply").facts
            # a machine that joined since its facts were read, as a run that was killed had begun it, asks for nothing
            self.joined = "join_request" not in facts
            if self.joined:
                return
            self.request = {"machine": self.name, "seed_role": self.role, "address": machine.address,
                            "request": facts["join_request"], "recipient": facts["join_recipient"]}

    def admission(self) -> dict[str, str]:
        given = self.params["admission"] or {}
        return {"server": self.params["server"], **{f"admission_{name}": given.get(name) or "" for name in ("ca", "certificate", "keys")}}
