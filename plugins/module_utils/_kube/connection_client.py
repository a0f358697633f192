# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Connections to one API server: by TLS that trusts what the kubeconfig says, and through a proxy if there is one. As many are kept as are used at once.

urllib3 alone: the package kubernetes, which builds the same upon it, takes a quarter of a second to load, in every run of ansible-playbook.
"""
from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.http_client import watched
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import AT_ONCE

try:
    import urllib3
except ImportError as error:
    MISSING: str | None = str(error)
else:
    MISSING = None


def http_pool(access: Access, files: Mapping[str, str]) -> Any:
    """A urllib3.PoolManager for bounded_http. files: paths of ca_certs, cert_file and key_file, as far as there are any; without ca_certs the system's
    authorities count."""
    return watched(_manager(access, files))


def _manager(access: Access, files: Mapping[str, str]) -> Any:
    options: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", "maxsize": AT_ONCE, **files}
    if access.tls_server_name:
        options["server_hostname"] = options["assert_hostname"] = access.tls_server_name
    proxy = access.proxy_url or proxy_of_environment(access.server, getproxies())
    if not proxy:
        return urllib3.PoolManager(**options)
    if not proxy.startswith("socks"):
        return urllib3.ProxyManager(proxy, **options)
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError:
        raise InvalidInput("A SOCKS proxy can't be used", where=access.server, why="the Python library PySocks is missing",
                           fix="install it for this Python: pip install PySocks") from None
    return SOCKSProxyManager(proxy, **options)


def proxy_of_environment(server: str, proxies: Mapping[str, str]) -> str:
    """The proxy of HTTPS_PROXY (or ALL_PROXY), "" if there is none or NO_PROXY excepts this server. proxies: of urllib.request.getproxies()."""
    return "" if is_excepted(server, proxies.get("no", "")) else proxies.get("https") or proxies.get("all", "")


def is_excepted(server: str, no_proxy: str) -> bool:
    """By the rules that Kubernetes' own programs have for NO_PROXY: names with all below them, addresses, networks, each with a port or without, and "*"."""
    url = urlsplit(server)
    host, place = (url.hostname or "").lower(), url.netloc.lower()
    for entry in filter(None, (word.strip().lower() for word in no_proxy.split(","))):
        name = entry.lstrip(".")
        if entry == "*" or in_network(host, entry) or any(one == name or one.endswith(f".{name}") for one in (host, place)):
            return True
    return False


def in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
