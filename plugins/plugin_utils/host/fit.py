# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a host could become a node: asked of all hosts before anything is made, so that a host that can't stops a run in time."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.join import Join, Observed


class Fit(Join):
    """state: fit. Looks as a join does, and leaves it at that; the cluster need not exist yet."""

    def __init__(self, params: dict[str, Any], **words: Any) -> None:
        super().__init__(params, **{**words, "check_mode": True})

    def plan(self, observed: Observed) -> Plan:
        return Plan()
