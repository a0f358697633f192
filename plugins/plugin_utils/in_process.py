# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a resource inside ansible-playbook when the task is for the control host: no new process, and progress is printed at once.

For any other host (a jump host that alone reaches the seed, say) the module is shipped there as usual.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.given import said
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, Options, as_variables, check_limits
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource, run
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

display = Display()


def plain(value: Any) -> Any:
    """The same value of Python's own types: ansible-core tags what it templates, which YAML writers and strict type checks don't know."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else value


def validated(action: str, spec: dict[str, Any], constraints: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    """Options of a task as its module would get them. Raises AnsibleActionFail with one line for all mistakes."""
    try:
        checked = ArgumentSpecValidator(spec, **constraints).validate(said(args, spec))
    except (ArithmeticError, TypeError, ValueError) as error:
        # infinity, or a key of suboptions that is a number: ansible-core stumbles over them itself
        raise AnsibleActionFail(f"{action}: the value of an option can't be read: {printed(error)}") from None
    if checked.error_messages:
        raise AnsibleActionFail(f"{action}: " + "; ".join(printed(text) for text in checked.error_messages))
    return plain(checked.validated_parameters)


def with_variables(args: Mapping[str, Any], options: Iterable[Option], task_vars: Mapping[str, Any], templar: Templar) -> dict[str, Any]:
    """The options of a task, and those that it leaves out and variables say. A variable that is null or empty says nothing."""
    given = dict(args)
    left_out = (one for one in options if one.variable and not {one.name, *one.aliases} & set(given))
    absent = {one.name: task_vars[one.variable] for one in left_out if one.variable in task_vars}
    # as a mapping, from which what is `omit` goes
    found = templar.template(absent)
    return {**given, **{name: value for name, value in found.items() if value is not None and value != ""}}


def check_variables(action: ActionBase, options: Options, task_vars: Mapping[str, Any]) -> None:
    """Raises AnsibleActionFail for a mistake in what later tasks of a role will take, while nothing has begun."""
    variables = tuple(one for one in as_variables(options) if one.name in task_vars)
    if not variables:
        return
    params = validated(action._task.action, argument_spec(variables), {}, action._templar.template({one.name: task_vars[one.name] for one in variables}))
    try:
        check_limits(variables, params)
    except CaasError as error:
        raise AnsibleActionFail(error.line()) from None


class InProcess(ActionBase):
    """Base of the action plugins; RESOURCE: what the module of the same name is about. ALSO_CHECKED: see check_variables."""

    RESOURCE: ClassVar[type[Resource]]
    ALSO_CHECKED: ClassVar[Options] = ()
    _supports_check_mode = True
    _supports_diff = True

    def validated(self, args: dict[str, Any]) -> dict[str, Any]:
        return validated(self._task.action, self.RESOURCE.ARGUMENT_SPEC, self.RESOURCE.CONSTRAINTS, args)

    def options(self) -> Options:
        """Those that variables may say."""
        return self.RESOURCE.OPTIONS

    def given(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        check_variables(self, self.ALSO_CHECKED, task_vars)
        return with_variables(self._task.args, self.options(), task_vars, self._templar)

    def say(self, host: str, text: str) -> None:
        this_run.must_live()
        display.display(f"  {host}: {printed(text)}")

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result, args, there = super().run(tmp, task_vars), self.given(task_vars or {}), task_vars or {}
        if self.is_for_another_host():
            return {**result, **self.shipped(self._task.action, self.RESOURCE, args, there)}
        return {**result, **self.done_here(self.RESOURCE, self.validated(args), there)}

    def is_for_another_host(self) -> bool:
        return bool(self._connection.transport != "local" or self._play_context.become)

    def shipped(self, module: str, resource: type[Resource], args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        return self._execute_module(module_name=module, module_args=said(args, resource.ARGUMENT_SPEC), task_vars=task_vars)

    def resource(self, resource: type[Resource], params: dict[str, Any], task_vars: dict[str, Any]) -> Resource:
        host = str(task_vars.get("inventory_hostname", "localhost"))
        return resource(params, holder=this_run.holder(), check_mode=self._task.check_mode, progress=lambda text: self.say(host, text))

    def done_here(self, resource: type[Resource], params: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        try:
            return run(self.resource(resource, params, task_vars))
        except CaasError as error:
            return {"failed": True, "changed": False, "msg": error.line()}
