# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node's certificates are renewed, and nothing else on the host changes, whatever the inventory or the release of the collection says."""
from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import ClusterAccess, read_cluster
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join, Observed, Wanted


class Renew(Join):
    """state: renewed."""

    install: ClassVar[tuple[str, ...]] = ("kubelet",)

    def observe(self) -> Observed:
        cluster = read_cluster(self.seed, self.namespace, registry(self.params, "kubernetes_registry"))
        if cluster is None:
            raise CaasError(f"Cluster {self.cluster} has no control plane", where=f"namespace {self.namespace}", fix="run create_cluster for it first")
        must_agree(self.seed)
        host = self.measure(cluster.address)
        node = self.node_so_far()
        self.refuse(reason for reason in (nodes.foreign(host, self.cluster, cluster.ca_bundle), nodes.impostor(host, node)) if reason)
        if not nodes.Owner.of(host.mark).cluster:
            return Observed(host, cluster, node, None)
        wanted = self.wanted(host, cluster)
        self.refuse(self.claims(cluster, wanted, node))
        return Observed(host, cluster, node, wanted)

    def wanted(self, host: Host, cluster: ClusterAccess) -> Wanted:
        """Without files and programs: they stay as they are."""
        address = nodes.node_address(host, self.params["node_address"])
        return Wanted(version=host.installed.get("kubelet", ""), address=address, files=(), artefacts=(),
                      certificates=self.certificates_due(host, cluster, address))

    def plan(self, observed: Observed) -> Plan:
        """A run that was killed may have left a kubelet that has to start anew."""
        return super().plan(observed) if observed.wanted else Plan()

    def object_steps(self, node: dict[str, Any] | None) -> list[Step]:
        """Only what is noted about the certificate."""
        if node and self.serving_ends and node_object.ends_patch(node, self.serving_ends):
            return [self.ends_step()]
        return []

    def change_object_once(self, node: dict[str, Any]) -> None:
        ends = self.serving_ends and node_object.ends_patch(node, self.serving_ends)
        if ends:
            self.patch(self.api, ends)
