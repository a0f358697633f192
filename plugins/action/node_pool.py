# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs node_pool inside ansible-playbook."""
from __future__ import annotations

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import ALLOWED_STAGES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Options
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    RESOURCE = NodePoolResource

    def options(self) -> Options:
        """A pool that goes is looked at as it is, whatever the inventory says of its stage by now."""
        goes = self._task.args.get("state") == "absent"
        return tuple(one for one in super().options() if not (goes and one.name == ALLOWED_STAGES.name))
