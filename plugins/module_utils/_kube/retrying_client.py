# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Kubernetes API whose server may restart while we work with it."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access

PATIENCE, PAUSE = 60.0, 0.5
# who may not even ask whether the server is ready can't tell a refusal that is meant from one of a server that is about to start
REFUSED = 10.0


class PatientApi(KubeApi):
    """Waits for a server that has answered before, so many seconds for one request. Fails at once for one that never answered: its address may be wrong."""

    def __init__(self, access: Access, *, patience: float = PATIENCE) -> None:
        super().__init__(access)
        self.patience = patience
        self.progress: Callable[[str], None] = lambda text: None
        self.answered = False
        # threads that wait for it now: one of them tells so
        self.waiting, self._counting = 0, threading.Lock()

    def request(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None,
                content_type: str | None = None, *, come_back: bool = True) -> Any:
        end: float | None = None
        while True:
            try:
                answer = super().request(method, path, query, body, content_type, come_back=come_back)
            except (ApiError, Refused, Unreachable) as error:
                end = end or time.monotonic() + min(self.patience, REFUSED if isinstance(error, Refused) else self.patience)
                known, self.answered = self.answered, self.answered or not isinstance(error, Unreachable)
                if not (known and self._is_of_an_outage(method, error) and self._is_back_before(end, error)):
                    raise
            else:
                self.answered = True
                return answer

    def _is_of_an_outage(self, method: str, error: CaasError) -> bool:
        """And the request may be sent again. A server that just started refuses everybody until it knows the roles; one without etcd has its own errors."""
        if isinstance(error, Unreachable):
            return error.repeatable
        return (isinstance(error, Refused) or (error.status >= 500 and method != "POST")) and not self._is_ready()

    def _is_ready(self) -> bool:
        try:
            return self.ready()
        except Refused:
            return False

    def ready(self) -> bool:
        """A look, without waiting."""
        try:
            super().request("GET", "/readyz")
        except (ApiError, Unreachable):
            return False
        return True

    def _is_back_before(self, end: float, error: CaasError) -> bool:
        began = time.monotonic()
        if began >= end:
            return False
        with self._counting:
            self.waiting += 1
            tells = self.waiting == 1
        try:
            if tells:
                self.progress(f"{self.server} does not answer ({error.why}), waiting for it up to {end - began:.0f} s")
            while not self._is_ready():
                if time.monotonic() >= end:
                    return False
                time.sleep(PAUSE)
            if tells:
                self.progress(f"{self.server} answers again after {time.monotonic() - began:.1f} s")
        finally:
            with self._counting:
                self.waiting -= 1
        return True
