# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether and when a request to a Kubernetes API is sent again."""
from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.limits import Limits

TOO_MANY, AWAY = 429, 503
MOST_ANSWERS, MOST_CONNECTIONS, MOST_BREAKS = 5, 2, 2


class Repetition:
    """Of one request. repeatable: twice does no harm. come_back: also if the server says that it is too early (429)."""

    def __init__(self, limits: Limits, *, repeatable: bool, come_back: bool) -> None:
        self.limits, self.repeatable, self.come_back = limits, repeatable, come_back
        self.end = time.monotonic() + limits.patience
        self.answers = self.connections = self.breaks = 0

    def after_error(self, *, never_left: bool, in_time: bool) -> float | None:
        """Seconds until it is sent again, None if it is not. in_time: the connection broke, so no time was lost on a timeout."""
        if never_left:
            self.connections += 1
            return self._before_the_end(_backoff(self.connections) if self.connections <= MOST_CONNECTIONS else None)
        self.breaks += 1
        return self._before_the_end(_backoff(self.breaks) if self.repeatable and in_time and self.breaks <= MOST_BREAKS else None)

    def after_answer(self, status: int, headers: Any) -> float | None:
        """What was turned away was not carried out. A server that wants to be left alone for long gets no second request."""
        if status not in ((TOO_MANY, AWAY) if self.come_back else (AWAY,)) or not headers.get("Retry-After"):
            return None
        asked = asked_wait({"Retry-After": headers["Retry-After"]}, datetime.now(UTC))
        self.answers += 1
        if asked is None or asked > self.limits.come_back or self.answers > MOST_ANSWERS:
            return None
        return self._before_the_end(asked)

    def _before_the_end(self, pause: float | None) -> float | None:
        return None if pause is None or time.monotonic() + pause >= self.end else pause


def _backoff(number: int) -> float:
    """number: 1 for the first repetition, which doesn't wait: a server closes idle connections."""
    return 0.0 if number == 1 else 0.2 * 2 ** (number - 1)
