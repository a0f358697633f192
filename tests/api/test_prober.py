# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How an API answers while something is changed."""
from __future__ import annotations

import time

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.prober_client import Answers, Prober
from api.bare_api import BareApi, free_port


def asked(api: KubeApi, seconds: float) -> Answers:
    prober = Prober(api)
    time.sleep(seconds)
    return prober.end()


def test_an_api_that_answers(bare_api: BareApi):
    found = asked(bare_api.api("system:setup"), 2.0)
    assert found.requests >= 2 and (found.failed, found.error) == (0, "") and 0 < found.longest_gap < 2.0
    assert found.line() == f"{found.requests} requests to the API meanwhile, none failed, longest gap {found.longest_gap:.1f} s"


def test_an_api_that_is_away(bare_api: BareApi):
    access = bare_api.api("system:setup").access
    away = KubeApi.from_credentials(f"https://127.0.0.1:{free_port()}", access.ca_pem, access.client_cert_pem, access.client_key_pem)
    found = asked(away, 1.0)
    assert found.requests == found.failed > 0 and "ConnectionRefusedError" in found.error
    assert found.longest_gap > 0.5 and f"{found.failed} failed (the last one: ConnectionRefusedError" in found.line()


def test_an_answer_that_is_a_refusal_is_a_failure(bare_api: BareApi):
    found = asked(bare_api.api("nobody", ()), 1.0)
    assert found.requests == found.failed > 0 and found.error == "status 403"
