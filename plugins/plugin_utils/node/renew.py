# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node's certificates are renewed, and nothing else on the host changes, whatever the inventory or the release of the collection says."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node.object_steps import ends_steps
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import read_cluster
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.installation import KUBELET, Installation
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Look, Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_object_client import NodeObject
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import renewed_node


class Renew(NodeResource):
    """state: renewed."""

    @property
    def installation(self) -> Installation:
        return Installation(self, KUBELET)

    def observe(self) -> Observed:
        cluster = read_cluster(self.seed, self.namespace, registry(self.params, "kubernetes_registry"))
        if cluster is None:
            raise CaasError(f"Cluster {self.cluster} has no control plane", where=f"namespace {self.namespace}", fix="run create_cluster for it first")
        must_agree(self.seed)
        host, look = self.measure(cluster.address), Look(self, must_answer=not self.check_mode)
        node = look.node()
        self.refuse(reason for reason in (nodes.foreign(host, self.cluster, cluster.ca_bundle), nodes.impostor(host, node)) if reason)
        observed = Observed(host, cluster, node, None)
        if not nodes.Owner.of(host.mark).cluster:
            return observed
        wanted = renewed_node(self.wish, host, cluster)
        self.refuse(look.claims(cluster, wanted, node))
        # a run that was killed may have left a kubelet that has to start anew
        return replace(observed, wanted=wanted, host_steps=self.installation.steps(wanted, node))

    def plan(self, observed: Observed) -> Plan:
        """Nothing for a host that is no node yet."""
        if observed.wanted is None:
            return Plan()
        return Plan((*observed.host_steps, *ends_steps(observed.node, name=self.name, serving_ends=observed.wanted.serving_ends)))

    def apply(self, observed: Observed, plan: Plan) -> None:
        ends = self.installation.apply(observed) if observed.host_steps else observed.wanted.serving_ends
        node = NodeObject(self)
        node.change(node.registered(), lambda found: node.note_end(found, ends))

    def finish(self, observed: Observed, plan: Plan) -> None:
        # a host that is no node yet will not be ready
        if observed.wanted:
            NodeObject(self).wait_until_ready()

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return self.told(observed.wanted)
