# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Several nodes are about to go: none of them gets the pods that leave another one."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource


class Cordon(NodeResource):
    """state: cordoned. A node that isn't there needs none."""

    def observe(self) -> dict[str, Any] | None:
        return self.node()

    def plan(self, observed: dict[str, Any] | None) -> Plan:
        done = observed is None or (node_object.is_cordoned(observed) and node_object.is_being_removed(observed))
        return Plan() if done else Plan((Step(f"Cordon node {self.name}"),))

    def apply(self, observed: dict[str, Any] | None, plan: Plan) -> None:
        self.patch(node_object.cordon_patch())
        self.progress(f"Node {self.name} cordoned")

    def report(self, observed: dict[str, Any] | None, plan: Plan) -> dict[str, Any]:
        return self.told()
