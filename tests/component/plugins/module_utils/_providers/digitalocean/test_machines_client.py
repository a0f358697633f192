# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The product's hands at DigitalOcean, against the lab's cloud over HTTP."""
from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, Refused, Unreachable, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.retry_after import asked_wait
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean import catalog_client as digitalocean_offer
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.machines_client import Droplets
from ansible_collections.kubermatic.caas.plugins.module_utils._system.rate_limit import Pace
from lab.cloud.clock import BEGIN, SimulatedClock
from lab.cloud.digitalocean.api import Answer, Api, Request, error
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN
from lab.cloud.faults import Fault
from worlds.digitalocean import World, world
from worlds.world import UID

OURS = f"kubermatic-caas:{UID}"
POOL = NodePool("demo", "web", "digitalocean", 3, "fra1", "s-2vcpu-4gb", "debian-12-x64")


def answering(here: World, answer: Callable[[Request], Answer | None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud says this instead, where it isn't None."""
    truth = here.cloud.api.answer
    monkeypatch.setattr(here.cloud.api, "answer", lambda request: answer(request) or truth(request))


def test_a_list_of_several_pages():
    with world() as here:
        for number in range(450):
            here.stranger(f"demo-web-{number}", OURS, "kubermatic-caas-pool:web")
        found = Droplets(here.api(), UID).machines()
        assert len({one.id for one in found}) == 450
        assert len(here.cloud.heard) == 3


def test_a_list_that_changes_while_it_is_read(monkeypatch: pytest.MonkeyPatch):
    with world() as here:
        droplets = [here.stranger(f"demo-web-{number}", OURS) for number in range(300)]

        def one_goes(request: Request) -> None:
            # all that come after it move up by one: the second page begins one too late
            if request.query.get("page") == "2":
                droplets[0].gone = here.clock.now()

        answering(here, one_goes, monkeypatch)
        assert len(Droplets(here.api(), UID).machines()) == 299


def test_a_page_that_is_refused_is_no_end_of_the_list():
    seen = []

    def second_page(request: Request) -> Fault | None:
        seen.append(request.query.get("page"))
        return Fault.LIMITED if seen.count("2") == 1 and request.query.get("page") == "2" else None

    with world(faults=second_page) as here:
        for number in range(300):
            here.stranger(f"demo-web-{number}", OURS)
        begin = here.clock.monotonic()
        assert len(Droplets(here.api(), UID).machines()) == 300
        # as long as Retry-After asks for
        assert 7 <= here.clock.monotonic() - begin < 8


def test_the_next_page_is_not_asked_for_at_another_address(monkeypatch: pytest.MonkeyPatch):
    with world() as here, world() as elsewhere:
        for number in range(250):
            here.stranger(f"demo-web-{number}", OURS)
        truth = here.cloud.api.page

        def page(*args: Any) -> Answer:
            found = truth(*args)
            if found.body["links"].get("pages", {}).get("next"):
                found.body["links"]["pages"]["next"] = f"{elsewhere.cloud.url}droplets?page=2"
            return found

        monkeypatch.setattr(here.cloud.api, "page", page)
        assert len(Droplets(here.api(), UID).machines()) == 250
        assert elsewhere.cloud.heard == []


@pytest.mark.parametrize("answer", [
    Answer(200, []), Answer(200, {}), Answer(200, {"droplets": {}}), Answer(200, {"droplets": [7]}), Answer(200, {"droplets": [{}]}),
    Answer(200, {"droplets": [{"id": "7", "name": "a", "tags": [OURS], "networks": {}, "status": "new", "created_at": ""}]}),
    Answer(200, {"droplets": [{"id": True, "name": "a", "tags": [OURS], "networks": {}, "status": "new", "created_at": ""}]}),
    Answer(200, {"droplets": [{"id": -7, "name": "a", "tags": [OURS], "networks": {}, "status": "new", "created_at": ""}]}),
    Answer(200, {"droplets": [{"id": 7, "name": "a", "tags": [OURS], "networks": {}, "status": "exploded", "created_at": ""}]}),
    Answer(200, {"droplets": [{"id": 7, "name": "a", "tags": [7], "networks": {}, "status": "new", "created_at": ""}]}),
    Answer(200, {"droplets": [{"id": 7, "name": "a", "tags": [OURS], "networks": {"v4": [{"type": "public", "ip_address": "-oProxyCommand=id"}]},
                               "status": "active", "created_at": ""}]}),
    Answer(302, {}, {"Location": "http://192.0.2.1/"})])
def test_answers_that_are_none(answer: Answer, monkeypatch: pytest.MonkeyPatch):
    with world() as here:
        answering(here, lambda request: answer, monkeypatch)
        with pytest.raises(CaasError) as failure:
            Droplets(here.api(), UID).machines()
        assert "\n" not in failure.value.line() and len(failure.value.line()) < 600
        assert len(here.cloud.heard) == 1


def test_an_endless_list(monkeypatch: pytest.MonkeyPatch):
    with world() as here:
        item = {"id": 7, "name": "a", "tags": [], "networks": {}, "status": "new", "created_at": ""}
        answering(here, lambda request: Answer(200, {"droplets": [item], "links": {"pages": {"next": "x"}}}), monkeypatch)
        with pytest.raises(Unreachable, match="more than 100 pages"):
            Droplets(here.api(), UID).machines()


def test_machines_of_others_in_the_list_are_not_ours(monkeypatch: pytest.MonkeyPatch):
    with world() as here:
        here.stranger("demo-web-1", "kubermatic-caas:other")
        here.stranger("demo-web-2")
        monkeypatch.setattr(here.account, "listed", lambda tag: here.account.live())
        assert Droplets(here.api(), UID).machines() == []
        assert not Droplets(here.api(), UID).exists(str(here.account.live()[0].id))


@pytest.mark.parametrize(("fault", "part"), [
    (Fault.HTML, "It is no JSON"), (Fault.HUGE, "more than 16 MB"), (Fault.ERROR, "500 Unexpected server-side error"),
    (Fault.DROPPED, "The connection broke"), (Fault.LIMITED, "429 API rate limit exceeded")])
def test_a_server_that_never_recovers(fault: Fault, part: str):
    with world(faults=lambda request: fault) as here:
        with pytest.raises(Unreachable, match=part) as failure:
            Droplets(here.api(), UID).machines()
        assert "\x1b" not in failure.value.line() and TOKEN not in failure.value.line()
        with pytest.raises(Unreachable if fault is Fault.LIMITED else Unsure):
            Droplets(here.api(), UID).create(["demo-web-1"], POOL)
        # what is not repeatable is sent once, unless it was turned away unseen
        assert sum(one.method == "POST" for one in here.cloud.heard) == 1 or fault is Fault.LIMITED


def test_nobody_listens():
    with world() as here:
        api = here.api()
    for call in (lambda: Droplets(api, UID).machines(), lambda: Droplets(api, UID).create(["demo-web-1"], POOL)):
        with pytest.raises(Unreachable, match="Nothing listens there"):
            call()


def test_the_rate_limit_is_kept():
    clock, sent = SimulatedClock(), []
    pace = Pace(clock, 240)
    for _call in range(1000):
        pace.wait()
        sent.append(clock.monotonic())
    assert all(late - early >= 60 for early, late in itertools.pairwise(sent[::240]))
    assert sent[-1] < 60 * 4 + 10


@pytest.mark.parametrize(("token", "kind", "part"), [
    ("dop_v1_of_somebody_else_long_ago", Refused, "rejects the token"), (READ_ONLY_TOKEN, Refused, "may not POST droplets")])
def test_tokens_without_right(token: str, kind: type[CaasError], part: str):
    with world() as here:
        with pytest.raises(kind, match=part) as failure:
            Droplets(here.api(token), UID).create(["demo-web-1"], POOL)
        assert token not in str(failure.value)
        assert here.account.live() == []


@pytest.mark.parametrize("token", ["", None, "dop_v1_secret\n", "dop_v1_secret\r\nX-Evil: 1", " dop_v1_secret", "dop_v1_sécret"])
def test_tokens_that_can_not_be_any(token: str | None, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidInput, match=r"[Tt]oken") as failure:
        DigitalOceanApi(token, clock=SimulatedClock(), progress=print)
    assert "secret" not in failure.value.line() + caplog.text


def test_no_log_holds_the_token(caplog: pytest.LogCaptureFixture):
    with world() as here, caplog.at_level(logging.DEBUG):
        here.run(1)
    assert caplog.records and TOKEN not in caplog.text


def test_a_netrc_does_not_take_the_place_of_the_token(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with world() as here:
        assert Droplets(here.api(), UID).machines() == []


@pytest.mark.parametrize("url", ["ftp://api.example/v2/", "api.example", "https://user:word@api.example/v2/", "https:///v2/", "https://a/?x=y", ""])
def test_addresses_that_are_refused(url: str):
    with pytest.raises(InvalidInput, match="can't be the address"):
        DigitalOceanApi(TOKEN, url, clock=SimulatedClock(), progress=print)


def test_a_token_does_not_travel_in_the_open():
    with pytest.raises(InvalidInput, match="would show the token"):
        DigitalOceanApi(TOKEN, "http://api.example/v2/", clock=SimulatedClock(), progress=print)


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"Retry-After": "7"}, 7), ({"Retry-After": "-7"}, 0), ({"Retry-After": "soon"}, None), ({"Retry-After": "nan"}, None), ({}, None),
    ({"Retry-After": format_datetime(datetime(2026, 3, 1, 12, 1, tzinfo=UTC), usegmt=True)}, 60),
    ({"ratelimit-remaining": "0", "ratelimit-reset": str(int(BEGIN.timestamp()) + 90)}, 90),
    ({"ratelimit-remaining": "4000", "ratelimit-reset": str(int(BEGIN.timestamp()) + 90)}, None)])
