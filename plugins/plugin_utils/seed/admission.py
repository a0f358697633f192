# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine of a seed lets another one in: it signs for it, and encrypts the seed's authorities for it. The control host only carries them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import networks
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509_reader
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble

PARTS = ("seed_kubeadm", "seed_access", "seed_admit")


def check_request(machine: str, request: str) -> None:
    """The authority signs the subject of the request as it is: raises InvalidInput unless it is that of this machine."""
    found = x509_reader.requested_subject(request)
    if found != {"CN": [f"system:node:{machine}"], "O": ["system:nodes"]}:
        raise InvalidInput(f"The certificate request of {machine} asks for something else", where=f"host {machine}", why=f"its subject is {found}",
                           fix="remove /var/lib/kubermatic-caas/join on that host and run again")


class Admission:
    """params: as in the argument spec of seed_admission; say: prints one line at once."""

    def __init__(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> None:
        self.remote, self.params, self.say = remote, params, say

    def run(self, *, check_mode: bool) -> dict[str, Any]:
        """The result of the task. Raises CaasError."""
        asks = self.params["request"]
        seeds.checked_name(asks["machine"], "machine")
        networks.address(asks["address"], where="request")
        check_request(asks["machine"], asks["request"])
        script = assemble(PARTS, mode="plan" if check_mode else "apply", config={
            "seed": self.params["seed"], "machine": self.params["machine"], "role": seeds.CONTROL_PLANE, "kubernetes_version": "",
            "joining": asks["machine"], "joining_role": asks["seed_role"], "joining_address": asks["address"],
            "join_request": asks["request"], "join_recipient": asks["recipient"]})
        answer = self.remote.run(script)
        for sentence in answer.sentences():
            self.say(sentence)
        plan: Plan = Plan(tuple(Step(step.title) for step in answer.steps))
        return {"changed": bool(plan), "steps": plan.titles(), "diff": plan.diff(),
                "admission": {name: answer.facts.get(f"admission_{name}", "") for name in ("ca", "certificate", "keys")}}
