# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host import http_proxy
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import capability
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import containerd_unit
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import files as seed_files
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Seed
from unit.plugins.module_utils._host.test_capabilities import MODERN

GIVEN = {"http_proxy": "http://proxy.example:3128/", "https_proxy": "http://proxy.example:3128", "no_proxy": [".example.com", " 192.0.2.0/24 "]}


def test_what_belongs_to_the_cluster_is_reached_without_the_proxy():
    own = http_proxy.own_places(domain="cluster.local", addresses=("198.51.100.10",), networks=("10.244.0.0/16", "10.96.0.0/16"))
    assert http_proxy.read(GIVEN).environment(own) == {
        "HTTP_PROXY": "http://proxy.example:3128", "HTTPS_PROXY": "http://proxy.example:3128",
        "NO_PROXY": "localhost,127.0.0.0/8,::1,198.51.100.10,10.244.0.0/16,10.96.0.0/16,.svc,.cluster.local,.example.com,192.0.2.0/24"}


@pytest.mark.parametrize("given", [{}, {"http_proxy": None, "https_proxy": "", "no_proxy": None}, {"no_proxy": ["example.com"]}])
def test_without_a_proxy_nothing_is_set(given):
    found = http_proxy.read(given)
    assert found.environment() == {}
    assert set(found.words().values()) == {""}
    assert "Environment" not in containerd_unit(raise_limits=True, environment=found.environment())


def test_containerd_gets_it_in_its_unit_and_a_drop_in_of_the_owner_counts_more():
    unit = containerd_unit(raise_limits=True, environment=http_proxy.read(GIVEN).environment())
    assert 'Environment="HTTPS_PROXY=http://proxy.example:3128"\n' in unit
    assert unit.index("Environment=") < unit.index("ExecStart=")


def test_a_machine_of_a_seed_gets_it_as_well():
    seed = Seed("fra1", "198.51.100.10", catalogue.lookup("1.36.3"), "10.240.0.0/16", "10.241.0.0/16")
    files = {item.path: item.content for item in seed_files.files(seed, MODERN, capability(MODERN), registries=(), proxy=http_proxy.read(GIVEN))}
    assert "198.51.100.10,10.240.0.0/16,10.241.0.0/16,.svc" in files["/etc/systemd/system/containerd.service"]
    assert "proxy" not in files["/etc/systemd/system/kubelet.service"]


@pytest.mark.parametrize(("given", "part"), [
    ({"http_proxy": "proxy.example:3128"}, "'proxy.example:3128' is not the URL of a proxy"),
    ({"https_proxy": "socks5://proxy.example"}, "is not the URL of a proxy"),
    ({"http_proxy": 'http://proxy.example"\nExecStart=/bin/sh'}, "is not the URL of a proxy"),
    ({"http_proxy": "http://proxy.example:3128/%n"}, "is not the URL of a proxy"),
    ({"no_proxy": ["a b"]}, "no_proxy holds 'a b'"),
    ({"no_proxy": ['x"y']}, "no_proxy holds"),
])
def test_what_can_not_be_used_is_one_line(given, part):
    with pytest.raises(InvalidInput) as caught:
        http_proxy.read(given)
    assert part in caught.value.line()


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(InvalidInput, match="must not contain a user or a password") as caught:
        http_proxy.read({"http_proxy": "http://ci:s3cret-of-the-proxy@proxy.example:3128"})
    assert "s3cret" not in caught.value.line()
