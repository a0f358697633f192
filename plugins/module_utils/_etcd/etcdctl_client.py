# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cluster's etcd, asked by the etcdctl that lies in the image of its own pods."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Member, MemberStatus, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.pod_exec_client import Ended, run_in_pod

PKI = "/etc/kubernetes/pki"
CLIENT_PORT = 2379
# a second --endpoints adds to the first
ITSELF = f"https://localhost:{CLIENT_PORT}"
COMMAND = ("etcdctl", f"--cacert={PKI}/ca-bundle/etcd-ca.crt", f"--cert={PKI}/etcd-peer/tls.crt",
           f"--key={PKI}/etcd-peer/tls.key", "--command-timeout=15s", "-w", "json")
# a large database on a slow disk
MINUTES = 900.0
_ORDINAL = re.compile(r"//etcd-(\d+)\.", re.ASCII)
_ALARM = re.compile(r"alarm:\s*([A-Z]+)", re.ASCII)


class EtcdRefused(CaasError):
    """etcd answered no; it often means not yet: a change of members waits until all have been together for some seconds."""


class Etcdctl:
    """through: ordinal of the pod in which etcdctl runs; it must serve."""

    def __init__(self, api: KubeApi, namespace: str, through: int) -> None:
        self.api, self.namespace, self.pod = api, namespace, member_name(through)

    def members(self) -> tuple[Member, ...]:
        return tuple(Member(format(item["ID"], "x"), (item.get("peerURLs") or [""])[0], votes=not item.get("isLearner", False))
                     for item in self.run("member", "list")["members"])

    def status(self, ordinals: Iterable[int], *, timeout: float = 15) -> tuple[MemberStatus, ...]:
        """Of those members that answer within as many seconds. Raises EtcdRefused if none does."""
        endpoints = ",".join(client_url(ordinal, self.namespace) for ordinal in sorted(ordinals))
        ended = self.ended("endpoint", "status", f"--command-timeout={timeout:.0f}s", timeout=timeout + 5, endpoints=endpoints)
        # where one is away, it complains, and tells what the others said all the same
        found = json.loads(ended.output) if ended.output.strip() else []
        if not found:
            raise EtcdRefused("etcdctl endpoint status failed", where=f"pod {self.namespace}/{self.pod}", why=complaint(ended.complaint))
        return tuple(status_of(item) for item in found)

    def compact(self, revision: int) -> None:
        """Forgets what was before a revision. One that was forgotten already is no error."""
        try:
            self.run("compaction", str(revision), "--physical", timeout=MINUTES)
        except EtcdRefused as error:
            if "has been compacted" not in error.why:
                raise

    def defragment(self, *, timeout: float) -> None:
        """The member in whose pod etcdctl runs. It answers no request meanwhile."""
        self.run("defrag", f"--command-timeout={timeout:.0f}s", timeout=timeout + 5)

    def lead(self, member: str) -> None:
        """Another member leads from now on. Only the leader can do that."""
        self.run("move-leader", member)

    def disarm(self) -> None:
        """Takes all alarms back. etcd raises one again if it still has a reason."""
        self.run("alarm", "disarm")

    def add_learner(self, name: str, peer_url: str) -> None:
        self.run("member", "add", name, f"--peer-urls={peer_url}", "--learner")

    def promote(self, member: str) -> None:
        """Raises EtcdRefused as long as the learner lacks data."""
        self.run("member", "promote", member)

    def remove(self, member: str) -> None:
        self.run("member", "remove", member)

    def run(self, *words: str, timeout: float = 30) -> Any:
        """What etcdctl answers, None if that is no JSON. Raises EtcdRefused with its complaint."""
        ended = self.ended(*words, timeout=timeout)
        if ended.code:
            raise EtcdRefused(f"etcdctl {' '.join(words[:2])} failed", where=f"pod {self.namespace}/{self.pod}", why=complaint(ended.complaint))
        try:
            return json.loads(ended.output)
        except ValueError:
            return None

    def ended(self, *words: str, timeout: float, endpoints: str = ITSELF) -> Ended:
        return run_in_pod(self.api, self.namespace, self.pod, "etcd", [*COMMAND, f"--endpoints={endpoints}", *words], timeout=timeout)


def client_url(ordinal: int, namespace: str) -> str:
    return f"https://{member_name(ordinal)}.etcd.{namespace}.svc:{CLIENT_PORT}"


def status_of(item: dict[str, Any]) -> MemberStatus:
    """One of the answers to etcdctl endpoint status."""
    status = item["Status"]
    header = status["header"]
    alarms = {found[1] for text in status.get("errors") or [] if (found := _ALARM.search(text))}
    return MemberStatus(int(_ORDINAL.search(item["Endpoint"])[1]), format(header["member_id"], "x"), int(status.get("dbSize", 0)),
                        int(status.get("dbSizeInUse", 0)), int(header.get("revision", 0)), status.get("leader") == header["member_id"],
                        tuple(sorted(alarms)))


def complaint(text: str) -> str:
    """The last line, which of etcdctl is JSON with the reason in it, or "Error: reason"."""
    lines = [line for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    try:
        said = json.loads(last)
        return str(said.get("error") or said.get("msg") or last)
    except (ValueError, AttributeError):
        return last.removeprefix("Error: ")
