# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The record of a cluster against a real API: written only when something is new."""
from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, LockHeld
from api.bare_api import BareApi
from api.resources import Caller

SPEC: dict[str, Any] = {"kubernetes_version": "1.36.3", "pod_cidr": "10.244.0.0/16", "images": {"etcd": "x"}, "seed_kubeconfig": "/a"}


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    return Caller(bare_api.kubeconfig(), cluster)


def stored(caller: Caller) -> dict[str, Any]:
    resource = caller.resource(ClusterRecordResource)
    return json.loads(resource.seed.get("v1", "ConfigMap", "cluster-record", resource.namespace)["data"]["record.json"])


def test_life_of_a_record(bare_api: BareApi, caller: Caller):
    assert caller.call(ClusterRecordResource, phase="Creating", spec=SPEC)["steps"] == [
        f"Note phase Creating in the record of cluster {caller.cluster}"]
    first = stored(caller)
    assert first["spec"] == {"kubernetes_version": "1.36.3", "pod_cidr": "10.244.0.0/16"}
    assert first["versions"] == {}
    assert caller.call(ClusterRecordResource, last_error="no\nnode")["changed"]
    assert stored(caller)["since"] == first["since"] and stored(caller)["last_error"] == "no node"
    assert caller.call(ClusterRecordResource, phase="Running", spec=SPEC)["last_error"] == ""
    assert stored(caller)["versions"] == lookup("1.36.3").versions()
    with bare_api.watched() as seen:
        for phase in ("Running", "Creating"):
            assert not caller.call(ClusterRecordResource, phase=phase, spec=SPEC)["changed"]
    assert seen.writes == []


def test_the_failure_of_a_run_that_was_not_let_in_is_not_noted(bare_api: BareApi, caller: Caller):
    caller.call(ClusterRecordResource, phase="Creating", spec=SPEC)
    other = Caller(caller.seed_kubeconfig, caller.cluster, holder="bob@ops2 pid 22 2/bbbbbbbb")
    with bare_api.watched() as seen:
        assert not other.call(ClusterRecordResource, last_error="somebody else has the lock", free_lock=True)["changed"]
        with pytest.raises(LockHeld):
            other.call(ClusterRecordResource, phase="Running")
    assert seen.writes == [] and stored(caller)["last_error"] == ""


def test_check_mode_shows_the_record_and_writes_nothing(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        result = caller.call(ClusterRecordResource, check_mode=True, phase="Creating", spec=SPEC)
    assert seen.writes == []
    assert result["changed"] and '"phase": "Creating"' in result["diff"][0]["after"]


def test_a_check_before_the_namespace_exists(bare_api: BareApi):
    assert Caller(bare_api.kubeconfig(), "nowhere").call(ClusterRecordResource, check_mode=True, phase="Creating")["changed"]


def test_the_last_note_gives_back_the_lock_once(bare_api: BareApi, caller: Caller):
    caller.call(ClusterRecordResource, phase="Creating", spec=SPEC)
    assert caller.resource(ClusterRecordResource).lock.read().holder
    caller.call(ClusterRecordResource, check_mode=True, phase="Running", spec=SPEC, free_lock=True)
    assert caller.resource(ClusterRecordResource).lock.read().holder
    caller.call(ClusterRecordResource, phase="Running", spec=SPEC, free_lock=True)
    assert not caller.resource(ClusterRecordResource).lock.read().holder
    with bare_api.watched() as seen:
        assert not caller.call(ClusterRecordResource, phase="Running", spec=SPEC, free_lock=True)["changed"]
    assert seen.writes == []


def test_writers_of_one_run_lose_nothing(bare_api: BareApi, caller: Caller):
    resource = caller.resource(ClusterRecordResource)
    caller.call(ClusterRecordResource, phase="Creating")

    def pin(number: int) -> None:
        def change(old: Any) -> Any:
            return record.Record(**{**{name: getattr(old, name) for name in old.__slots__}, "nodes": {**old.nodes, f"node-{number}": {}}})
        record.write(bare_api.api(), resource.namespace, change)

    threads = [threading.Thread(target=pin, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored(caller)["nodes"]) == 6


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}', '{"format": 1, "phase": 3}'])
def test_a_record_that_can_not_be_read_is_not_overwritten(caller: Caller, text: str):
    caller.call(ClusterRecordResource, phase="Running")
    resource = caller.resource(ClusterRecordResource)
    config_map = resource.seed.get("v1", "ConfigMap", "cluster-record", resource.namespace)
    broken = resource.seed.replace({**config_map, "data": {"record.json": text}})
    with pytest.raises(InvalidInput, match="can't be read"):
        caller.call(ClusterRecordResource, phase="Running")
    assert resource.seed.get("v1", "ConfigMap", "cluster-record", resource.namespace)["data"] == broken["data"]
    # others look through all clusters of this API
    resource.seed.replace({**broken, "data": config_map["data"]})


def test_a_deletion_is_not_noted_where_the_namespace_goes_already(bare_api: BareApi, caller: Caller):
    """As after a run that was killed while it deleted the namespace: its contents go one by one, and then all of it is gone."""
    caller.call(ClusterRecordResource, phase="Creating", spec=SPEC, free_lock=True)
    admin, place = bare_api.api("system:setup"), caller.resource(ClusterRecordResource).namespace

    def nothing_is_noted() -> None:
        with bare_api.watched() as seen:
            assert not caller.call(ClusterRecordResource, phase="Deleting")["changed"]
        assert seen.writes == []

    admin.delete("v1", "Namespace", place)
    nothing_is_noted()
    admin.delete("coordination.k8s.io/v1", "Lease", "cluster-lock", place)
    nothing_is_noted()
    admin.delete("v1", "ConfigMap", "cluster-record", place)
    nothing_is_noted()
    assert not Caller(bare_api.kubeconfig(), "nowhere").call(ClusterRecordResource, phase="Deleting")["changed"]
