# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer who asks the API of a cluster ten times a second, each time by a new connection, and writes down what came of it."""
from __future__ import annotations

import base64
import http.client
import itertools
import json
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lab.hosts import state

PERIOD, TIMEOUT = 0.1, 5.0
# a quorum read: it is answered by etcd, not from a cache
PATH = "/api/v1/namespaces/default"


@dataclass(frozen=True)
class Request:
    """Times of time.monotonic(). error: "" if it was answered."""

    sent: float
    ended: float
    error: str


class Prober:
    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(_as_json(kubeconfig))
        server = urlsplit(config["clusters"][0]["cluster"]["server"])
        self.host, self.port = str(server.hostname), int(server.port or 443)
        user = config["users"][0]["user"]
        pair = kubeconfig.with_suffix(".pair.pem")
        pair.touch(mode=0o600)
        pair.write_bytes(b"".join(base64.b64decode(user[f"client-{name}-data"]) for name in ("certificate", "key")))
        self.context = ssl.create_default_context(cadata=base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode())
        self.context.load_cert_chain(pair)
        self.requests: list[Request] = []
        self.over = threading.Event()
        self.clock = threading.Thread(target=self._tick)

    def __enter__(self) -> Prober:
        self.began = time.monotonic()
        self.clock.start()
        return self

    def __exit__(self, *dummy: object) -> None:
        self.over.set()
        self.clock.join()
        time.sleep(TIMEOUT)

    def _tick(self) -> None:
        turn = 0
        while not self.over.wait(max(0.0, self.began + turn * PERIOD - time.monotonic())):
            turn += 1
            threading.Thread(target=self.ask, daemon=True).start()

    def ask(self) -> bool:
        """One request; True if it was answered."""
        sent = time.monotonic()
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.context)
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            answer.read()
            error = "" if answer.status == 200 else f"status {answer.status}"
        except OSError as failure:
            error = f"{type(failure).__name__}: {failure}"
        finally:
            connection.close()
        self.requests.append(Request(sent, time.monotonic(), error))
        return not error

    def longest_gap(self) -> float:
        """Seconds without an answer, from the beginning on."""
        moments = sorted([self.began, *(request.ended for request in self.requests if not request.error), max(r.sent for r in self.requests)])
        return max(after - before for before, after in itertools.pairwise(moments))

    def summary(self) -> str:
        failed = [request for request in self.requests if request.error]
        slow = sum(request.ended - request.sent > 1 for request in self.requests)
        kinds = sorted({request.error for request in failed})[:4]
        return (f"{len(self.requests)} requests, {len(failed)} failed, {slow} took over 1 s, longest gap {self.longest_gap():.1f} s"
                + (f" ({'; '.join(kinds)})" if kinds else ""))


def _as_json(kubeconfig: Path) -> str:
    kubectl = state.cache() / "bin" / "kubectl"
    return subprocess.run([kubectl, "--kubeconfig", kubeconfig, "config", "view", "--raw", "-o", "json"], check=True, capture_output=True, text=True).stdout
