# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An HTTPS server that sends what no Kubernetes API would: anything, slowly, or without end."""
from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._system.memory_file import MemoryFile

Reply = Callable[[str, str], Iterable[bytes]]
# a hundred and a bit at once, and nobody could tell the difference to one without end
ENDLESS = 4 << 30


def answer(body: Any = None, *, status: str = "200 OK", kind: str = "application/json", headers: Iterable[str] = ()) -> bytes:
    """A whole answer. body: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


def slowly(data: bytes, pause: float = 0.5) -> Iterator[bytes]:
    """A byte at a time; each would be in time."""
    for number in range(len(data)):
        yield data[number:number + 1]
        time.sleep(pause)


def without_end() -> Iterator[bytes]:
    yield b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"kind":"List","items":['
    for dummy in range(ENDLESS >> 20):
        yield b'{"a":"b"},' * (1 << 17)


def headers_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and more\r\n"
        time.sleep(0.3)


class HostileApi:
    """reply: the bytes of the answer to a method and a path. asked: what came. sent: bytes in all."""

    def __init__(self, reply: Reply, address: str = "127.0.0.1", ca: tuple[str, str] | None = None) -> None:
        self.reply, self.asked, self.sent = reply, [], 0
        self.ca_pem, self.ca_key = ca or x509.self_signed_ca("hostile")
        certificate, key = x509.issue(self.ca_pem, self.ca_key, cn="server", ips=[address], usages=["server"], days=1)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain = MemoryFile(certificate + key)
        self._context.load_cert_chain(chain.path)
        self._listening = socket.create_server((address, 0))
        self.port = self._listening.getsockname()[1]
        self.server = f"https://{address}:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, dummy = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as secure:
            line = self._request(secure)
            method, path = line.split(" ")[:2]
            self.asked.append(f"{method} {path}")
            for piece in self.reply(method, path):
                secure.sendall(piece)
                self.sent += len(piece)

    def _request(self, secure: ssl.SSLSocket) -> str:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = secure.recv(65536)
            if not piece:
                raise OSError
            data += piece
        head, dummy, body = data.partition(b"\r\n\r\n")
        length = next((int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += secure.recv(65536)
        return head.split(b"\r\n")[0].decode("latin-1")


def peak_memory() -> int:
    """KiB that this process has had at most."""
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 if sys.platform != "darwin" else 1024)
