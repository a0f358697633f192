# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kubeconfigs that a real API accepts. The bare API is seed and customer cluster in one: its authority is the cluster's."""
from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig_resource import KubeconfigResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from api.bare_api import BareApi
from api.resources import Caller


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    put(bare_api, cluster, bare_api.ca_pem, bare_api.ca_key_pem)
    return Caller(bare_api.kubeconfig(), cluster)


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def put(bare_api: BareApi, cluster: str, ca_pem: str, ca_key_pem: str, address: str = "127.0.0.1") -> None:
    api, place = bare_api.api("system:setup"), {"namespace": f"cluster-{cluster}"}
    api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**place, "name": "endpoint"},
               "data": {"address": address, "port": str(bare_api.port), "konnectivity_port": "30001"}})
    api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**place, "name": "ca-bundle"}, "data": {"ca.crt": ca_pem}})
    api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {**place, "name": "cluster-ca"}, "data": {
        "tls.crt": base64.b64encode(ca_pem.encode()).decode(), "tls.key": base64.b64encode(ca_key_pem.encode()).decode()}})


def who(path: Path) -> dict[str, object]:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return KubeApi.from_kubeconfig(str(path)).request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                                                      body=review)["status"]["userInfo"]


def test_the_api_knows_the_user_and_only_he_can_read_the_file(bare_api: BareApi, caller: Caller, tmp_path: Path):
    path = tmp_path / "new" / "deep" / "demo.kubeconfig"
    with bare_api.watched() as seen:
        made = caller.call(KubeconfigResource, path=str(path), user="jane", group="viewers", lifetime="90m")
    assert seen.writes == []
    assert (made["changed"], made["steps"]) == (True, [f"Write kubeconfig {path}"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(parent.stat().st_mode) for parent in (path.parent, path.parent.parent)] == [0o700, 0o700]
    assert os.listdir(path.parent) == ["demo.kubeconfig"]
    user = who(path)
    assert (user["username"], user["groups"]) == ("jane", ["viewers", "system:authenticated"])
    with pytest.raises(Refused, match="jane"):
        KubeApi.from_kubeconfig(str(path)).list("v1", "Secret", f"cluster-{caller.cluster}")
    expires = datetime.strptime(made["expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=89) < expires - datetime.now(UTC) <= timedelta(minutes=90)
    assert (made["path"], made["server"]) == (str(path), bare_api.server)
    key = kubeconfig_file.read(str(path)).client_key_pem
    assert key and key not in repr((made, caller.lines)) and "BEGIN" not in repr(made)


def test_a_second_run_leaves_it_alone(bare_api: BareApi, caller: Caller, tmp_path: Path):
    path = tmp_path / "demo.kubeconfig"
    made = caller.call(KubeconfigResource, path=str(path))
    before = path.stat().st_ino, path.read_bytes()
    with bare_api.watched() as seen:
        again = caller.call(KubeconfigResource, path=str(path))
    assert (again["changed"], seen.writes, len(seen.requests)) == (False, [], 2)
    assert {**again, "changed": True} == {**made, "steps": [], "diff": []}
    assert (path.stat().st_ino, path.read_bytes()) == before


def test_check_mode_writes_no_file_and_no_directory(bare_api: BareApi, caller: Caller, tmp_path: Path):
    path = tmp_path / "new" / "demo.kubeconfig"
    checked = caller.call(KubeconfigResource, check_mode=True, path=str(path))
    assert (checked["steps"], checked["expires"], os.listdir(tmp_path)) == ([f"Write kubeconfig {path}"], "", [])
    nowhere = Caller(caller.seed_kubeconfig, "nowhere")
    assert nowhere.call(KubeconfigResource, check_mode=True, path=str(path))["steps"] == checked["steps"]
    with pytest.raises(NotReady, match=r"^Cluster nowhere is not there yet"):
        nowhere.call(KubeconfigResource, path=str(path))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("first", "second", "reason"), [
    ({"lifetime": "24h"}, {"lifetime": "5d"}, "23h left"),
    ({"lifetime": "24h"}, {"lifetime": "8h"}, "it is valid for longer than 8h"),
    ({}, {"user": "jane"}, "it is for user admin, group kubermatic:cluster-admins"),
    ({}, {"group": "viewers"}, "it is for user admin, group kubermatic:cluster-admins"),
])
def test_written_anew_with_the_reason(caller: Caller, tmp_path: Path, first: dict[str, str], second: dict[str, str], reason: str):
    path = str(tmp_path / "demo.kubeconfig")
    caller.call(KubeconfigResource, path=path, **first)
    assert caller.call(KubeconfigResource, path=path, **second)["steps"] == [f"Write kubeconfig {path}: {reason}"]
    assert not caller.call(KubeconfigResource, path=path, **second)["changed"]


def test_written_anew_when_the_cluster_is_another_one_of_that_name(bare_api: BareApi, caller: Caller, tmp_path: Path):
    path = str(tmp_path / "demo.kubeconfig")
    caller.call(KubeconfigResource, path=path)
    put(bare_api, caller.cluster, bare_api.ca_pem, bare_api.ca_key_pem, address="192.0.2.1")
    moved = caller.call(KubeconfigResource, path=path)
    assert moved["steps"] == [f"Write kubeconfig {path}: the cluster is now at https://192.0.2.1:{bare_api.port}"]
    put(bare_api, caller.cluster, *x509.self_signed_ca("other"), address="192.0.2.1")
    other = caller.call(KubeconfigResource, path=path)
    assert other["steps"] == [f"Write kubeconfig {path}: the cluster has other CAs"]
    assert "server: https://192.0.2.1" in other["diff"][0]["before"]
    os.chmod(path, 0o640)
    assert caller.call(KubeconfigResource, path=path)["steps"] == [f"Write kubeconfig {path}: others may read it"]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_an_empty_file_is_filled(caller: Caller, tmp_path: Path):
    path = tmp_path / "demo.kubeconfig"
    path.write_text("\n")
    assert caller.call(KubeconfigResource, path=str(path))["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_other_files_are_never_overwritten(bare_api: BareApi, caller: Caller, cluster: str, tmp_path: Path):
    path = tmp_path / "file"
    for content in (b"dear diary", b"\x00\xff", b"- a\n- b\n", Path(bare_api.kubeconfig()).read_bytes()):
        path.write_bytes(content)
        with bare_api.watched() as seen, pytest.raises(InvalidInput, match=r"is not overwritten \(path\)\. It holds something other"):
            caller.call(KubeconfigResource, path=str(path))
        assert (path.read_bytes(), seen.writes) == (content, [])
    path.unlink()
    caller.call(KubeconfigResource, path=str(path))
    path.write_text(re.sub(rf"\b{cluster}\b", "another", path.read_text()))
    with pytest.raises(InvalidInput, match=r"It holds a kubeconfig of cluster another\."):
        caller.call(KubeconfigResource, path=str(path))


def test_a_link_is_not_followed(bare_api: BareApi, caller: Caller, tmp_path: Path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("")
    link.symlink_to(target)
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match="It is a symbolic link"):
        caller.call(KubeconfigResource, path=str(link))
    assert (target.read_text(), link.is_symlink(), seen.requests) == ("", True, [])


@pytest.mark.parametrize(("options", "line"), [
    ({"lifetime": "2y"}, "Lifetime '2y' can't be used (lifetime). It is not a number with a unit. Write it like 90m, 24h or 30d, 365d at most."),
    ({"lifetime": "366d"}, "Lifetime '366d' can't be used (lifetime). It is longer than a year. Write it like 90m, 24h or 30d, 365d at most."),
    ({"user": "x" * 65}, f"User '{'x' * 65}' can't be used (user). Use 1 to 64 printable characters, not beginning or ending with a space."),
    ({"group": ""}, "Group '' can't be used (group). Use 1 to 64 printable characters, not beginning or ending with a space."),
])
def test_bad_input_is_one_line_before_any_request(bare_api: BareApi, caller: Caller, tmp_path: Path, options: dict[str, str], line: str):
    with bare_api.watched() as seen, pytest.raises(InvalidInput) as error:
        caller.call(KubeconfigResource, path=str(tmp_path / "demo"), **options)
    assert (error.value.line(), seen.requests, os.listdir(tmp_path)) == (line, [], [])
