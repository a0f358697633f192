# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Base of action plugins that act on a machine of a seed over Ansible's own connection. The machine needs a POSIX shell, no Python."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options, check_limits
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import check_variables, validated, with_variables
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed, HostUnreachable, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

display = Display()


class Work(Protocol):
    """What is done on the machine."""

    def run(self, *, check_mode: bool) -> dict[str, Any]: ...


class OverSsh(ActionBase):
    """A subclass says which options it has, and what is to be done with them. ALSO_CHECKED: see check_variables."""

    OPTIONS: ClassVar[Options]
    ALSO_CHECKED: ClassVar[Options] = ()
    _supports_check_mode = True
    _supports_diff = True

    @abstractmethod
    def work(self, remote: Remote, params: dict[str, Any], say: Callable[[str], None]) -> Work:
        """remote: the machine; params: validated; say: prints one line at once."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        check_variables(self, self.ALSO_CHECKED, task_vars or {})
        params = validated(self._task.action, argument_spec(self.OPTIONS), {}, with_variables(self._task.args, self.OPTIONS, task_vars or {}, self._templar))
        machine = str(params["machine"])

        def say(text: str) -> None:
            display.display(f"  {machine}: {printed(text)}")

        try:
            check_limits(self.OPTIONS, params)
            remote = Remote.of(self, machine, **({"download": params["host_timeout"]} if "host_timeout" in params else {}), say=say)
            done = self.work(remote, params, say)
            return {**result, **done.run(check_mode=self._task.check_mode)}
        except HostUnreachable as error:
            return {**result, "unreachable": True, "changed": False, "msg": error.line()}
        except HostFailed as error:
            return {**result, "failed": True, "changed": bool(error.answer.steps), "msg": error.line(), "steps": error.answer.plan.titles()}
        except CaasError as error:
            return {**result, "failed": True, "changed": False, "msg": error.line()}
