# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which way connections take: through a proxy, or past it."""
from __future__ import annotations

import pytest
import urllib3

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.connection_client import http_pool, is_excepted, proxy_of_environment
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.kubeconfig_store import Access

SERVER = "https://seed.example.org:6443"


@pytest.mark.parametrize(("server", "no_proxy", "excepted"), [
    (SERVER, "", False),
    (SERVER, "*", True),
    (SERVER, "seed.example.org", True),
    (SERVER, "SEED.example.org", True),
    (SERVER, "example.org", True),
    (SERVER, ".example.org", True),
    (SERVER, "other.org, .example.org", True),
    (SERVER, "ample.org", False),
    (SERVER, "seed.example.org:6443", True),
    (SERVER, "seed.example.org:443", False),
    ("https://10.1.2.3:6443", "10.0.0.0/8", True),
    ("https://10.1.2.3:6443", "10.1.2.3", True),
    ("https://10.1.2.3:6443", "10.2.0.0/16,192.168.0.0/16", False),
    ("https://[fd00::7]:6443", "fd00::/8", True),
])
def test_who_is_reached_past_the_proxy(server: str, no_proxy: str, excepted: bool):
    assert is_excepted(server, no_proxy) is excepted


@pytest.mark.parametrize(("proxies", "proxy"), [
    ({}, ""),
    ({"https": "http://proxy:3128"}, "http://proxy:3128"),
    ({"http": "http://proxy:3128"}, ""),
    ({"all": "http://proxy:3128"}, "http://proxy:3128"),
    ({"https": "http://proxy:3128", "no": "example.org"}, ""),
])
def test_the_proxy_of_the_environment(proxies: dict[str, str], proxy: str):
    assert proxy_of_environment(SERVER, proxies) == proxy


def test_the_kubeconfigs_own_proxy_counts_before_the_environments(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "http://environment:3128")
    monkeypatch.setenv("no_proxy", "*")
    pool = http_pool(Access(SERVER, proxy_url="http://own:3128"), {})
    assert isinstance(pool, urllib3.ProxyManager) and pool.proxy and pool.proxy.host == "own"
    assert not isinstance(http_pool(Access(SERVER), {}), urllib3.ProxyManager)
    monkeypatch.setenv("no_proxy", "")
    assert http_pool(Access(SERVER), {}).proxy.host == "environment"


def test_another_name_of_the_server_is_asked_for_and_checked():
    options = http_pool(Access(SERVER, tls_server_name="kubernetes"), {}).connection_pool_kw
    assert options["server_hostname"] == options["assert_hostname"] == "kubernetes"
    assert options["cert_reqs"] == "CERT_REQUIRED"
