# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cloud's API on a port of this machine: credentials, limits and faults in front of it, and a note of every request. GET /lab/heard shows the notes."""
from __future__ import annotations

import contextlib
import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from .clock import SimulatedClock
from .faults import AFTER, Fault, Faults, none

HTML = b"<html><body>502 {{ lookup('pipe', 'id') }} \x1b[31m</body></html>"


@dataclass(frozen=True)
class Heard:
    """at: seconds of the cloud's clock. status: 0 if the connection broke."""

    at: float
    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Reply:
    """What goes over the wire."""

    status: int
    data: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpServer(ABC):
    """with HttpServer(...) as cloud: cloud.url is the address. clock: anything with now() and monotonic().

    A provider is a subclass. Its requests have a method and a path, its answers a status; what is in them beside that is its own.
    """

    # behind the address and the port
    root = ""
    content_type = ""

    def __init__(self, clock: Any = None, *, faults: Faults = none, late: float = 0.6, address: str = "127.0.0.1", port: int = 0) -> None:
        """late: real seconds by which a late reply is late. port: 0 for any."""
        self.clock, self.faults, self.late, self.address = clock or SimulatedClock(), faults, late, address
        self.heard: list[Heard] = []
        # seconds of CPU that the cloud itself took
        self.cpu = 0.0
        # what a test wants to be answered instead
        self.instead: Callable[[Any], Any] = lambda request: None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, port), _handler(self))
        self._server.daemon_threads = True
        self._beside: list[ThreadingHTTPServer] = []

    @abstractmethod
    def understood(self, method: str, target: str, headers: Mapping[str, str], data: bytes) -> Any:
        """The request, or None if there is no API at that place."""

    @abstractmethod
    def refusal(self, request: Any, at: float) -> Any:
        """The answer to who has no right to ask this, or asks too often; else None. at: seconds of the clock."""

    @abstractmethod
    def done(self, request: Any) -> Any:
        """Carries it out, and answers."""

    @abstractmethod
    def error(self, status: int) -> Any:
        """The API's words for that: 404 for a place at which there is nothing, 500, or too many requests (429, whatever it is at this provider)."""

    @abstractmethod
    def reply(self, answer: Any) -> Reply:
        """The answer as it goes over the wire."""

    def told(self, method: str, what: str, data: bytes) -> Reply | None:
        """Below /lab/, where whoever tests something has the say."""
        if (method, what) == ("GET", "heard"):
            return as_json({"heard": [asdict(one) for one in list(self.heard)]})
        return None

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self._server.server_address[1]}{self.root}"

    @property
    def writes(self) -> list[Heard]:
        return [one for one in self.heard if one.method != "GET"]

    def serve(self) -> None:
        """Until the process ends."""
        self._server.serve_forever()

    def listen_also(self, address: str) -> int:
        """For machines of the cloud, which can't reach this one's own loopback address. Returns the port."""
        server = ThreadingHTTPServer((address, 0), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._beside.append(server)
        return server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        for server in (self._server, *self._beside):
            server.shutdown()
            server.server_close()

    def answer(self, request: Any) -> tuple[Any, Fault | None]:
        """None: the connection breaks."""
        with self._lock:
            begin, at = time.thread_time(), self.clock.monotonic()
            fault = self.faults(request)
            answer = self.refusal(request, at) or self.instead(request)
            if answer is None and fault is Fault.LIMITED:
                answer = self.error(429)
            elif answer is None and (fault is None or fault in AFTER):
                answer = self.done(request)
            if fault in (Fault.ERROR, Fault.ERROR_AFTER):
                answer = self.error(500)
            if fault in (Fault.DROPPED, Fault.LOST_AFTER):
                answer = None
            self.heard.append(Heard(at, request.method, request.path, answer.status if answer else 0))
            self.cpu += time.thread_time() - begin
            return answer, fault


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """value: None for no body at all."""
    data = b"" if value is None else json.dumps(value).encode()
    return Reply(status, data, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def _handler(cloud: HttpServer) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *args: Any) -> None:
            pass

        def _do(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told = cloud.told(self.command, self.path.removeprefix("/lab/"), data) if self.path.startswith("/lab/") else None
            if told:
                return self._send(told)
            request = cloud.understood(self.command, self.path, self.headers, data)
            if request is None:
                return self._send(cloud.reply(cloud.error(404)))
            answer, fault = cloud.answer(request)
            if fault is Fault.LATE_AFTER:
                time.sleep(cloud.late)
            if fault in (Fault.HTML, Fault.HTML_AFTER):
                return self._send(Reply(200, HTML, {"Content-Type": "text/html"}))
            if fault is Fault.HUGE:
                return self._endless()
            if answer is None:
                self.close_connection = True
                return None
            return self._send(cloud.reply(answer))

        def _send(self, reply: Reply) -> None:
            # whoever asked may be dead by now
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(reply.status)
                length = {} if reply.status == 204 else {"Content-Length": str(len(reply.data))}
                for name, value in {**reply.headers, **length}.items():
                    self.send_header(name, value)
                self.end_headers()
                if reply.status != 204:
                    self.wfile.write(reply.data)

        def _endless(self) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", cloud.content_type)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _part in range(100):
                    self.wfile.write(b" " * (1 << 20))

        do_GET = do_POST = do_PUT = do_DELETE = _do

    return Handler
