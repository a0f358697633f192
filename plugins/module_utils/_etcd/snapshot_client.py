# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes a snapshot of a member of etcd, through the seed's API. Nothing is written in the pod: its disk may be full."""
from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import CLIENT_PORT
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_call import Answer, Broken, Checked, Message, request
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.port_forward_client import TlsPort, pod_port
from ansible_collections.kubermatic.caas.plugins.module_utils._system.memory_file import MemoryFile


class Connection(Protocol):
    def send(self, data: bytes) -> None: ...

    def receive(self) -> bytes: ...


def snapshot_of(api: KubeApi, namespace: str, ordinal: int, certificate: Mapping[str, str], authority: str) -> Iterator[bytes]:
    """certificate: tls.crt and tls.key by which kube-apiserver reads etcd. Raises Broken if the snapshot is not whole; what came until then is of no use."""
    pod = member_name(ordinal)
    with pod_port(api, namespace, pod, CLIENT_PORT) as port:
        yield from read_snapshot(TlsPort(port, tls_context(certificate, authority), f"{pod}.etcd.{namespace}.svc"))


def read_snapshot(connection: Connection) -> Iterator[bytes]:
    connection.send(request())
    checked = Checked()
    for message in messages(connection):
        checked.seen(message.blob)
        yield message.blob
    checked.must_be_whole()


def messages(connection: Connection) -> Iterator[Message]:
    answer = Answer()
    while not answer.ended:
        data = connection.receive()
        if not data:
            raise Broken("The snapshot is not whole", why="etcd closed the connection", fix="take another one")
        yield from answer.received(data)
        connection.send(answer.taken_reply())


def tls_context(certificate: Mapping[str, str], authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority)
    context.set_alpn_protocols(["h2"])
    # the standard library reads a key from a file only
    pair = MemoryFile(f"{certificate['tls.crt']}\n{certificate['tls.key']}")
    try:
        context.load_cert_chain(pair.path)
    finally:
        pair.close()
    return context
