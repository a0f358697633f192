# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs node_pools inside ansible-playbook."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import TAKEN_LATER
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pools_resource import NodePoolsResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    RESOURCE = NodePoolsResource
    ALSO_CHECKED = TAKEN_LATER

    def given(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """What is known of pools is in the record, whatever the inventory says."""
        return dict(self._task.args) if self._task.args.get("state") == "known" else super().given(task_vars)
