# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node leaves: cordon, drain, reset the host, delete the Node. Every part can be repeated, so a killed run goes on where it was."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.cluster_access import has_api
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.detach import wait_until_detached
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.drain import drain, pods_to_evict
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostUnreachable
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble


@dataclass(frozen=True, slots=True)
class Observed:
    """api is None where the cluster is gone: then only the host is reset. pods: those that must leave the node."""

    api: KubeApi | None
    node: dict[str, Any] | None
    pods: tuple[str, ...]
    host_steps: tuple[Step, ...]


class Leave(NodeResource):
    """state: absent. With node_forget the host is not asked: only the Node goes, for a host that is gone for good. Without node_reset it is not asked
    either, but pods leave as usual."""

    @property
    def outlives_namespace(self) -> bool:
        return True

    @property
    def drains(self) -> bool:
        return self.params["node_drain"] and not self.params["node_forget"]

    def observe(self) -> Observed:
        api, node = self.observe_node() if has_api(self.seed, self.namespace) else (None, None)
        steps = () if self.params["node_forget"] or not self.params["node_reset"] else self.observe_host(node)
        pods = tuple(node_object.pod_name(pod) for pod in pods_to_evict(api, self.name)) if api and node and self.drains else ()
        return Observed(api, node, pods, steps)

    def observe_node(self) -> tuple[KubeApi | None, dict[str, Any] | None]:
        """Where pods need not be moved because the cluster goes too, it may also be broken."""
        try:
            return self.api, self.node()
        except CaasError as error:
            if self.params["node_drain"]:
                raise
            self.warn(f"The API of cluster {self.cluster} can't be used, so only the host is reset: {error.line()}")
            return None, None

    def observe_host(self, node: dict[str, Any] | None) -> tuple[Step, ...]:
        try:
            host = self.measure()
        except HostUnreachable as error:
            raise HostUnreachable(error.what, where=error.where, why=error.why,
                                  fix=f"{error.fix}; if the host is gone for good, add -e node_forget=true") from None
        owner = nodes.Owner.of(host.mark)
        if owner.cluster and owner.cluster != self.cluster:
            raise InvalidInput(f"This host is a node of cluster {owner.cluster}, not of {self.cluster}", where=f"host {self.remote.host}",
                               fix=f"to remove it there, add -e cluster={owner.cluster}")
        # of a cluster that goes all hosts are reset, whatever its own API says of them
        elsewhere = nodes.impostor(host, node) if self.params["node_drain"] else ""
        if elsewhere:
            raise InvalidInput(f"This host is not node {self.name} of cluster {self.cluster}", where=f"host {self.remote.host}", why=elsewhere)
        answer = self.remote.run(assemble(["reset"]))
        for text in answer.warnings:
            self.warn(text)
        return tuple(answer.steps)

    def plan(self, observed: Observed) -> Plan:
        steps: list[Step] = []
        if observed.node is not None:
            if self.drains:
                if not (node_object.is_cordoned(observed.node) and node_object.is_being_removed(observed.node)):
                    steps.append(Step(f"Cordon node {self.name}"))
                steps += [Step(f"Evict pod {name}") for name in observed.pods]
            steps += observed.host_steps
            steps.append(Step(f"Delete node {self.name} from cluster {self.cluster}"))
        else:
            steps += observed.host_steps
        return Plan(tuple(steps))

    def apply(self, observed: Observed, plan: Plan) -> None:
        if observed.api and observed.node and self.drains:
            self.empty(observed.api, observed.node)
        if observed.host_steps:
            self.progress("Resetting the host")
            self.host_did(self.remote.run(assemble(["reset"], mode="apply")))
        if observed.api and observed.node:
            self.delete_node(observed.api)

    def delete_node(self, api: KubeApi) -> None:
        try:
            if api.delete("v1", "Node", self.name):
                self.progress(f"Node {self.name} deleted from cluster {self.cluster}")
        except CaasError as error:
            if self.params["node_drain"]:
                raise
            self.warn(f"Node {self.name} could not be deleted from cluster {self.cluster}, which is being deleted: {error.line()}")

    def empty(self, api: KubeApi, node: dict[str, Any]) -> None:
        if not (node_object.is_cordoned(node) and node_object.is_being_removed(node)):
            self.patch(node_object.cordon_patch())
            self.progress(f"Node {self.name} cordoned")
        ready, message = node_object.ready(node)
        if not ready:
            # no kubelet there would report to the API that a pod has ended
            self.warn(f"Node {self.name} isn't ready ({message}): the run does not wait for its pods")
            return
        words = {"timeout": self.params["drain_timeout"], "progress": self.progress, "pause": self.pause}
        drain(api, self.name, **words)
        wait_until_detached(api, self.name, **words)

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return self.told()
