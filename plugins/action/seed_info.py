# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs seed_info inside ansible-playbook."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.info_resource import SeedInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import VARIABLES
from ansible_collections.kubermatic.caas.plugins.plugin_utils import misspelt
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    RESOURCE = SeedInfoResource
    # of a seed that exists already, nothing else looks at them
    ALSO_CHECKED = VARIABLES

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        misspelt.warn(task_vars or {})
        return super().run(tmp, task_vars)
