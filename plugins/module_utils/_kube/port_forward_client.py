# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A connection to a port of a pod, through the API server, as bytes that go and come. TLS may be spoken in it, which ends in the pod."""
from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.pod_exec_client import configuration_of, headers_of, library

READ = 1 << 16
_BINARY, _CLOSE = 2, 8
# the first frame of each of the two channels only repeats the number of the port
_DATA, _ERROR = 0, 1


class PodPort:
    """send and receive, as a socket has them. Raises Unreachable where the other end is gone."""

    def __init__(self, websocket: Any, where: str) -> None:
        self.websocket, self.where, self.greeted = websocket, where, set[int]()

    def send(self, data: bytes) -> None:
        for begin in range(0, len(data), READ):
            self.websocket.send_binary(bytes([_DATA]) + data[begin:begin + READ])

    def receive(self) -> bytes:
        """At least a byte, b"" at the end."""
        while True:
            opcode, frame = self.websocket.recv_data()
            if opcode == _CLOSE:
                return b""
            if opcode != _BINARY or not frame:
                continue
            channel, data = frame[0], frame[1:]
            if channel not in self.greeted:
                self.greeted.add(channel)
            elif channel == _ERROR:
                raise Unreachable("The connection to the pod has ended", where=self.where, why=data[:1000].decode(errors="replace"))
            elif data:
                return data


class TlsPort:
    """TLS in a connection that is no socket."""

    def __init__(self, port: PodPort, context: ssl.SSLContext, name: str) -> None:
        self.port, self.incoming, self.outgoing = port, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        self._repeated(self.tls.do_handshake)

    def send(self, data: bytes) -> None:
        if data:
            self._repeated(lambda: self.tls.write(data))

    def receive(self) -> bytes:
        """b"" at the end."""
        try:
            return self._repeated(lambda: self.tls.read(READ))
        except ssl.SSLZeroReturnError:
            return b""

    def _repeated(self, work: Any) -> Any:
        """Until it needs nothing more from the other end."""
        while True:
            try:
                result = work()
            except ssl.SSLWantReadError:
                self._flush()
                data = self.port.receive()
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if data := self.outgoing.read():
            self.port.send(data)


@contextmanager
def pod_port(api: KubeApi, namespace: str, pod: str, port: int, *, timeout: float = 60) -> Iterator[PodPort]:
    """timeout: seconds in which something must come whenever something is awaited. Raises Refused, or Unreachable."""
    given = library()
    where = f"port {port} of pod {namespace}/{pod}"
    url = given.ws_client.get_websocket_url(f"{api.server}/api/v1/namespaces/{namespace}/pods/{pod}/portforward", [("ports", str(port))])
    given.websocket.setdefaulttimeout(timeout)
    try:
        headers = {**headers_of(api), "sec-websocket-protocol": "v4.channel.k8s.io"}
        websocket = given.ws_client.create_websocket(configuration_of(api, given.configuration()), url, headers)
        try:
            yield PodPort(websocket, where)
        finally:
            websocket.close(timeout=1)
    except given.websocket.WebSocketBadStatusException as error:
        if error.status_code in (401, 403):
            raise Refused(f"This kubeconfig may not connect to a port of a pod (status {error.status_code})", where=where,
                          fix="bind the operator's Role of this collection in that namespace, or use another kubeconfig") from None
        raise Unreachable("The pod can't be reached", where=where, why=f"the seed answered with status {error.status_code}") from None
    except (given.websocket.WebSocketException, OSError) as error:
        raise Unreachable("The connection to the pod has ended", where=where, why=str(error)) from None