def test_how_long_the_server_wants_us_to_wait(headers: dict[str, str], seconds: float | None):
    assert asked_wait(headers, BEGIN) == seconds


def test_a_wait_of_hours_is_an_error(monkeypatch: pytest.MonkeyPatch):
    with world() as here:
        answering(here, lambda request: Answer(429, error(429, "API rate limit exceeded.").body, {"Retry-After": "3000"}), monkeypatch)
        with pytest.raises(Unreachable, match="429 API rate limit"):
            Droplets(here.api(), UID).machines()
        assert len(here.cloud.heard) == 1


def test_what_a_machine_costs():
    with world() as here:
        assert digitalocean_offer.check(here.api(), POOL) == "0.03571 USD an hour, 24 a month"
        assert len(here.cloud.heard) == 3 and not here.cloud.writes


@pytest.mark.parametrize(("wanted", "part"), [
    ({"region": "fra9"}, "There is no region 'fra9'.*Use one of ams3, fra1, nyc1"),
    ({"region": "nyc1"}, "Region nyc1 accepts no new machines"),
    ({"size": "s-3"}, "There is no size 's-3'.*Use one of s-1vcpu-2gb, s-1vcpu-512mb-10gb, s-2vcpu-4gb"),
    ({"size": "s-8vcpu-16gb"}, "is not available in region fra1"),
    ({"image": "debian-3"}, "There is no image 'debian-3'.*could not be found.*debian-12-x64"),
    ({"image": "ubuntu-16-04-x64"}, "is not available in region fra1"),
    ({"ssh_keys": ("17", "3b:16")}, "The account has no SSH key 17, 3b:16.*Add it to the account"),
    ({"network": "760e09ef-dc84-11e8-981e-3cfdfeaae001"}, "There is no VPC 760e09ef-dc84-11e8-981e-3cfdfeaae001 in region fra1"),
    ({"disk": 200}, "disk 200 is more than the 80 GiB that size s-2vcpu-4gb has")])
