# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A look at a host that is to join, or to stay, a node: what it is, what its cluster is, what speaks against it, and what it would need."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import POD_CIDR, SERVICE_CIDR
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Step
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import identity as node_identity
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.cluster_access import ClusterAccess
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import must_agree
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import read_cluster
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import NodeWish, WantedNode, wanted_node

Wanted = Callable[[NodeWish, Host, ClusterAccess], tuple[WantedNode, list[str]]]


@dataclass(frozen=True, slots=True)
class Observed:
    """cluster and wanted are None where there is no control plane yet. node: its object, None if there is none. host_steps: changes of the host."""

    host: Host
    cluster: ClusterAccess | None
    node: dict[str, Any] | None
    wanted: WantedNode | None
    host_steps: tuple[Step, ...] = ()


class Look:
    """of: whose host, seed and options these are. must_answer: there must be a control plane that the host can join now. wanted: what the host is to have."""

    def __init__(self, of: NodeResource, *, must_answer: bool, wanted: Wanted = wanted_node) -> None:
        self.of, self.must_answer, self.params, self.wanted = of, must_answer, of.params, wanted

    def observe(self) -> Observed:
        # mistakes of the inventory come before the host is asked
        self.of.wish.check()
        nodes.check_namesakes(self.of.remote.host, self.params["namesakes"], self.of.name, self.of.cluster)
        cluster = self.cluster()
        # before the host's own clock is blamed
        must_agree(self.of.seed)
        host = self.of.measure(cluster.address if cluster else "")
        node = self.node() if cluster else None
        self.must_be_able(host, cluster, node)
        if cluster is None:
            return Observed(host, None, node, None)
        wanted, warnings = self.wanted(self.of.wish, host, cluster)
        self.warn(warnings)
        self.of.refuse(self.claims(cluster, wanted, node))
        return Observed(host, cluster, node, wanted)

    def cluster(self) -> ClusterAccess | None:
        found = read_cluster(self.of.seed, self.of.namespace, registry(self.params, "kubernetes_registry"))
        if found is None and self.must_answer:
            raise CaasError(f"Cluster {self.of.cluster} has no control plane that a node could join", where=f"namespace {self.of.namespace}",
                            fix="run create_cluster for it first")
        return found

    def node(self) -> dict[str, Any] | None:
        """None also where only a look is taken and the control plane doesn't answer: an earlier run may have ended before it was up."""
        try:
            return self.of.node()
        except CaasError:
            if self.must_answer:
                raise
            return None

    def must_be_able(self, host: Host, cluster: ClusterAccess | None, node: dict[str, Any] | None) -> None:
        networks = cluster.networks if cluster else self.networks()
        flannel = cluster.flannel if cluster else self.params["cluster_flannel"]
        kubelet_config = self.params["kubelet_config"]
        self.of.refuse(nodes.objections(
            host, cluster=self.of.cluster, bundle=cluster.ca_bundle if cluster else "", node=node, kubelet_config=kubelet_config, networks=networks,
            kube_proxy_mode=cluster.kube_proxy_mode if cluster else self.params["cluster_kube_proxy_mode"], flannel=flannel,
            mirrors=self.of.wish.mirror_addresses()))
        if self.of.wish.provider_id:
            nodes.check_provider_id(self.of.wish.provider_id, cloud_provider=cluster.cloud_provider if cluster else "", node=node)
        self.warn([*nodes.warnings(host, kubelet_config=kubelet_config, flannel=flannel, pod_cidr=networks["pod_cidr"]),
                   *node_identity.overlapping(host, networks)])

    def networks(self) -> dict[str, str]:
        """Those of a cluster that is to be made."""
        given = self.params["cluster_networks"]
        return {one.name: str(given.get(one.name) or one.default) for one in (POD_CIDR, SERVICE_CIDR)}

    def claims(self, cluster: ClusterAccess, wanted: WantedNode, node: dict[str, Any] | None) -> list[str]:
        """The other Nodes are asked for only when the host is about to be certified, or to be registered."""
        certified = "serving" in wanted.certificates or node is None
        return node_identity.claims(wanted.address, node_name=self.of.name, ssh_address=self.params["ssh_address"], endpoint=cluster.address,
                                    others=self.other_nodes() if certified else ())

    def other_nodes(self) -> Iterator[tuple[str, list[str]]]:
        """Asked for only where it matters: in a cluster of a thousand nodes the list is long."""
        try:
            found = self.of.api.list("v1", "Node")
        except CaasError:
            if self.must_answer:
                raise
            return
        yield from ((str(one["metadata"]["name"]), node_object.addresses(one)) for one in found)

    def warn(self, texts: list[str]) -> None:
        for text in texts:
            self.of.warn(text)
