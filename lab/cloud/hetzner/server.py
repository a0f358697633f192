# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hetzner Cloud's API on a port of this machine, with tokens and the limit of a project in front of it."""
from __future__ import annotations

from typing import Any

from ..http_server import Reply, as_json
from ..rest_server import Answer, Request, RestServer
from .api import MISSING, Api, error

TOKEN, READ_ONLY_TOKEN = "hetzner_lab_token_that_may_do_everything", "hetzner_lab_token_that_may_only_look"
# requests of a project: so many are saved up, and one is given each second
PER_HOUR = 3600


class Cloud(RestServer):
    root, content_type = "/v1", "application/json"

    def __init__(self, api: Api, clock: Any = None, *, per_hour: int = PER_HOUR, **options: Any) -> None:
        self.per_hour, self.left = per_hour, float(per_hour)
        super().__init__(api, clock, **options)
        self._at = self.clock.monotonic()

    def refusal(self, request: Request, at: float) -> Answer | None:
        self.left, self._at = min(float(self.per_hour), self.left + max(0.0, at - self._at)), at
        if self.left < 1:
            return error(429, f"limit of {self.per_hour} requests per hour reached")
        self.left -= 1
        if request.token not in (TOKEN, READ_ONLY_TOKEN):
            return error(401, "unable to authenticate")
        if request.token == READ_ONLY_TOKEN and request.method != "GET":
            return error(403, "insufficient permissions for this request", "token_readonly")
        return None

    def error(self, status: int) -> Answer:
        return {404: MISSING, 500: error(500, "internal server error"), 429: error(429, f"limit of {self.per_hour} requests per hour reached")}[status]

    def reply(self, answer: Answer) -> Reply:
        reset = int(self.clock.now().timestamp() + self.per_hour - self.left)
        limits = {"RateLimit-Limit": str(self.per_hour), "RateLimit-Remaining": str(int(self.left)), "RateLimit-Reset": str(reset)}
        return as_json(answer.body, answer.status, {**limits, **answer.headers})
