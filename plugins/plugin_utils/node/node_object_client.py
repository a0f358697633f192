# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Node object of a host: waits until its kubelet has registered it, brings it to what is wanted, waits until it is ready."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble

# a young Node is written often
ATTEMPTS = 20


class NodeObject:
    """of: whose node it is."""

    def __init__(self, of: NodeResource) -> None:
        self.of = of

    def registered(self) -> dict[str, Any]:
        """The object, as soon as the kubelet has made it."""
        began, timeout = time.monotonic(), self.of.params["ready_timeout"]
        while time.monotonic() - began < timeout:
            node = self.of.node()
            if node:
                return node
            self.of.pause()
        raise NotReady(f"Node {self.of.name} didn't register within {timeout} s", where=f"host {self.of.remote.host}",
                       why=self.complaint("stopped", "complaint"))

    def change(self, node: dict[str, Any], once: Callable[[dict[str, Any]], None]) -> None:
        """once: changes the object. Called again if another client wrote the object meanwhile."""
        for dummy in range(ATTEMPTS):
            try:
                once(node)
            except ApiError as error:
                if error.status != 409:
                    raise
                node = self.of.node() or node
            else:
                return

    def join(self, node: dict[str, Any], *, provider_id: str, serving_ends: datetime | None) -> None:
        if node_object.is_ours_to_uncordon(node):
            node = self.of.patch(node_object.uncordon_patch())
            self.of.progress(f"Node {self.of.name} uncordoned")
        machine = node_object.provider_id_patch(node, provider_id)
        if machine:
            node = self.of.patch(machine)
            self.of.progress(f"Node {self.of.name} is machine {provider_id}")
        node = self.note_end(node, serving_ends)
        if node_object.labels_differ(node, self.of.labels):
            node = self.of.api.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.of.name, "labels": self.of.labels}})
            self.of.progress(f"Node {self.of.name} labelled")
        taints = node_object.taints_patch(node, self.of.taints)
        if taints:
            self.of.patch(taints)
            self.of.progress(f"Node {self.of.name} tainted")

    def note_end(self, node: dict[str, Any], serving_ends: datetime | None) -> dict[str, Any]:
        patch = node_object.ends_patch(node, serving_ends) if serving_ends else None
        return self.of.patch(patch) if patch else node

    def wait_until_ready(self) -> None:
        """A node that was ready before needs one look."""
        began, told, timeout = time.monotonic(), False, self.of.params["ready_timeout"]
        while True:
            node = self.of.node()
            done, message = node_object.ready(node) if node else (False, "the Node object is gone")
            if done:
                break
            if time.monotonic() - began > timeout:
                raise NotReady(f"Node {self.of.name} isn't ready after {timeout} s", where=f"host {self.of.remote.host}", why=message,
                               fix=self.complaint("stopped"))
            if not told:
                self.of.progress(f"Waiting until node {self.of.name} is ready (up to {timeout} s)")
                told = True
            self.of.pause()
        if told:
            self.of.progress(f"Node {self.of.name} ready ({time.monotonic() - began:.1f} s)")

    def complaint(self, *kinds: str) -> str:
        """What the host itself says. Diagnosis must not hide the error that asks for it."""
        try:
            facts = self.of.remote.run(assemble(["diagnosis"])).facts
        except CaasError as error:
            return error.line()
        return next((facts[kind] for kind in kinds if kind in facts), "")
