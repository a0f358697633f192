# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Asks an API all the time, each time by a new connection as many clients do, to know for how long it did not answer while something was changed."""
from __future__ import annotations

import http.client
import ssl
import threading
import time
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

# seconds from one request to the next one, and for an answer
PERIOD, TIMEOUT = 0.1, 5.0
# what a kube-apiserver says that is about to end; every client library asks once more then, so it is no failure, and no answer either
LATER = "status 429"
# etcd answers it, and not a cache
PATH = "/api/v1/namespaces/default"


@dataclass(frozen=True, slots=True)
class Answers:
    """longest_gap: seconds without an answer. error: of the last request that failed, "" if none did."""

    requests: int = 0
    failed: int = 0
    longest_gap: float = 0.0
    error: str = ""

    def line(self) -> str:
        failed = f", {self.failed} failed (the last one: {self.error})" if self.failed else ", none failed"
        return f"{self.requests} requests to the API meanwhile{failed}, longest gap {self.longest_gap:.1f} s"


class Prober:
    """Begins at once, and goes on until end() is called."""

    def __init__(self, api: KubeApi) -> None:
        server, self.api = urlsplit(api.server), api
        self.host, self.port = str(server.hostname), server.port or 443
        self.context = ssl.create_default_context(cafile=api.files["ca_certs"])
        self.context.load_cert_chain(api.files["cert_file"], api.files["key_file"])
        self.answers, self.answered = Answers(), time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._ask_on, name="prober", daemon=True)
        self.thread.start()

    def end(self) -> Answers:
        self.over.set()
        # a request that is still without an answer counts as long as it has waited
        gap = max(self.answers.longest_gap, time.monotonic() - self.answered)
        self.thread.join(timeout=TIMEOUT)
        self.api.close()
        return replace(self.answers, longest_gap=max(gap, self.answers.longest_gap))

    def _ask_on(self) -> None:
        while not self.over.wait(PERIOD):
            error, before = self._ask(), self.answers
            moment = time.monotonic()
            gap = max(before.longest_gap, moment - self.answered)
            failed = error if error != LATER else ""
            self.answers = Answers(before.requests + 1, before.failed + bool(failed), gap, failed or before.error)
            if not error:
                self.answered = moment

    def _ask(self) -> str:
        """Why there was no good answer, "" if there was one."""
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.context)
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            # its beginning tells that it came; the rest may have any length
            answer.read(1)
            return "" if answer.status == 200 else f"status {answer.status}"
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            connection.close()
