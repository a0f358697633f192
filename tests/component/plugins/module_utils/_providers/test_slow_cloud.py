# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cloud, or what answers in its place, that sends a byte now and then: each is in time, the whole never comes."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.aws.api_client import Credentials, Ec2Api
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.api_client import DigitalOceanApi
from api.hostile_api import HostileApi, answer, headers_without_end, slowly
from lab.cloud.clock import SimulatedClock

SLOW = [lambda method, path: slowly(answer(b"x" * 1000), pause=0.1), lambda method, path: headers_without_end(),
        lambda method, path: (answer(b"{}", headers=["X: y"]).replace(b"Content-Length: 2", b"Content-Length: 200"), *slowly(b" " * 100, pause=0.1))]


@pytest.fixture(params=SLOW, ids=["body", "headers", "end"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileApi]:
    server = HostileApi(request.param)
    bundle = tmp_path / "ca.pem"
    bundle.write_text(server.ca_pem)
    for name in ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(bundle))
    monkeypatch.setenv("no_proxy", "*")
    yield server
    server.close()


def given_up(call: Callable[[], object]) -> None:
    began = time.monotonic()
    with pytest.raises(CaasError) as error:
        call()
    # each of a few attempts has its time
    assert time.monotonic() - began < 20
    assert "\n" not in error.value.line()


def test_digitalocean(server: HostileApi):
    api = DigitalOceanApi("dop_v1_of_a_test_that_opens_nothing", server.server, clock=SimulatedClock(), progress=print, timeout=0.2)
    given_up(lambda: api.request("GET", "droplets"))


def test_aws(server: HostileApi):
    api = Ec2Api(Credentials("AKIDOFATESTTHATOPENSNOTHING", "a-long-and-unlikely-key-of-a-test"), "eu-central-1", server.server, clock=SimulatedClock(),
                 progress=print, timeout=0.2)
    given_up(lambda: api.call("describe_instances"))
