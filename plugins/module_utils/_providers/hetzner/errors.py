# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What went wrong with Hetzner Cloud's API, told as one line."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused, Unreachable

LONGEST_MESSAGE = 300
# another request works at the same thing, or there is a moment without room: it may go better soon
BUSY = ("locked", "conflict", "resource_in_use", "rate_limit_exceeded", "unavailable", "timeout", "service_error", "robot_unavailable")
NO_ROOM = ("resource_limit_exceeded", "resource_unavailable", "placement_error", "server_limit_exceeded")
# what is asked for is there already
UNIQUE = "uniqueness_error"


@dataclass(frozen=True, slots=True)
class Answer:
    """status: 0 if there was no answer, then error says why."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    error: Exception | None = None

    @property
    def code(self) -> str:
        """The API's own word for an error, "" if it says none."""
        return _said(self.data, "code")

    @property
    def reason(self) -> str:
        if self.error is not None:
            return _connection(self.error)
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        return f"{self.status} {_said(self.data, 'message') or phrase}".strip()

    @property
    def is_busy(self) -> bool:
        return self.status == 429 or self.status >= 500 or (self.status >= 400 and self.code in BUSY)

    @property
    def hopeless(self) -> bool:
        """A certificate doesn't become a better one."""
        return "SSL" in type(self.error).__name__


def _said(data: bytes, key: str) -> str:
    try:
        answer = json.loads(data[:100_000])
    except (ValueError, RecursionError):
        return ""
    error = answer.get("error") if isinstance(answer, dict) else None
    text = error.get(key) if isinstance(error, dict) else None
    return text[:LONGEST_MESSAGE] if isinstance(text, str) else ""


def _connection(error: Exception) -> str:
    name, text = type(error).__name__, str(error)
    if "Timeout" in name or "timed out" in text:
        return "it does not answer in time"
    if "NameResolution" in text or "getaddrinfo" in text:
        return "its name can't be resolved"
    if "refused" in text:
        return "nothing listens there (connection refused)"
    if "SSL" in name:
        return f"TLS failed ({text[-120:]})"
    return "the connection broke"


def unreachable(url: str, error: Exception) -> Unreachable:
    return Unreachable("Hetzner Cloud can't be reached", where=url, why=_connection(error), fix="check the network, and run this again")


def no_answer(url: str, method: str, path: str, answer: Answer) -> Unreachable:
    return Unreachable(f"Hetzner Cloud did not carry out {method} {path}", where=url, why=answer.reason, fix="look at its status page, and run this again")


def refused(url: str, method: str, path: str, answer: Answer) -> CaasError:
    """status: 3xx or 4xx."""
    if answer.status == 401:
        return Refused("Hetzner Cloud does not know the token", where=url, why="it is wrong or was deleted",
                       fix="make a new one at the console of Hetzner Cloud, in the project under Security, API tokens")
    if answer.code in NO_ROOM:
        return InvalidInput("Hetzner Cloud has no room for what the node pool asks for", where=url, why=answer.reason,
                            fix="have the limit of the project raised, or use another size or region")
    if answer.status == 403:
        return Refused(f"The token may not {method} {path} at Hetzner Cloud", where=url, why=answer.reason, fix="make one that may read and write")
    if answer.status in (400, 422) and answer.code != UNIQUE:
        return InvalidInput("Hetzner Cloud does not take what the node pool asks for", where=url, why=answer.reason)
    return ApiError(f"Hetzner Cloud refuses {method} {path}", status=answer.status, reason=answer.code, where=url, why=answer.reason,
                    fix="check the address of the API" if answer.status in range(300, 400) else "")


def not_understood(url: str, method: str, path: str, why: str) -> Unreachable:
    return Unreachable(f"Hetzner Cloud's answer to {method} {path} can't be understood", where=url, why=why,
                       fix="check that this address is Hetzner Cloud's API, and no proxy answers in its place")
