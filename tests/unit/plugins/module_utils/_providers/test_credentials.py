# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user gave for a cloud, and what becomes of it. No error repeats a word of it."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import credentials as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import MACHINES, SECRET
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.registry import INTEGRATIONS

DIGITALOCEAN, AWS = "digitalocean", "aws"
TOKEN = "dop_v1_a_long_and_unlikely_token"
KEYS = {"cluster_aws_access_key": "AKIDALONGANDUNLIKELYID", "cluster_aws_secret_key": "a/long+and/unlikely+key"}


def test_a_secret_holds_what_was_given():
    for provider, params in ((DIGITALOCEAN, {"cluster_digitalocean_token": TOKEN}), (AWS, KEYS)):
        data = decide.given(provider, SECRET, params)
        secret = decide.manifest(provider, "demo", data)
        assert sorted(data.values()) == sorted(params.values()) and decide.data_of(provider, secret) == data and decide.is_ours(secret)
    assert decide.given(AWS, MACHINES, KEYS) == decide.given(AWS, SECRET, {}) == {}


@pytest.mark.parametrize("secret", [None, {}, {"data": None}, {"data": {"key_id": "eA=="}}, {"data": {"key_id": "!", "access_key": "eA=="}},
                                    {"data": {"key_id": "", "access_key": "eA=="}}])
def test_half_a_secret_is_none(secret: Any):
    assert decide.data_of(AWS, secret) == {}


@pytest.mark.parametrize(("provider", "way", "params", "part"), [
    (DIGITALOCEAN, SECRET, {"cluster_digitalocean_token": TOKEN + "\n"}, "cluster_digitalocean_token is not valid.*line break"),
    (DIGITALOCEAN, SECRET, {"cluster_digitalocean_token": TOKEN + " x"}, "is not valid"),
    (AWS, SECRET, {**KEYS, "cluster_aws_secret_key": "\u00fc" * 9}, "is not valid"),
    (AWS, SECRET, {"cluster_aws_secret_key": TOKEN}, "in part: cluster_aws_access_key is missing"), (DIGITALOCEAN, MACHINES, {}, "is not supported")])
def test_mistakes(provider: Any, way: str, params: dict[str, str], part: str):
    with pytest.raises(InvalidInput, match=part) as failure:
        decide.given(provider, way, params)
    assert not any(value.strip() in failure.value.line() for value in params.values())


def test_what_is_missing_says_where_it_could_come_from():
    assert decide.missing(DIGITALOCEAN, "demo").line() == (
        "No credentials for DigitalOcean are given, and cluster demo has none yet (cloud_provider: digitalocean). "
        "Set cluster_digitalocean_token for this cluster, from an account of this customer.")
    assert "cloud_credentials: machines" in decide.missing(AWS, "demo").line()


@pytest.mark.parametrize(("provider", "params", "own", "named"), [
    (DIGITALOCEAN, {"cluster_digitalocean_token": TOKEN}, TOKEN, "cluster_digitalocean_token"),
    (AWS, KEYS, KEYS["cluster_aws_access_key"], "cluster_aws_access_key"), (AWS, KEYS, KEYS["cluster_aws_secret_key"], "cluster_aws_secret_key")])
def test_by_what_the_run_itself_acts_never_becomes_the_customers(provider: Any, params: dict[str, str], own: str, named: str):
    data = decide.given(provider, SECRET, params)
    with pytest.raises(InvalidInput, match=f"{named} is a credential that this run itself uses.*cluster demo.*Make another one") as failure:
        decide.check_not_own(provider, "demo", data, {own})
    assert not any(value in failure.value.line() for value in params.values())
    decide.check_not_own(provider, "demo", data, {"another"})
    secret = decide.manifest(provider, "demo", data)
    assert f"Secret kube-system/{INTEGRATIONS[provider].secret} of cluster demo holds a credential that this run itself uses" in decide.holds_own(
        provider, "demo", secret, {own})
    assert decide.holds_own(provider, "demo", secret, {"another"}) == decide.holds_own(provider, "demo", None, {own}) == ""
