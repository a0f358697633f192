# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What went wrong with a provider's REST API, told as one line. A provider adds how its API words an error, and what only it refuses."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused, Unreachable

LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """status: 0 if there was no answer, then error says why. never_arrived: the request certainly was not heard."""

    status: int
    headers: Mapping[str, str]
    data: bytes
    error: Exception | None = None
    never_arrived: bool = False

    @property
    def hopeless(self) -> bool:
        """A certificate doesn't become a better one."""
        return "SSL" in type(self.error).__name__


class RestErrors:
    """title: of the provider. unknown_token: why the API does not know it, and where to make a new one. missing_rights: how to give it some."""

    title = ""
    unknown_token = ("it is wrong or was deleted", "make a new one")
    missing_rights = "make one that may read and write"

    def __init__(self, url: str) -> None:
        self.url = url

    def details(self, answer: dict[str, Any]) -> Any:
        """The part of an error's answer that has its words."""
        return answer

    def is_busy(self, answer: Answer) -> bool:
        """It may go better soon."""
        return answer.status == 429 or answer.status >= 500

    def word(self, answer: Answer, key: str) -> str:
        """What the API says under key, "" if it says nothing."""
        try:
            content = json.loads(answer.data[:100_000])
        except (ValueError, RecursionError):
            return ""
        details = self.details(content) if isinstance(content, dict) else None
        text = details.get(key) if isinstance(details, dict) else None
        return text[:LONGEST_MESSAGE] if isinstance(text, str) else ""

    def reason(self, answer: Answer) -> str:
        if answer.error is not None:
            return _connection(answer.error)
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = ""
        return f"{answer.status} {self.word(answer, 'message') or phrase}".strip()

    def unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(f"{self.title} can't be reached", where=self.url, why=_connection(error), fix="check the network, and run this again")

    def not_done(self, method: str, path: str, answer: Answer) -> Unreachable:
        return Unreachable(f"{self.title} did not carry out {method} {path}", where=self.url, why=self.reason(answer),
                           fix="look at its status page, and run this again")

    def not_understood(self, method: str, path: str, why: str) -> Unreachable:
        return Unreachable(f"{self.title}'s answer to {method} {path} can't be understood", where=self.url, why=why,
                           fix=f"check that this address is {self.title}'s API, and no proxy answers in its place")

    def refused(self, method: str, path: str, answer: Answer) -> CaasError:
        """status: 3xx or 4xx."""
        if answer.status == 401:
            why, fix = self.unknown_token
            return Refused(f"{self.title} rejects the token", where=self.url, why=why, fix=fix)
        if answer.status == 403:
            return Refused(f"The token may not {method} {path} at {self.title}", where=self.url, why=self.reason(answer), fix=self.missing_rights)
        if answer.status in (400, 422):
            return InvalidInput(f"{self.title} rejects what the node pool asks for", where=self.url, why=self.reason(answer))
        return self.error(method, path, answer)

    def error(self, method: str, path: str, answer: Answer) -> ApiError:
        return ApiError(f"{self.title} refuses {method} {path}", status=answer.status, reason=self.word(answer, "code"), where=self.url,
                        why=self.reason(answer), fix="check the address of the API" if answer.status in range(300, 400) else "")


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
