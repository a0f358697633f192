# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes the host of the task a machine of a seed. Runs on the control host; the host needs a POSIX shell, no Python."""
from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.kubermatic.caas.plugins.module_utils._door.seed_node import ARGUMENT_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.remote import HostFailed, HostUnreachable, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import printed, validated
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed_machine import SeedMachine

display = Display()


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        params = validated(self._task.action, ARGUMENT_SPEC, {}, dict(self._task.args))
        machine = str(params["machine"])
        try:
            done = SeedMachine(Remote.of(self, machine), params, lambda text: display.display(f"  {machine}: {printed(text)}"))
            return {**result, **done.run(check_mode=self._task.check_mode)}
        except HostUnreachable as error:
            return {**result, "unreachable": True, "changed": False, "msg": error.line()}
        except HostFailed as error:
            return {**result, "failed": True, "changed": bool(error.answer.steps), "msg": error.line(), "steps": error.answer.plan.titles()}
        except CaasError as error:
            return {**result, "failed": True, "changed": False, "msg": error.line()}
