# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A user's own play has nothing but role control_plane, and something goes wrong: that is told once, noted, and nobody is kept waiting.

That all goes well is shown on hosts of the lab, in tests/e2e/test_role_alone.py.
"""
from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import ROLE
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.playbook import Ended, Playbooks
from api.resources import Caller

SEED = {"seed_address": "198.51.100.10"}
VERSION = {"kubernetes_version": "1.36.3"}
_numbers = count(1)


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


def played(playbooks: Playbooks, bare_api: BareApi, name: str, *words: str, **variables: Any) -> Ended:
    """The play of the role's README, with a group of the user's own."""
    path = playbooks.directory / "play.yml"
    role = {"role": "kubermatic.caas.control_plane", "vars": {"seed_kubeconfig": bare_api.kubeconfig(), **SEED}}
    path.write_text(json.dumps([{"hosts": "customers", "connection": "local", "gather_facts": False, "roles": [role]}]))
    return playbooks.run_file(path, playbooks.inventory(name, {"customers": {name: {**VERSION, **variables}}}), *words)


@pytest.fixture
def broken(bare_api: BareApi) -> Caller:
    """A cluster that is being created, whose authority was lost."""
    one = Caller(bare_api.kubeconfig(), f"alone{next(_numbers)}")
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Creating", spec=one.call(ClusterSpecResource, **SEED, **VERSION)["cluster"])
    one.call(EndpointResource, address=SEED["seed_address"])
    one.call(PkiResource, address=SEED["seed_address"], service_address="10.96.0.1")
    one.call(ClusterLockResource, state="free")
    bare_api.api().delete("v1", "Secret", "cluster-ca", f"cluster-{one.cluster}")
    return one


def test_a_failure_is_told_once_and_noted_and_the_lock_is_free(bare_api: BareApi, playbooks: Playbooks, broken: Caller):
    ended = played(playbooks, bare_api, str(broken.cluster))
    line = ended.the_message(str(broken.cluster))
    assert ended.code != 0 and "cluster-ca" in line
    namespace = f"cluster-{broken.cluster}"
    record = json.loads(bare_api.api().get("v1", "ConfigMap", "cluster-record", namespace)["data"]["record.json"])
    assert (record["phase"], record["last_error"], record["versions"]) == ("Creating", line, {})
    assert not bare_api.api().get("coordination.k8s.io/v1", "Lease", "cluster-lock", namespace)["spec"].get("holderIdentity")


@pytest.mark.parametrize(("wish", "words"), [
    ({"etcd_replicas": 2}, "1, 3, 5"), ({"control_plane_replicas": "two"}, "control_plane_replicas"), ({"renew_within_days": 400}, "from 1 to 182")], ids=str)
def test_a_wish_that_is_no_good_writes_nothing(bare_api: BareApi, playbooks: Playbooks, wish: dict[str, Any], words: str):
    with bare_api.watched() as seen:
        ended = played(playbooks, bare_api, "alone", **wish)
    assert ended.code != 0 and words in ended.the_message("alone") and seen.writes == []


@pytest.mark.parametrize("nothing", ["", None], ids=["empty", "null"])
def test_what_is_empty_or_null_is_not_said(bare_api: BareApi, playbooks: Playbooks, nothing: str | None):
    names = [one.name for one in ROLE if one.name not in ("seed_kubeconfig", "seed_address", "kubernetes_version")]
    with bare_api.watched() as seen:
        ended = played(playbooks, bare_api, "unsaid", "--check", **dict.fromkeys(names, nothing))
    assert ended.code == 0, ended.output[-3000:]
    assert "unsaid: would: " in ended.output and seen.writes == []


def test_module_defaults_of_a_play_are_not_needed_and_do_no_harm(bare_api: BareApi, playbooks: Playbooks, broken: Caller, tmp_path: Path):
    """The role knows its seed and its cluster by its variables alone."""
    path = tmp_path / "play.yml"
    role = {"role": "kubermatic.caas.control_plane", "vars": {"seed_kubeconfig": bare_api.kubeconfig(), **SEED}}
    path.write_text(json.dumps([{"hosts": "clusters", "connection": "local", "gather_facts": False, "roles": [role],
                                 "module_defaults": {"group/kubermatic.caas.caas": {"seed_kubeconfig": "/nowhere", "cluster": "another"}}}]))
    inventory = playbooks.inventory("defaults", {"clusters": {str(broken.cluster): VERSION}})
    assert "cluster-ca" in playbooks.run_file(path, inventory).the_message(str(broken.cluster))
