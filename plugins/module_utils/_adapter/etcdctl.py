# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cluster's etcd, asked by the etcdctl that lies in the image of its own pods."""
from __future__ import annotations

import json
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kube_api import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.pod_exec import run_in_pod
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._model.etcd_member import Member, member_name

PKI = "/etc/kubernetes/pki"
COMMAND = ("etcdctl", "--endpoints=https://localhost:2379", f"--cacert={PKI}/ca-bundle/etcd-ca.crt", f"--cert={PKI}/etcd-peer/tls.crt",
           f"--key={PKI}/etcd-peer/tls.key", "--command-timeout=15s", "-w", "json")


class EtcdRefused(CaasError):
    """etcd answered no; it often means not yet: a change of members waits until all have been together for some seconds."""


class Etcdctl:
    """through: ordinal of the pod in which etcdctl runs; it must serve."""

    def __init__(self, api: KubeApi, namespace: str, through: int) -> None:
        self.api, self.namespace, self.pod = api, namespace, member_name(through)

    def members(self) -> tuple[Member, ...]:
        return tuple(Member(format(item["ID"], "x"), (item.get("peerURLs") or [""])[0], votes=not item.get("isLearner", False))
                     for item in self.run("member", "list")["members"])

    def add_learner(self, name: str, peer_url: str) -> None:
        self.run("member", "add", name, f"--peer-urls={peer_url}", "--learner")

    def promote(self, member: str) -> None:
        """Raises EtcdRefused as long as the learner lacks data."""
        self.run("member", "promote", member)

    def remove(self, member: str) -> None:
        self.run("member", "remove", member)

    def run(self, *words: str) -> Any:
        """What etcdctl answers. Raises EtcdRefused with its complaint."""
        ended = run_in_pod(self.api, self.namespace, self.pod, "etcd", [*COMMAND, *words])
        if ended.code:
            raise EtcdRefused(f"etcdctl {' '.join(words[:2])} failed", where=f"pod {self.namespace}/{self.pod}", why=complaint(ended.complaint))
        return json.loads(ended.output)


def complaint(text: str) -> str:
    """The last line, which of etcdctl is JSON with the reason in it, or "Error: reason"."""
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    try:
        said = json.loads(last)
        return str(said.get("error") or said.get("msg") or last)
    except (ValueError, AttributeError):
        return last.removeprefix("Error: ")
