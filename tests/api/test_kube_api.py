# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""KubeApi against a real Kubernetes API."""
from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, InvalidInput, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from api.bare_api import BareApi, free_port


def config_map(namespace: str, name: str = "settings", **data: str) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


@pytest.fixture
def namespace(cluster: str) -> str:
    return f"cluster-{cluster}"


@pytest.fixture
def api(bare_api: BareApi) -> KubeApi:
    return bare_api.api()


def test_life_of_an_object(api: KubeApi, namespace: str):
    assert api.get("v1", "ConfigMap", "settings", namespace) is None
    created = api.apply(config_map(namespace, colour="red"))
    assert created["metadata"]["managedFields"][0]["manager"] == "kubermatic-caas"
    assert api.get("v1", "ConfigMap", "settings", namespace)["data"] == {"colour": "red"}
    api.apply(config_map(namespace, size="big"))
    assert api.get("v1", "ConfigMap", "settings", namespace)["data"] == {"size": "big"}
    listed = api.list("v1", "ConfigMap", namespace)
    assert [(item["kind"], item["apiVersion"]) for item in listed if item["metadata"]["name"] == "settings"] == [("ConfigMap", "v1")]
    assert api.delete("v1", "ConfigMap", "settings", namespace) is True
    assert api.delete("v1", "ConfigMap", "settings", namespace) is False


def test_dry_run_stores_nothing(bare_api: BareApi, api: KubeApi, namespace: str):
    with bare_api.watched() as seen:
        assert api.apply(config_map(namespace, colour="red"), dry_run=True)["data"] == {"colour": "red"}
    assert seen.writes == [] and seen.dry_runs == [f"patch configmaps {namespace}/settings"]
    assert api.get("v1", "ConfigMap", "settings", namespace) is None


def test_create_twice_and_replace_what_changed_meanwhile(api: KubeApi, namespace: str):
    first = api.create(config_map(namespace, colour="red"))
    with pytest.raises(ApiError) as error:
        api.create(config_map(namespace, colour="blue"))
    assert error.value.status == 409 and error.value.reason == "AlreadyExists"
    api.replace({**first, "data": {"colour": "green"}})
    with pytest.raises(ApiError) as error:
        api.replace({**first, "data": {"colour": "blue"}})
    assert error.value.status == 409 and error.value.reason == "Conflict"


def test_delete_by_uid_leaves_another_object_of_the_same_name(api: KubeApi, namespace: str):
    api.create(config_map(namespace))
    assert api.delete("v1", "ConfigMap", "settings", namespace, uid="11111111-1111-1111-1111-111111111111") is False
    assert api.get("v1", "ConfigMap", "settings", namespace) is not None


def test_a_conflict_names_who_set_the_field(bare_api: BareApi, api: KubeApi, namespace: str):
    api.request("PATCH", f"/api/v1/namespaces/{namespace}/configmaps/settings", {"fieldManager": "someone"},
                config_map(namespace, colour="red"), "application/apply-patch+yaml")
    with pytest.raises(ApiError, match=r'conflict with "someone".*\.data\.colour'):
        api.apply(config_map(namespace, colour="blue"), force=False)


def test_twenty_requests_take_one_connection(api: KubeApi, namespace: str):
    api.ready()
    begin = time.monotonic()
    for number in range(20):
        api.apply(config_map(namespace, f"settings-{number}", number=str(number)))
    assert time.monotonic() - begin < 10
    assert [pool.num_connections for pool in map(api._pool.pools.get, api._pool.pools.keys())] == [1]


def test_version_and_readiness(api: KubeApi):
    assert re.fullmatch(r"1\.\d+\.\d+", api.server_version())
    assert api.ready() is True


def test_rights(bare_api: BareApi, namespace: str):
    nobody = bare_api.api("nobody", ())
    assert nobody.allowed("create", "", "secrets", namespace) is False
    assert bare_api.api().allowed("create", "policy", "pods/eviction") is True
    with pytest.raises(Refused, match=rf"did not read configmaps {namespace}/settings .*nobody.* cannot get"):
        nobody.get("v1", "ConfigMap", "settings", namespace)


def test_kinds_that_are_not_built_in_are_looked_up_once(bare_api: BareApi, api: KubeApi):
    with bare_api.watched() as seen:
        assert api.resource("flowcontrol.apiserver.k8s.io/v1", "FlowSchema").plural == "flowschemas"
        assert api.resource("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration").namespaced is False
    assert len(seen.requests) == 1
    with pytest.raises(InvalidInput, match=r"Kind Nonsense of example\.org/v1 is unknown"):
        api.resource("example.org/v1", "Nonsense")


def test_nobody_listens():
    api = KubeApi.from_credentials(f"https://127.0.0.1:{free_port()}", *x509.self_signed_ca("none")[:1], "", "")
    assert api.ready() is False
    with pytest.raises(Unreachable, match="Nothing listens there"):
        api.server_version()


def test_a_server_that_someone_else_vouches_for_gets_no_request(bare_api: BareApi):
    foreign, _key = x509.self_signed_ca("foreign")
    certificate, key = x509.issue(bare_api.ca_pem, bare_api.ca_key_pem, cn="admin", days=1)
    with bare_api.watched() as seen, pytest.raises(Unreachable, match="certificate that is not trusted"):
        KubeApi.from_credentials(bare_api.server, foreign, certificate, key).server_version()
    assert seen.requests == []


def test_unknown_credentials(bare_api: BareApi):
    foreign = x509.self_signed_ca("foreign")
    certificate, key = x509.issue(*foreign, cn="admin", organizations=["system:masters"], days=1)
    api = KubeApi.from_credentials(bare_api.server, bare_api.ca_pem, certificate, key)
    with pytest.raises(Refused, match="rejected the credentials"):
        api.list("v1", "Namespace")


def test_an_invalid_secret_is_not_quoted(api: KubeApi, namespace: str):
    with pytest.raises(ApiError) as error:
        api.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bad", "namespace": namespace},
                    "type": "kubernetes.io/tls", "stringData": {"tls.key": "very-secret-text"}})
    assert "very-secret" not in error.value.line() and "tls.crt" in error.value.line()


def test_keys_are_on_no_disk(bare_api: BareApi):
    api = bare_api.api()
    assert {file.path.rpartition("/")[0] for file in api._files.values()} == {"/proc/self/fd"}


def test_a_server_that_comes_back_finds_us_as_before(tmp_path: Path):
    bare = BareApi(tmp_path)
    try:
        bare.start()
        reader, writer = bare.api("reader"), bare.api("writer")
        assert reader.ready() and writer.ready()
        bare.restart_api_server()
        assert not reader.ready()
        deadline = time.monotonic() + 60
        while not reader.ready():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert writer.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "after"}})["metadata"]["uid"]
    finally:
        bare.stop()
