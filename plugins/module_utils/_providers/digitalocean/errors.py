# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What went wrong with DigitalOcean's API, told as one line."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

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
    def reason(self) -> str:
        if self.error is not None:
            return _connection(self.error)
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        return f"{self.status} {message(self.data) or phrase}".strip()

    @property
    def hopeless(self) -> bool:
        """A certificate doesn't become a better one."""
        return "SSL" in type(self.error).__name__


def message(data: bytes) -> str:
    """The API's own words, "" if there are none."""
    try:
        answer = json.loads(data[:100_000])
    except (ValueError, RecursionError):
        return ""
    text = answer.get("message") if isinstance(answer, dict) else None
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
    return Unreachable("DigitalOcean can't be reached", where=url, why=_connection(error), fix="check the network, and run this again")


def refused(url: str, method: str, path: str, answer: Answer) -> CaasError:
    """status: 3xx or 4xx."""
    if answer.status == 401:
        return Refused("DigitalOcean does not know the token", where=url, why="it is wrong, revoked or has run out",
                       fix="make a new one at the control panel of DigitalOcean, under API")
    if answer.status == 403:
        return Refused(f"The token may not {method} {path.partition('?')[0]} at DigitalOcean", where=url, why=message(answer.data),
                       fix="give it the scopes droplet, tag, ssh_key and firewall with create, read, update and delete, and regions, sizes, image "
                           "and vpc with read; to find what clusters leave also block_storage, block_storage_snapshot, load_balancer and reserved_ip")
    if answer.status in (400, 422):
        return InvalidInput("DigitalOcean does not take what the node pool asks for", where=url, why=answer.reason)
    return ApiError(f"DigitalOcean refuses {method} {path.partition('?')[0]}", status=answer.status, reason="", where=url, why=answer.reason,
                    fix="check the address of the API" if answer.status in range(300, 400) else "")


def too_big(url: str, method: str, path: str, most: int) -> Unreachable:
    return not_json(url, method, path, f"it has more than {most >> 20} MB")


def not_json(url: str, method: str, path: str, why: str) -> Unreachable:
    return Unreachable(f"DigitalOcean's answer to {method} {path.partition('?')[0]} can't be understood", where=url, why=why,
                       fix="check that this address is DigitalOcean's API, and no proxy answers in its place")
