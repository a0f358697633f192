# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Opens resources as a playbook does: options through the argument spec, then observe, plan, apply, report."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource, run


@dataclass
class Caller:
    """One run of ansible-playbook. lines: the progress it printed."""

    seed_kubeconfig: str
    cluster: str | None
    holder: str = "root@ops1 pid 1 1/aaaaaaaa"
    lines: list[str] = field(default_factory=list)

    def resource(self, resource: type[Resource], check_mode: bool = False, **params: Any) -> Resource:
        given = {"seed_kubeconfig": self.seed_kubeconfig, **({"cluster": self.cluster} if self.cluster is not None else {}), **params}
        checked = ArgumentSpecValidator(resource.ARGUMENT_SPEC, **resource.CONSTRAINTS).validate(given)
        assert checked.error_messages == []
        return resource(checked.validated_parameters, holder=self.holder, check_mode=check_mode, progress=self.lines.append)

    def call(self, resource: type[Resource], check_mode: bool = False, **params: Any) -> dict[str, Any]:
        return run(self.resource(resource, check_mode, **params))