def test_what_is_not_offered(wanted: dict[str, Any], part: str):
    values = {name: getattr(POOL, name) for name in POOL.__slots__}
    with world() as here, pytest.raises(InvalidInput, match=part):
        digitalocean_offer.check(here.api(), NodePool(**{**values, **wanted}))


def test_what_is_offered():
    values = {name: getattr(POOL, name) for name in POOL.__slots__}
    with world() as here:
        key = here.account.add_key("mine", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJuGqfCGRWWiZbuMJZGFuZHLRVUUmAUEQAcCLvWJkrCE somebody")
        wanted = NodePool(**{**values, "ssh_keys": (key["fingerprint"], str(key["id"])), "network": "760e09ef-dc84-11e8-981e-3cfdfeaae000", "disk": 80})
        assert digitalocean_offer.check(here.api(), wanted)
        Droplets(here.api(), UID).create(["demo-web-1"], wanted)
        assert here.account.live()[0].ssh_keys == [key["fingerprint"], str(key["id"])]


def test_the_limit_of_the_account_in_its_own_words():
    with world(limit=1) as here, pytest.raises(InvalidInput, match="will exceed your droplet limit"):
        here.run(2)


def test_a_key_that_the_account_does_not_have():
    with world() as here, pytest.raises(InvalidInput, match="invalid key identifiers"):
        Droplets(here.api(), UID).create(["demo-web-1"], NodePool(**{**{name: getattr(POOL, name) for name in POOL.__slots__}, "ssh_keys": ("17",)}))


def test_the_labs_cloud_refuses_what_the_real_one_refuses():
    with world() as here:
        api = Api(here.account)
        assert api.answer(Request("POST", "droplets", body={"names": ["a"] * 11})).status == 422
        assert api.answer(Request("POST", "droplets", body={"names": ["a_b"]})).status == 422
        assert api.answer(Request("DELETE", "droplets/1")).status == 404
        assert api.answer(Request("POST", "tags", body={"name": "a b"})).status == 400
        assert api.answer(Request("GET", "databases")).status == 404
