# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2's API on a port of this machine: credentials and faults in front of it, and a note of every request."""
from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from ..clock import SimulatedClock
from ..digitalocean.faults import AFTER, Fault, Faults, none
from .answers import Answer, Request, error
from .ec2 import Ec2
from .signature import signed_by

ACCESS_KEY, SECRET_KEY = "AKIALABMAYDOEVERYTHING", "lab/secret/key/that/may/do/everything"
READ_ONLY_KEY, READ_ONLY_SECRET = "AKIALABMAYONLYLOOK", "lab/secret/key/that/may/only/look"
EXPIRED_KEY, EXPIRED_SECRET = "ASIALABOFYESTERDAY", "lab/secret/key/of/yesterday"
SECRETS = {ACCESS_KEY: SECRET_KEY, READ_ONLY_KEY: READ_ONLY_SECRET, EXPIRED_KEY: EXPIRED_SECRET}
HTML = b"<html><body>502 {{ lookup('pipe', 'id') }} \x1b[31m</body></html>"


@dataclass(frozen=True)
class Heard:
    """at: seconds of the cloud's clock."""

    at: float
    action: str
    status: int
    looks: bool


class Cloud:
    """with Cloud(ec2, clock) as cloud: cloud.url is the address. clock: anything with now() and monotonic()."""

    def __init__(self, ec2: Ec2, clock: Any = None, *, faults: Faults = none, late: float = 0.6, address: str = "127.0.0.1", port: int = 0) -> None:
        """late: real seconds by which a late reply is late. port: 0 for any."""
        self.ec2, self.clock, self.faults, self.late, self.address = ec2, clock or SimulatedClock(), faults, late, address
        self.heard: list[Heard] = []
        # what a test wants to be answered instead
        self.instead: Callable[[Request], Answer | None] = lambda request: None
        # seconds of CPU that the cloud itself took
        self.cpu = 0.0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self._server.server_address[1]}"

    @property
    def writes(self) -> list[Heard]:
        return [one for one in self.heard if not one.looks]

    def serve(self) -> None:
        """Until the process ends."""
        self._server.serve_forever()

    def __enter__(self) -> Cloud:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request, key: str) -> tuple[Answer | None, Fault | None]:
        """None: the connection breaks. key: the access key whose signature is right, "" if it isn't."""
        with self._lock:
            begin, at = time.thread_time(), self.clock.monotonic()
            fault = self.faults(request)
            answer = self._unauthorized(request, key) or self.instead(request)
            if answer is None and fault is Fault.LIMITED:
                answer = error(503, "RequestLimitExceeded", "Request limit exceeded.", Retry_After="7")
            elif answer is None and (fault is None or fault in AFTER):
                answer = self.ec2.answer(request)
            if fault in (Fault.ERROR, Fault.ERROR_AFTER):
                answer = error(500, "InternalError", "An internal error has occurred")
            if fault in (Fault.DROPPED, Fault.LOST_AFTER):
                answer = None
            self.heard.append(Heard(at, request.action, answer.status if answer else 0, request.looks))
            self.cpu += time.thread_time() - begin
            return answer, fault

    def _unauthorized(self, request: Request, key: str) -> Answer | None:
        if not key:
            return error(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        if key == EXPIRED_KEY:
            return error(400, "RequestExpired", "Request has expired.")
        if key == READ_ONLY_KEY and not request.looks:
            return error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
        return None


def _handler(cloud: Cloud) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            if self.path != "/lab/heard":
                return self._send(Answer(404, b"{}"))
            heard = [asdict(one) for one in list(cloud.heard)]
            return self._send(Answer(200, json.dumps({"heard": heard}).encode(), {"Content-Type": "application/json"}))

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            form = dict(parse_qsl(data.decode(), keep_blank_values=True))
            key, region, service = signed_by(SECRETS, self.command, self.path, dict(self.headers), data)
            version = form.pop("Version", "")
            answer, fault = cloud.answer(Request(form.pop("Action", ""), form, region, service or "ec2", version), key)
            if fault is Fault.LATE_AFTER:
                time.sleep(cloud.late)
            if fault in (Fault.HTML, Fault.HTML_AFTER):
                return self._send(Answer(200, HTML, {"Content-Type": "text/html"}))
            if fault is Fault.HUGE:
                return self._endless()
            if answer is None:
                self.close_connection = True
                return None
            return self._send(answer)

        def _send(self, answer: Answer) -> None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._written(answer)

        def _written(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/xml;charset=UTF-8", **answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def _endless(self) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.end_headers()
            try:
                for _part in range(100):
                    self.wfile.write(b" " * (1 << 20))
            except OSError:
                pass

    return Handler
