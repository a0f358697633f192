# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node gets the versions that its cluster has by now, in place. A version that doesn't work there goes back to the one before it.

What a killed run needs to be completed is where it belongs: the Node says that we cordoned it, the host that an upgrade began, and what was there before.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_rules import Change, check_others
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_steps import stays, upgrade_steps
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.detach import wait_until_detached
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.drain import drain, pods_to_evict
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.installation import UPGRADE, Installation, fetch_script, fetching_from
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.kubelet_wait import lease, wait_until_runs
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Look
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Observed as Looked
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import upgraded_node
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble


@dataclass(frozen=True, slots=True)
class Observed:
    """change is None for a host that is no node yet. pods: those that must leave."""

    looked: Looked
    change: Change | None = None
    pods: tuple[str, ...] = ()

    @property
    def host_steps(self) -> tuple[Step, ...]:
        return self.looked.host_steps

    @property
    def fetched(self) -> list[str]:
        return [f"{item.name} {item.version}" for item in self.looked.wanted.downloads]


class Upgrade(NodeResource):
    """state: upgraded."""

    def __init__(self, params: dict[str, Any], **words: Any) -> None:
        super().__init__(params, **words)
        self.drained, self.cordoned_seconds = False, 0.0
        self.cordoned_since: float | None = None

    def observe(self) -> Observed:
        """A failure is noted on the Node, so that this run begins with no other one."""
        if self.check_mode:
            return self.look()
        others = [node for node in self.api.list("v1", "Node") if node["metadata"]["name"] != self.name]
        check_others(self.name, others, run=self.holder, at_once=self.params["max_unavailable"])
        with self.failure_noted():
            return self.look()

    @contextmanager
    def failure_noted(self) -> Iterator[None]:
        try:
            yield
        except CaasError:
            with suppress(CaasError):
                self.patch(node_object.upgrade_failed_patch(self.holder))
            raise

    def look(self) -> Observed:
        looked = Look(self, must_answer=not self.check_mode, wanted=upgraded_node).observe()
        if looked.wanted is None or not nodes.running_kubelet(looked.host, self.cluster, looked.cluster.ca_bundle):
            return Observed(looked)
        if looked.node is None and not self.check_mode:
            raise CaasError(f"Cluster {self.cluster} has no Node {self.name}, though a kubelet runs on its host", where=f"host {self.remote.host}",
                            fix="run create_cluster for it first, which registers the node")
        change = Change.of(looked.host, {item.name: item.version for item in looked.wanted.artefacts})
        lacking = change.lacking_room(looked.host)
        if lacking:
            raise InvalidInput(f"Node {self.name} can't be upgraded ({change})", where=f"host {self.remote.host}", why=". ".join(lacking),
                               fix="make room there, then run this again")
        looked = replace(looked, host_steps=Installation(self, UPGRADE).steps(looked.wanted, looked.node))
        leave = looked.host_steps and change.needs_drain and looked.node
        return Observed(looked, change, tuple(node_object.pod_name(pod) for pod in pods_to_evict(self.api, self.name)) if leave else ())

    def plan(self, observed: Observed) -> Plan:
        if observed.change is None:
            return Plan()
        return Plan(tuple(upgrade_steps(observed.looked.node, observed.change, name=self.name, fetched=observed.fetched, pods=observed.pods,
                                        host_steps=observed.host_steps)))

    def apply(self, observed: Observed, plan: Plan) -> None:
        with self.failure_noted():
            self.upgrade(observed)
        if observed.looked.node and node_object.upgrade_failed_in(observed.looked.node):
            self.patch(node_object.upgrade_failed_patch(None))

    def upgrade(self, observed: Observed) -> None:
        if observed.host_steps:
            self.prepare(observed)
        if observed.host_steps or observed.change.began:
            try:
                self.install(observed)
            except (HostFailed, NotReady) as error:
                self.go_back(observed.change, error)
            self.host_did(self.remote.run(assemble(["end_upgrade"], mode="apply")))
        self.uncordon()

    def prepare(self, observed: Observed) -> None:
        """Downloads come first, so that the node is without pods for a short time."""
        try:
            if observed.fetched:
                self.progress(fetching_from(self.wish, observed.fetched))
                self.host_did(self.remote.run(fetch_script(self.wish, observed.looked.wanted.downloads)))
            if observed.change.needs_drain:
                self.empty(observed.looked.node)
            else:
                self.progress(stays(self.name, observed.change))
        except CaasError:
            # its versions are still those before, and it may have pods again
            if not observed.change.began:
                with suppress(CaasError):
                    self.uncordon()
            raise

    def empty(self, node: dict[str, Any]) -> None:
        if not node_object.is_cordoned(node):
            node = self.patch(node_object.cordon_for_upgrade_patch())
            self.progress(f"Node {self.name} cordoned")
        if node_object.is_being_upgraded(node):
            self.cordoned_since = time.monotonic()
        ready, message = node_object.ready(node)
        if not ready:
            # no kubelet there would report to the API that a pod has ended
            self.warn(f"Node {self.name} isn't ready ({message}): the run does not wait for its pods")
            return
        words = {"timeout": self.params["drain_timeout"], "progress": self.progress, "pause": self.pause}
        drain(self.api, self.name, **words)
        wait_until_detached(self.api, self.name, **words)
        self.drained = True

    def install(self, observed: Observed) -> None:
        change = observed.change
        if observed.host_steps:
            Installation(self, UPGRADE, fetched=True).apply(observed.looked)
        other = change.before.get("kubelet") != change.after["kubelet"]
        wait_until_runs(self, change.after["kubelet"], renewed_after=None if other else lease(self))

    def go_back(self, change: Change, error: CaasError) -> NoReturn:
        """Always raises: the upgrade has failed."""
        why, former, where = error.why or error.what, change.before["kubelet"], f"host {self.remote.host}"
        self.progress(f"{error.line()} Going back to kubelet {former}")
        try:
            self.host_did(self.remote.run(assemble(["artefacts", "kubelet_follows", "bring_back"], mode="apply")))
            wait_until_runs(self, former, renewed_after=lease(self))
        except (HostFailed, NotReady) as second:
            raise NotReady(f"Node {self.name} isn't ready after its upgrade ({change}), and not with kubelet {former} again", where=where,
                           why=f"{why.rstrip('.')}; after that: {second.why or second.what}",
                           fix="look at the host (journalctl -u kubelet -u containerd), mend it, then run this again. The run left the node cordoned if it "
                               "had cordoned it") from None
        self.uncordon()
        raise NotReady(f"Node {self.name} isn't ready after its upgrade ({change}), so kubelet {former} runs there again", where=where, why=why,
                       fix="mend what it complains of, such as kubelet_config, then run this again") from None

    def uncordon(self) -> None:
        """Only where we cordoned."""
        if self.cordoned_since is not None:
            self.cordoned_seconds = time.monotonic() - self.cordoned_since
        node = self.node()
        if node and node_object.is_being_upgraded(node):
            self.patch(node_object.uncordon_patch())
            self.progress(f"Node {self.name} uncordoned")

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        change = observed.change
        if change is None:
            return self.told()
        return {**self.told(observed.looked.wanted), "upgrade": {
            "from": dict(change.before), "to": dict(change.after), "cordoned_seconds": round(self.cordoned_seconds, 1),
            "drained": self.drained or (self.check_mode and bool(observed.host_steps) and change.needs_drain)}}
