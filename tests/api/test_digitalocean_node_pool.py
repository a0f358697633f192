# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What only node pools at DigitalOcean have: a price, tokens, tags. The rest is in test_every_node_pool.py."""
from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool_resource import NodePoolResource
from api.pools import Customer, Provider
from api.providers.digitalocean import PROVIDER as DIGITALOCEAN
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN


@pytest.fixture
def provider() -> Provider:
    return DIGITALOCEAN


def test_a_pool_has_a_price_and_its_machines_the_tags_of_the_cluster(demo: Customer):
    result = demo.call(2)
    assert result["price"] == "0.03571 USD an hour, 24 a month"
    assert [set(one.tags) >= {f"kubermatic-caas:{result['uid']}", "kubermatic-caas-pool:web"} for one in demo.there.account.live()] == [True, True]


def test_check_mode_shows_names_and_prices(demo: Customer):
    result, name = demo.call(2, check_mode=True), demo.caller.cluster
    assert result["steps"][2:] == [f"Create machines {name}-web-1, {name}-web-2 at digitalocean: s-2vcpu-4gb in fra1 with debian-12-x64, "
                                   "0.03571 USD an hour, 24 a month each"]
    assert result["diff"][2]["after"].count("24 a month") == 2
    assert result["steps"][0].startswith(f"Create firewall kubermatic-caas-{name}-") and "in  tcp 22 203.0.113.7/32" in result["diff"][0]["after"]


@pytest.mark.parametrize(("given", "kind", "part"), [
    ({"node_count": 1, "region": "fra9"}, InvalidInput, "There is no region 'fra9'.*ams3, fra1"),
    ({"node_count": 1, "size": "s-9"}, InvalidInput, "There is no size 's-9'"),
    ({"node_count": 1, "size": "s-1vcpu-512mb-10gb"}, InvalidInput, "s-1vcpu-512mb-10gb has 512 MiB of memory.*at least 1024 MiB"),
    ({"node_count": 1, "image": "centos-stream-9-x64"}, InvalidInput, "Image centos-stream-9-x64 is CentOS.*Debian or Ubuntu"),
    ({"node_count": 1, "image": "dos-6"}, InvalidInput, "There is no image 'dos-6'"),
    ({"node_count": 1, "digitalocean_token": "dop_v1_wrong_and_long_enough"}, Refused, "rejects the token"),
    ({"node_count": 1, "digitalocean_token": READ_ONLY_TOKEN}, Refused, "may not POST tags"),
    ({"node_count": 1, "digitalocean_token": TOKEN + "\n"}, InvalidInput, "line break")])
def test_bad_input_is_one_line_and_makes_nothing(demo: Customer, given: dict[str, Any], kind: type[CaasError], part: str):
    with pytest.raises(kind, match=part) as failure:
        demo.call(**given)
    assert "\n" not in failure.value.line() and TOKEN not in failure.value.line()
    assert demo.there.left() == []


def test_a_token_must_come_from_somewhere(demo: Customer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    with pytest.raises(InvalidInput, match="No token for DigitalOcean"):
        demo.call(1, digitalocean_token="")
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    caller = demo.caller.resource(NodePoolResource, provider="digitalocean", **DIGITALOCEAN.pool, node_count=1)
    assert caller.params["digitalocean_token"] == TOKEN


def test_a_thousand_machines(demo: Customer):
    """With all that they need. CPU of the module's side alone."""
    begin = time.thread_time()
    result = demo.call(1000)
    seconds, calls = time.thread_time() - begin, len(demo.there.cloud.heard)
    assert len({one["name"] for one in result["machines"]}) == len(demo.there.account.live()) == 1000
    assert calls <= 140, [one.path for one in demo.there.cloud.heard]
    # alone it takes a fraction; cores are slow beside other tests
    assert seconds < 6, f"{seconds:.1f} s"
    print(f"{calls} calls, {seconds:.2f} s CPU")
