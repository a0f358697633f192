# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster proves itself by to its cloud: kept in the cluster, seen by nobody. One API server plays seed and cluster."""
from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.credentials_resource import CloudCredentialsResource
from api.bare_api import BareApi, free_port
from api.clusters import describe_cluster
from api.resources import Caller

TOKEN, OTHER_TOKEN = "dop_v1_a_long_and_unlikely_token", "dop_v1_another_and_unlikely_token"
KEYS = {"cluster_aws_access_key": "AKIDALONGANDUNLIKELYID", "cluster_aws_secret_key": "a/long+and/unlikely+key"}
_numbers = count(1)


@pytest.fixture
def caller(bare_api: BareApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    for name in ("DIGITALOCEAN_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    one = Caller(bare_api.kubeconfig(), f"cloud{next(_numbers)}")
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Running")
    yield one
    for name in ("digitalocean", "aws-secret"):
        bare_api.api("system:setup").delete("v1", "Secret", name, "kube-system")


def call(caller: Caller, provider: str = "digitalocean", **options: Any) -> dict[str, Any]:
    return caller.call(CloudCredentialsResource, cloud_provider=provider, **options)


def stored(bare_api: BareApi, name: str) -> dict[str, str]:
    secret = bare_api.api("system:test").get("v1", "Secret", name, "kube-system") or {}
    return {key: base64.b64decode(value).decode() for key, value in (secret.get("data") or {}).items()}


def test_life_of_a_token(bare_api: BareApi, caller: Caller):
    describe_cluster(bare_api, caller.cluster)
    checked = call(caller, cluster_digitalocean_token=TOKEN, check_mode=True)
    assert stored(bare_api, "digitalocean") == {}
    made = call(caller, cluster_digitalocean_token=TOKEN)
    assert stored(bare_api, "digitalocean") == {"access-token": TOKEN} and made["steps"] == checked["steps"]
    uid = bare_api.api("system:test").get("v1", "Namespace", f"cluster-{caller.cluster}")["metadata"]["uid"]
    assert made["uid"] == uid and made["tag"] == f"kubermatic-caas:{uid}"
    with bare_api.watched() as seen:
        again = call(caller, cluster_digitalocean_token=TOKEN)
        # what the cluster has stays, if nothing is given
        kept = call(caller)
        call(caller, state="fit")
    assert seen.writes == [] and not again["changed"] and not kept["changed"]
    assert again["hash"] == kept["hash"] == made["hash"] == checked["hash"]
    renewed = call(caller, cluster_digitalocean_token=OTHER_TOKEN)
    assert renewed["steps"] == [f"Update Secret kube-system/digitalocean of cluster {caller.cluster}"] and renewed["hash"] != made["hash"]
    assert stored(bare_api, "digitalocean") == {"access-token": OTHER_TOKEN}
    record = json.loads(bare_api.api("system:test").get("v1", "ConfigMap", "cluster-record", f"cluster-{caller.cluster}")["data"]["record.json"])
    assert record["uid"] == uid
    said = json.dumps([made, again, kept, renewed, record, caller.lines])
    assert TOKEN not in said and OTHER_TOKEN not in said


def test_keys_go_when_machines_prove_themselves(bare_api: BareApi, caller: Caller):
    describe_cluster(bare_api, caller.cluster)
    call(caller, "aws", **KEYS)
    assert stored(bare_api, "aws-secret") == {"key_id": KEYS["cluster_aws_access_key"], "access_key": KEYS["cluster_aws_secret_key"]}
    gone = call(caller, "aws", cloud_credentials="machines")
    assert gone["steps"] == [f"Delete Secret kube-system/aws-secret of cluster {caller.cluster}, because its machines authenticate with their role"]
    assert gone["hash"] == ""
    assert stored(bare_api, "aws-secret") == {} and not call(caller, "aws", cloud_credentials="machines")["changed"]
    assert not any(value in json.dumps(gone) for value in KEYS.values())


def test_a_secret_that_somebody_else_made_is_not_taken_away(bare_api: BareApi, caller: Caller):
    describe_cluster(bare_api, caller.cluster)
    bare_api.api("system:setup").create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "aws-secret", "namespace": "kube-system"}})
    assert call(caller, "aws", cloud_credentials="machines")["steps"] == [
        f"Note the UID of cluster {caller.cluster} in its record, by which the collection finds its resources at AWS"]


def test_a_look_before_there_is_a_cluster(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        assert call(caller, cluster_digitalocean_token=TOKEN, state="fit")["changed"] is False
        with pytest.raises(InvalidInput, match="No credentials for DigitalOcean are given"):
            call(caller, state="fit")
        assert f"Create Secret kube-system/digitalocean of cluster {caller.cluster}" in call(caller, cluster_digitalocean_token=TOKEN, check_mode=True)["steps"]
    assert seen.writes == []


def test_what_the_operators_shell_holds_is_never_written_into_a_cluster(bare_api: BareApi, caller: Caller, monkeypatch: pytest.MonkeyPatch):
    describe_cluster(bare_api, caller.cluster)
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", OTHER_TOKEN)
    with pytest.raises(InvalidInput, match=r"No credentials for DigitalOcean are given.*Set cluster_digitalocean_token"):
        call(caller)
    call(caller, cluster_digitalocean_token=TOKEN)
    with bare_api.watched() as seen:
        # neither from the environment nor from what makes machines
        assert not call(caller)["changed"] and not call(caller, digitalocean_token=OTHER_TOKEN)["changed"]
    assert seen.writes == [] and stored(bare_api, "digitalocean") == {"access-token": TOKEN}
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOFTHEPROVIDER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a/secret/of/the/provider")
    with pytest.raises(InvalidInput, match="No credentials for AWS are given"):
        call(caller, "aws")
    assert stored(bare_api, "aws-secret") == {}


@pytest.mark.parametrize("own", ["option", "environment"])
@pytest.mark.parametrize("state", ["fit", "present"])
def test_by_what_the_run_itself_acts_is_refused_before_anything_is_made(bare_api: BareApi, caller: Caller, monkeypatch: pytest.MonkeyPatch, state: str,
                                                                        own: str):
    describe_cluster(bare_api, caller.cluster)
    if own == "environment":
        monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match="cluster_digitalocean_token is a credential that this run itself uses"):
        call(caller, cluster_digitalocean_token=TOKEN, state=state, **({"digitalocean_token": TOKEN} if own == "option" else {}))
    assert seen.writes == [] and stored(bare_api, "digitalocean") == {}


def test_an_own_credential_that_an_earlier_release_left_in_a_cluster_is_told(bare_api: BareApi, caller: Caller, monkeypatch: pytest.MonkeyPatch):
    describe_cluster(bare_api, caller.cluster)
    call(caller, cluster_digitalocean_token=TOKEN)
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    call(caller)
    assert f"Secret kube-system/digitalocean of cluster {caller.cluster} holds a credential that this run itself uses at DigitalOcean" in caller.lines[-1]
    assert TOKEN not in "".join(caller.lines) and stored(bare_api, "digitalocean") == {"access-token": TOKEN}


def test_a_cluster_that_does_not_answer(bare_api: BareApi, caller: Caller):
    describe_cluster(bare_api, caller.cluster, port=free_port())
    with pytest.raises(NotReady, match="is not ready"):
        call(caller, cluster_digitalocean_token=TOKEN, wait_timeout=1)
    # a token that only the cluster would have
    with pytest.raises(InvalidInput, match="No credentials"):
        call(caller, state="fit")
