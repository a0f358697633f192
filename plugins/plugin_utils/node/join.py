# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host becomes a node, or stays one as it is wanted."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node.object_steps import join_steps
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.installation import Installation
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Look, Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_object_client import NodeObject
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource


class Join(NodeResource):
    """state: present."""

    @property
    def installation(self) -> Installation:
        return Installation(self)

    def observe(self) -> Observed:
        # check mode may run before there is a control plane
        observed = Look(self, must_answer=not self.check_mode).observe()
        return replace(observed, host_steps=self.installation.steps(observed.wanted, observed.node)) if observed.wanted else observed

    def plan(self, observed: Observed) -> Plan:
        if observed.wanted is None:
            return Plan((Step(f"Join node {self.name} to cluster {self.cluster} (as soon as its control plane exists)"),))
        return Plan((*observed.host_steps, *join_steps(
            observed.node, name=self.name, cluster=self.cluster, provider_id=self.wish.provider_id, serving_ends=observed.wanted.serving_ends,
            labels=self.labels, taints=self.taints)))

    def apply(self, observed: Observed, plan: Plan) -> None:
        ends = self.installation.apply(observed) if observed.host_steps else observed.wanted.serving_ends
        node = NodeObject(self)
        node.change(node.registered(), lambda found: node.join(found, provider_id=self.wish.provider_id, serving_ends=ends))

    def finish(self, observed: Any, plan: Plan) -> None:
        NodeObject(self).wait_until_ready()

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return self.told(observed.wanted)
