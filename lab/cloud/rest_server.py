# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cloud's REST API on a port of this machine: JSON in paths below a root, and a token."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .http_server import HttpServer


@dataclass(frozen=True)
class Request:
    """base: the API's address, as the client sees it."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    token: str = ""
    base: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class RestServer(HttpServer):
    """A provider is a subclass. api: answers requests that have a right to be answered."""

    def __init__(self, api: Any, clock: Any = None, **options: Any) -> None:
        self.api = api
        super().__init__(clock, **options)

    def understood(self, method: str, target: str, headers: Mapping[str, str], data: bytes) -> Request | None:
        parts, root = urlsplit(target), self.root.rstrip("/") + "/"
        if not parts.path.startswith(root):
            return None
        token = (headers.get("Authorization") or "").removeprefix("Bearer ")
        return Request(method, unquote(parts.path).removeprefix(root).rstrip("/"), dict(parse_qsl(parts.query)), body_of(data), token, self.url)

    def done(self, request: Request) -> Answer:
        return self.api.answer(request)


def body_of(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None
