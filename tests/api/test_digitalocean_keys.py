# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The SSH key that a pool at DigitalOcean brings along."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.ssh_key import fingerprint
from api.pools import PUBLIC_KEY, Customer, Provider
from api.providers.digitalocean import PROVIDER as DIGITALOCEAN
from lab.cloud.rest_server import Answer

ANOTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJaNEEEAM8zfhQdI6zGmk2dWPgiXdAQD1IHPUeS2cqF somebody else"


@pytest.fixture
def provider() -> Provider:
    return DIGITALOCEAN


def names(demo: Customer) -> list[str]:
    return sorted(key["name"] for key in demo.there.account.keys.values())


def wrote_keys(demo: Customer) -> bool:
    return any("account/keys" in one.path for one in demo.there.cloud.writes)


def test_it_comes_with_the_first_machine_and_goes_with_the_pool(demo: Customer):
    check = demo.call(1, check_mode=True)
    assert any(step.startswith("Add SSH key kubermatic-caas:") for step in check["steps"]) and names(demo) == []
    uid = demo.call(1)["uid"]
    (name,) = names(demo)
    assert name.startswith(f"kubermatic-caas:{uid}:web:") and demo.there.account.live()[0].ssh_keys == [fingerprint(PUBLIC_KEY)]
    assert not demo.call(1)["changed"]
    assert any(step.startswith(f"Remove SSH key {name}") for step in demo.call(state="absent")["steps"])
    assert demo.there.left() == []


def test_one_that_the_account_has_is_used_and_stays(demo: Customer):
    demo.there.account.add_key("mine", PUBLIC_KEY)
    demo.call(1)
    assert names(demo) == ["mine"] and demo.there.account.live()[0].ssh_keys == [fingerprint(PUBLIC_KEY)]
    demo.call(state="absent")
    assert names(demo) == ["mine"] and not wrote_keys(demo)


def test_beside_keys_that_the_account_has(demo: Customer):
    mine = demo.there.account.add_key("mine", ANOTHER_KEY)
    demo.call(1, ssh_keys=[mine["fingerprint"]])
    assert demo.there.account.live()[0].ssh_keys == [mine["fingerprint"], fingerprint(PUBLIC_KEY)]


def test_another_one_for_new_machines(demo: Customer):
    demo.call(1)
    before = names(demo)
    assert not demo.call(1, ssh_public_key=ANOTHER_KEY)["changed"] and names(demo) == before
    demo.call(2, ssh_public_key=ANOTHER_KEY)
    assert len(names(demo)) == 1 and names(demo) != before


def test_pools_with_one_key(demo: Customer):
    """The account has it once; whose it is goes with that pool, and the other one brings it again when it needs it."""
    demo.call(1)
    demo.call(1, pool="db")
    assert len(names(demo)) == 1
    demo.call(state="absent")
    assert names(demo) == []
    demo.call(2, pool="db")
    assert [name.split(":")[2] for name in names(demo)] == ["db"]


def test_who_came_first(demo: Customer):
    """Somebody else brought the key between the look and the request."""
    asked = []

    def instead(request: Any) -> Answer | None:
        if request.method == "GET" and request.path.startswith("account/keys/") and len(asked) < 2:
            asked.append(request)
            return Answer(404, {"id": "not_found", "message": "The resource you were accessing could not be found."})
        return None

    demo.there.account.add_key("theirs", PUBLIC_KEY)
    demo.there.cloud.instead = instead
    demo.call(1)
    assert len(asked) == 2 and names(demo) == ["theirs"] and len(demo.names) == 1


@pytest.mark.parametrize("answer", [{"ssh_keys": [7]}, {"ssh_keys": [{}]}, {"ssh_keys": [{"name": "{name}", "id": "../droplets"}]}, {"ssh_keys": {}}], ids=str)
def test_an_answer_that_is_none(demo: Customer, answer: dict[str, Any]):
    name = f"kubermatic-caas:{demo.call(0)['uid']}:web:00000000"
    items = answer["ssh_keys"]
    filled = {"ssh_keys": [{**one, "name": name} if isinstance(one, dict) and "name" in one else one for one in items] if isinstance(items, list) else items}
    demo.there.cloud.instead = lambda request: Answer(200, filled) if (request.method, request.path) == ("GET", "account/keys") else None
    with pytest.raises(Unreachable, match="key"):
        demo.call(1)
    assert demo.names == []
