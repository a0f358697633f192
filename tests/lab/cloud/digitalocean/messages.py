# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes to the cloud's API, and what comes back."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WHAT = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "conflict", 422: "unprocessable_entity", 429: "too_many_requests",
        500: "server_error", 503: "service_unavailable"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    token: str = ""
    # as the client sees the server
    base: str = "https://api.digitalocean.com/v2/"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def error(status: int, message: str) -> Answer:
    return Answer(status, {"id": WHAT[status], "message": message})
