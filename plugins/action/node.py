# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes the task's host a node of a cluster, or takes it out. Runs on the control host; the host itself needs a shell, no Python."""
from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.plugin_utils import misspelt, this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess, display
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cordon import Cordon
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.download import Download, DropDownloads
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.leave import Leave
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.preflight import Preflight
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.renew import Renew
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.upgrade import Upgrade
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostUnreachable, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

KINDS = {"present": Join, "absent": Leave, "fit": Preflight, "fetched": Download, "unfetched": DropDownloads, "cordoned": Cordon, "renewed": Renew,
         "upgraded": Upgrade}


class ActionModule(InProcess):
    RESOURCE = NodeResource

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        result = ActionBase.run(self, tmp, task_vars)
        host = str(task_vars.get("inventory_hostname", ""))
        params = self.validated(self.given(task_vars))
        kind = KINDS[params["state"]]
        if kind is Join:
            misspelt.warn(task_vars)
        try:
            def say(text: str) -> None:
                self.say(host, text)

            remote = Remote.of(self, host, others_wait=params["others_wait"], download=params["host_timeout"],
                               patience=params["login_timeout"], say=say)
            resource = kind(params, holder=this_run.holder(), check_mode=self._task.check_mode, progress=say, remote=remote,
                            warn=lambda text: display.warning(printed(f"{host}: {text}")),
                            warn_once=lambda text: display.warning(printed(text)))
            return {**result, **run(resource)}
        except HostUnreachable as error:
            return {**result, "unreachable": True, "changed": False, "msg": error.line()}
        except CaasError as error:
            return {**result, "failed": True, "changed": False, "msg": error.line()}
