# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cloud's API on a port of this machine: tokens, limits and faults in front of it, and a note of every request."""
from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..clock import SimulatedClock
from .api import Answer, Api, Request, error
from .faults import AFTER, Fault, Faults, none

TOKEN, READ_ONLY_TOKEN = "dop_v1_lab_token_that_may_do_everything", "dop_v1_lab_token_that_may_only_look"
PER_MINUTE, PER_HOUR = 250, 5000
HTML = b"<html><body>502 {{ lookup('pipe', 'id') }} \x1b[31m</body></html>"


@dataclass(frozen=True)
class Heard:
    """at: seconds of the cloud's clock."""

    at: float
    method: str
    path: str
    status: int


class Cloud:
    """with Cloud(api, clock) as cloud: cloud.url is the address. clock: anything with now() and monotonic()."""

    def __init__(self, api: Api, clock: Any = None, *, faults: Faults = none, late: float = 0.6, address: str = "127.0.0.1", port: int = 0,
                 control: Callable[[str, str, Any], Answer] | None = None) -> None:
        """late: real seconds by which a late reply is late. port: 0 for any. control: answers below /lab/, where whoever tests something has the say."""
        self.api, self.clock, self.faults, self.late, self.address, self.control = api, clock or SimulatedClock(), faults, late, address, control
        self.heard: list[Heard] = []
        self._minute: deque[float] = deque()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self._server.server_address[1]}/v2/"

    @property
    def writes(self) -> list[Heard]:
        return [one for one in self.heard if one.method != "GET"]

    def most_in_a_minute(self) -> int:
        times = sorted(one.at for one in self.heard)
        first, most = 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= 60:
                first += 1
            most = max(most, last - first + 1)
        return most

    def serve(self) -> None:
        """Until the process ends."""
        self._server.serve_forever()

    def __enter__(self) -> Cloud:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> tuple[Answer | None, Fault | None]:
        """None: the connection breaks."""
        with self._lock:
            at = self.clock.monotonic()
            fault = self.faults(request)
            answer = self._limited(at) or self._unauthorized(request)
            if answer is None and fault is Fault.LIMITED:
                answer = Answer(429, error(429, "API rate limit exceeded.").body, {"Retry-After": "7"})
            elif answer is None and (fault is None or fault in AFTER):
                answer = self.api.answer(request)
            if fault in (Fault.ERROR, Fault.ERROR_AFTER):
                answer = error(500, "Unexpected server-side error")
            if fault in (Fault.DROPPED, Fault.LOST_AFTER):
                answer = None
            self.heard.append(Heard(at, request.method, request.path, answer.status if answer else 0))
            return answer, fault

    def _limited(self, at: float) -> Answer | None:
        while self._minute and at - self._minute[0] >= 60:
            self._minute.popleft()
        if len(self._minute) >= PER_MINUTE:
            return Answer(429, error(429, "API rate limit exceeded.").body, {"Retry-After": str(int(60 - (at - self._minute[0])) + 1)})
        self._minute.append(at)
        return None

    def _unauthorized(self, request: Request) -> Answer | None:
        if request.token not in (TOKEN, READ_ONLY_TOKEN):
            return error(401, "Unable to authenticate you.")
        if request.token == READ_ONLY_TOKEN and request.method != "GET":
            return error(403, "You do not have access for the attempted action.")
        return None

    def headers(self) -> dict[str, str]:
        return {"ratelimit-limit": str(PER_HOUR), "ratelimit-remaining": str(max(0, PER_HOUR - len(self.heard))),
                "ratelimit-reset": str(int(self.clock.now().timestamp()) + 3600)}


def _handler(cloud: Cloud) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *args: Any) -> None:
            pass

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            parts = urlsplit(self.path)
            try:
                body = json.loads(data) if data else None
            except ValueError:
                body = None
            if cloud.control and parts.path.startswith("/lab/"):
                return self._send(cloud.control(self.command, parts.path.removeprefix("/lab/"), body))
            if not parts.path.startswith("/v2/"):
                return self._send(error(404, "The resource you were accessing could not be found."))
            answer, fault = cloud.answer(Request(self.command, unquote(parts.path).removeprefix("/v2/").rstrip("/"), dict(parse_qsl(parts.query)), body,
                                                 (self.headers.get("Authorization") or "").removeprefix("Bearer "), cloud.url))
            if fault is Fault.LATE_AFTER:
                time.sleep(cloud.late)
            if fault in (Fault.HTML, Fault.HTML_AFTER):
                return self._raw(200, HTML, {"Content-Type": "text/html"})
            if fault is Fault.HUGE:
                return self._endless()
            if answer is None:
                self.close_connection = True
                return None
            return self._send(answer)

        def _send(self, answer: Answer) -> None:
            data = b"" if answer.body is None else json.dumps(answer.body).encode()
            self._raw(answer.status, data, {"Content-Type": "application/json; charset=utf-8", **cloud.headers(), **answer.headers})

        def _raw(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if status != 204:
                self.wfile.write(data)

        def _endless(self) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            try:
                for _part in range(100):
                    self.wfile.write(b" " * (1 << 20))
            except OSError:
                pass

        do_GET = do_POST = do_PUT = do_DELETE = _do

    return Handler
