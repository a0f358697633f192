# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the API of a provider is, if it is not at its usual place."""
from __future__ import annotations

import re
from urllib.parse import urlsplit

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.url import hidden, is_plain

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_CHARACTERS = re.compile(r"[A-Za-z0-9:/.\[\]_~%-]+", re.ASCII)


def checked(url: str, *, api: str, like: str, shows: str, where: str) -> str:
    """api, like: what it is the address of, and a good one. shows: what http would show to others. where: the option. Raises InvalidInput."""
    if not is_plain(url, _CHARACTERS):
        # it may hold a password
        raise InvalidInput(f"{hidden(url)!r} can't be the address of {api}", where=where, fix=f"leave it out, or use one like {like}")
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise InvalidInput(f"{url!r} would show {shows}", where=where, fix="use https")
    return url
