# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""URLs from which something is fetched. They are printed, and stand on command lines of hosts, so none of them may hold a password."""
from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

_CHARACTERS = re.compile(r"[A-Za-z0-9:/.\[\]_~%+-]+", re.ASCII)


def hidden(given: Any) -> str:
    """Of what may be a URL with a user and a password, or a query that holds a token, what may be shown in an error."""
    text = given if isinstance(given, str) else str(given)
    before, at, place = text.rpartition("@")
    scheme = re.match(r"[a-z0-9+]+://", before)
    shown = f"{scheme[0] if scheme else ''}…@{place}" if at else text
    return shown.split("?")[0] + ("?…" if "?" in shown else "")


def has_user(url: str) -> bool:
    try:
        return urlsplit(url).username is not None or "@" in url.partition("://")[2].partition("/")[0]
    except ValueError:
        return "@" in url


def registry_place(value: Any, where: str) -> None:
    """Raises InvalidInput if a registry is given with a user."""
    if isinstance(value, str) and "@" in value:
        raise InvalidInput(f"Registry {hidden(value)!r} is not valid", where=where, why="a user or password in it would be shown in manifests and messages",
                           fix="write a host name and perhaps a path, without https:// and without a user")


def mirror_url(url: Any, where: str) -> str:
    """The URL itself. Raises InvalidInput without a word of a password in it."""
    like = "write one like https://mirror.example, perhaps with a port and a path"
    if isinstance(url, str) and has_user(url):
        raise InvalidInput(f"{hidden(url)!r} holds a user or a password", where=where,
                           why="it would be shown in messages and in the list of processes of hosts",
                           fix="leave the user out, and let the mirror accept hosts by their address or network")
    if not isinstance(url, str) or not is_plain(url, _CHARACTERS):
        raise InvalidInput(f"{hidden(url)[:200]!r} can't be the address of a mirror", where=where, fix=like)
    return url


def is_plain(url: str, characters: re.Pattern[str]) -> bool:
    """Scheme, host, perhaps a port and a path; no query. characters: of which it is made."""
    try:
        parts = urlsplit(url)
        return bool(characters.fullmatch(url)) and parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
