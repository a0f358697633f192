# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""create_cluster with --limit NODE: the cluster takes no part, and the node's own play says how it went and gives back the lock."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from api.bare_api import BareApi, free_port
from api.clusters import describe_cluster, running
from api.playbook import Playbooks
from api.resources import Caller

LOCAL = {"ansible_connection": "local"}
AWAY = {"ansible_host": "127.0.0.1", "ansible_port": free_port()}


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def inventory(bare_api: BareApi, playbooks: Playbooks) -> Path:
    """A cluster that runs, with a host that is away, and a host of a cluster that nobody knows."""
    hosts: dict[str, Any] = {"away-1": {**AWAY, "cluster": "lonely"}, "stray-1": {**AWAY, "cluster": "nowhere"}}
    return playbooks.inventory("alone", {
        "seeds": {"fra1": {**LOCAL, "seed_kubeconfig": bare_api.kubeconfig(), "seed_address": "198.51.100.10"}},
        "clusters": {"lonely": {**LOCAL, "seed": "fra1", "kubernetes_version": "1.36.3"}}, "nodes": hosts, "cluster_lonely": {"lonely": {}, "away-1": {}}})


def test_it_says_why_it_did_not_join_and_the_lock_is_free(bare_api: BareApi, playbooks: Playbooks, inventory: Path):
    spec = Caller(bare_api.kubeconfig(), "lonely").call(ClusterSpecResource, seed_address="198.51.100.10", kubernetes_version="1.36.3")["cluster"]
    running(bare_api, "lonely", free=True, spec=spec)
    describe_cluster(bare_api, "lonely")
    ended = playbooks.run("create_cluster", inventory, "--limit", "away-1")
    assert ended.code != 0 and set(ended.failures()) == {"away-1"} and ended.failures()["away-1"], ended.output[-3000:]
    assert "The host can't be reached over SSH (host away-1)" in ended.messages()["away-1"][-1]
    assert not bare_api.api().get("coordination.k8s.io/v1", "Lease", "cluster-lock", "cluster-lonely")["spec"].get("holderIdentity")


def test_of_a_cluster_that_nobody_knows(bare_api: BareApi, playbooks: Playbooks, inventory: Path):
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory, "--limit", "stray-1")
    assert ended.the_message("stray-1") == "stray-1 is to be a node of cluster nowhere, which is not in the group clusters of the inventory."
    assert ended.code != 0 and seen.writes == []
