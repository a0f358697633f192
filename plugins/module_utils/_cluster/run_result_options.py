# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options of the action `cluster_result`, which needs what Ansible keeps of all hosts."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.run_result import RESULTS
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import CLUSTER

ARGUMENT_SPEC: dict[str, Any] = {
    **CLUSTER,
    "after": {"type": "str", "choices": list(RESULTS), "required": True},
    "hosts_reset": {"type": "bool", "default": True},
}
