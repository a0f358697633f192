# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looks whether the tasks of a file have anything to do. Where they have not, one task has taken the place of all of them."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar

from ansible_collections.kubermatic.caas.plugins.action import cloud_credentials, cluster_record, endpoint, etcd_members, manifests, pki
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import LOOK_AHEAD
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run_if_unchanged
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess, validated, with_variables
from ansible_collections.kubermatic.caas.plugins.plugin_utils.look_ahead import Results, Task, results_if_unchanged

# imported above, and so once for all clusters of a run: a worker process that imports them does it for its task alone
RESOURCES: dict[str, type[ClusterResource]] = {
    f"kubermatic.caas.{one.__name__.rpartition('.')[2]}": one.ActionModule.RESOURCE
    for one in (cloud_credentials, cluster_record, endpoint, etcd_members, manifests, pki)}


class ActionModule(InProcess):
    RESOURCE = ClusterResource

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result, there = ActionBase.run(self, tmp, task_vars), task_vars or {}
        params = validated(self._task.action, argument_spec(LOOK_AHEAD), {}, dict(self._task.args))
        common = {name: params[name] for name in ("seed_kubeconfig", "cluster")}
        try:
            # tasks that are shipped to another host are not looked at ahead: each would be shipped twice
            results = None if self.is_for_another_host() else Ahead(self, there, common).results(params["tasks"])
        except CaasError as error:
            return {**result, "failed": True, "changed": False, "msg": error.line()}
        return {**result, "changed": False, "unchanged": results is not None, "results": results or {}}


class Ahead:
    """common: options that all tasks share."""

    def __init__(self, action: ActionModule, task_vars: dict[str, Any], common: dict[str, Any]) -> None:
        self.action, self.common = action, common
        self.variables = {**task_vars, "ansible_search_path": action._task.get_search_path()}
        # the connection of the first task serves them all
        self.first: ClusterResource | None = None

    def results(self, tasks: str) -> Results | None:
        path = Path(self.variables["role_path"]) / "tasks" / tasks
        return results_if_unchanged(self.action._loader.load_from_file(str(path), trusted_as_template=True), self.holds, self.look)

    def holds(self, condition: Any, results: Results) -> bool:
        return self.templar(results).evaluate_conditional(condition)

    def look(self, task: Task, results: Results) -> dict[str, Any] | None:
        known = RESOURCES.get(task.module)
        if known is None:
            # such as an include of tasks, whose condition says that there is something to do
            return None
        templar = self.templar(results)
        args = with_variables(templar.template({**self.common, **task.args}), known.OPTIONS, self.variables, templar)
        resource = self.action.resource(known, validated(task.module, known.ARGUMENT_SPEC, known.CONSTRAINTS, args), self.variables)
        if self.first is None:
            self.first = resource
        else:
            resource.seed = self.first.seed
        return run_if_unchanged(resource)

    def templar(self, results: Results) -> Templar:
        return self.action._templar.copy_with_new_env(available_variables={**self.variables, **results})
