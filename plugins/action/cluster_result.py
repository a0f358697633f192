# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tells how a run went for a cluster, notes it in the record, and gives back the lock. Runs on the control host, where results of all hosts are known."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.module_options import CLUSTER_RESULT
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result import RESULTS, Result, Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess, display, validated
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed


class ActionModule(InProcess):
    RESOURCE = ClusterRecordResource

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        there = task_vars or {}
        result = ActionBase.run(self, tmp, there)
        params = validated(self._task.action, argument_spec(CLUSTER_RESULT), {}, dict(self._task.args))
        told = RESULTS[params["after"]](seen(params, there, check_mode=self._task.check_mode))
        done = self.noted(told, params, there)
        if done.get("failed"):
            return {**result, **done}
        this_run.must_live()
        for line in told.lines:
            display.display(printed(line))
        if told.errors:
            return {**result, **done, "failed": True, "msg": told.failure, "errors": list(told.errors)}
        return {**result, **done, "lines": list(told.lines), "why": told.why}

    def noted(self, told: Result, params: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Writes the record, and gives back the lock."""
        options = {name: params[name] for name in ("seed_kubeconfig", "cluster")}
        if told.note is not None:
            return self.carried_out("kubermatic.caas.cluster_record", ClusterRecordResource, {**options, **told.note, "free_lock": told.free}, task_vars)
        if told.free:
            # nothing of the cluster changes by that
            return {**self.carried_out("kubermatic.caas.cluster_lock", ClusterLockResource, {**options, "state": "free"}, task_vars), "changed": False}
        return {"changed": False}

    def carried_out(self, module: str, resource: type[Resource], args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        if self.is_for_another_host():
            return self.shipped(module, resource, args, task_vars)
        return self.done_here(resource, validated(module, resource.ARGUMENT_SPEC, resource.CONSTRAINTS, args), task_vars)


def seen(params: dict[str, Any], task_vars: dict[str, Any], *, check_mode: bool) -> Seen:
    hostvars, groups, cluster = task_vars["hostvars"], task_vars["groups"], params["cluster"]
    if params["after"] == "node":
        nodes = [task_vars["inventory_hostname"]]
        own = {"seed": hostvars[cluster].get("seed")} if cluster in groups.get("clusters", []) else {}
    else:
        nodes = [name for name in groups.get(group_of(cluster), []) if name != cluster]
        own = {"seed": hostvars[cluster].get("seed"), **{name: value for name, value in task_vars.items() if isinstance(value, Mapping)}}
    return Seen(cluster, own, {name: of_a_node(hostvars[name]) for name in nodes}, check_mode=check_mode, limit=str(task_vars.get("ansible_limit") or ""),
                inventories=tuple(task_vars.get("ansible_inventory_sources") or ()), hosts_reset=params["hosts_reset"])


def of_a_node(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those that tell how it went."""
    return {name: variables[name] for name in (NODE, "node_name") if name in variables}
