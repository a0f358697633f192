# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The HTTP proxy through which a host fetches programs and images.

The kubelet gets none: it talks to the API of its cluster and to containerd alone.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown

# it stands in a unit that every user of the host can read: no password, and nothing that means something to systemd or a shell
URL = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?")
EXCEPTION = re.compile(r"\*|[A-Za-z0-9*.:/_\[\]-]+")
LOCAL = ("localhost", "127.0.0.0/8", "::1")


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """http, https: URLs, "" without one; exceptions: names, domains (.example.com), addresses and networks that are reached without it."""

    http: str = ""
    https: str = ""
    exceptions: tuple[str, ...] = ()

    def environment(self, own: Iterable[str] = ()) -> dict[str, str]:
        """own: places of the cluster itself."""
        if not (self.http or self.https):
            return {}
        exceptions = ",".join(dict.fromkeys((*LOCAL, *own, *self.exceptions)))
        found = {"HTTP_PROXY": self.http, "HTTPS_PROXY": self.https, "NO_PROXY": exceptions}
        return {name: value for name, value in found.items() if value}

    def words(self) -> dict[str, str]:
        """Configuration of the script parts that fetch something."""
        found = self.environment()
        return {name.lower(): found.get(name, "") for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")}


def read(params: Mapping[str, Any]) -> HttpProxy:
    """params: http_proxy, https_proxy, no_proxy. Raises InvalidInput."""
    urls = {name: str(params.get(name) or "") for name in ("http_proxy", "https_proxy")}
    for name, url in urls.items():
        if url and not URL.fullmatch(url):
            raise InvalidInput(f"{name} is not the URL of a proxy" if "@" in url else f"{name} {shown(url)} is not the URL of a proxy",
                               why="it must not contain a user or a password, because every user of the host could read them",
                               fix="write one like http://proxy.example:3128")
    exceptions = [str(one).strip() for one in params.get("no_proxy") or [] if str(one).strip()]
    for one in exceptions:
        if not EXCEPTION.fullmatch(one):
            raise InvalidInput(f"no_proxy holds {shown(one)}", why="it is a list of names, domains like .example.com, addresses and networks",
                               fix="correct it, or leave it out")
    return HttpProxy(urls["http_proxy"].rstrip("/"), urls["https_proxy"].rstrip("/"), tuple(exceptions))


def own_places(*, domain: str, addresses: Iterable[str], networks: Iterable[str]) -> tuple[str, ...]:
    """Of a cluster: what is reached without a proxy. domain: of its services."""
    return (*addresses, *networks, ".svc", f".{domain}")
