# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What joining and leaving share: one host, one cluster, one Node object. Host changes go in a few executions, not step by step."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import Host, read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node import labels_and_taints as node_marks
from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import NODE
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import NodeWish, WantedNode
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer, Remote
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble

POLL = 0.5


class NodeResource(ClusterResource):
    """params: see _node/options.py. remote: the host. warn: prints a warning.

    warn_once: prints one that is the same for all hosts of a cluster, which Ansible shows once; warn, if left out.
    """

    OPTIONS = NODE

    def __init__(self, params: dict[str, Any], *, holder: str, check_mode: bool, progress: Callable[[str], None],
                 remote: Remote, warn: Callable[[str], None],
                 warn_once: Callable[[str], None] | None = None) -> None:
        super().__init__(params, holder=holder, check_mode=check_mode, progress=progress)
        self.remote, self.warn, self.warn_once = remote, warn, warn_once or warn
        remote.before_change = self.may_change_host
        self.name: str = params["node_name"]
        nodes.check_name(self.name)
        self.labels = node_marks.labels(params["node_labels"], f"node_labels of {self.name}")
        self.taints = node_marks.taints(params["node_taints"], f"node_taints of {self.name}")

    def measure(self, towards: str = "") -> Host:
        """The host's facts, one execution. towards: an address, to learn which of its own the host uses to get there."""
        before = time.time()
        answer = self.remote.run(assemble(["facts", "other_software"], config={
            "towards": towards, "resolver": str(self.params["kubelet_config"].get("resolvConf") or "")}))
        return read_host(answer.facts, before=before, after=time.time())

    def may_change_host(self) -> None:
        """Raises LockHeld if a lock that was taken is another run's by now."""
        if "lock" in self.__dict__:
            self.must_hold_lock()

    def refuse(self, objections: Iterable[str]) -> None:
        found = list(objections)
        if found:
            raise InvalidInput(f"This host can't be a node of cluster {self.cluster}", where=f"host {self.remote.host}", why=". ".join(found))

    def host_did(self, answer: Answer) -> None:
        for text in (*answer.notes, *answer.sentences()):
            self.progress(text)

    @cached_property
    def api(self) -> KubeApi:
        """Of the cluster."""
        return open_cluster(self.seed, self.namespace)

    @cached_property
    def wish(self) -> NodeWish:
        """What the inventory says of the node. Raises InvalidInput."""
        return NodeWish.of(self.cluster, self.params)

    def node(self) -> dict[str, Any] | None:
        """Its object, None if there is none."""
        return self.api.get("v1", "Node", self.name)

    def patch(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return self.api.patch("v1", "Node", self.name, None, dict(body))

    def told(self, wanted: WantedNode | None = None) -> dict[str, Any]:
        """What a task returns of the node."""
        return {"node": {"name": self.name, "address": wanted.address if wanted else "", "kubernetes_version": wanted.version if wanted else ""}}

    def pause(self) -> None:
        """Between two looks at the cluster."""
        this_run.must_live()
        time.sleep(POLL)
