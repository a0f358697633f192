# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DigitalOcean's API on a port of this machine, with tokens and limits in front of it."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ..http_server import Reply, as_json
from ..rest_server import Answer, Request, RestServer, body_of
from .api import Api, error

TOKEN, READ_ONLY_TOKEN = "dop_v1_lab_token_that_may_do_everything", "dop_v1_lab_token_that_may_only_look"
PER_MINUTE, PER_HOUR = 250, 5000


class Cloud(RestServer):
    root, content_type = "/v2/", "application/json; charset=utf-8"

    def __init__(self, api: Api, clock: Any = None, *, control: Callable[[str, str, Any], Answer] | None = None, per_minute: int = PER_MINUTE,
                 **options: Any) -> None:
        """control: answers below /lab/ to what this server itself does not know. per_minute: so many requests are answered."""
        self.control, self.per_minute = control, per_minute
        self._minute: deque[float] = deque()
        super().__init__(api, clock, **options)

    def most_in_a_minute(self) -> int:
        times = sorted(one.at for one in self.heard)
        first, most = 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= 60:
                first += 1
            most = max(most, last - first + 1)
        return most

    def told(self, method: str, what: str, data: bytes) -> Reply | None:
        found = super().told(method, what, data)
        return found or (self.reply(self.control(method, what, body_of(data))) if self.control else None)

    def refusal(self, request: Request, at: float) -> Answer | None:
        return self._limited(at) or self._unauthorized(request)

    def _limited(self, at: float) -> Answer | None:
        while self._minute and at - self._minute[0] >= 60:
            self._minute.popleft()
        if len(self._minute) >= self.per_minute:
            return Answer(429, error(429, "API rate limit exceeded.").body, {"Retry-After": str(int(60 - (at - self._minute[0])) + 1)})
        self._minute.append(at)
        return None

    def _unauthorized(self, request: Request) -> Answer | None:
        if request.token not in (TOKEN, READ_ONLY_TOKEN):
            return error(401, "Unable to authenticate you.")
        if request.token == READ_ONLY_TOKEN and request.method != "GET":
            return error(403, "You do not have access for the attempted action.")
        return None

    def error(self, status: int) -> Answer:
        return {404: error(404, "The resource you were accessing could not be found."), 500: error(500, "Unexpected server-side error"),
                429: Answer(429, error(429, "API rate limit exceeded.").body, {"Retry-After": "7"})}[status]

    def reply(self, answer: Answer) -> Reply:
        limits = {"ratelimit-limit": str(PER_HOUR), "ratelimit-remaining": str(max(0, PER_HOUR - len(self.heard))),
                  "ratelimit-reset": str(int(self.clock.now().timestamp()) + 3600)}
        return as_json(answer.body, answer.status, {**limits, **answer.headers})
