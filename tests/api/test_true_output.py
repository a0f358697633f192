# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What playbooks say is what was done: a mistyped name deletes nothing and says so, a host that was not asked was not reset, a script gets an exit code."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from api import clusters
from api.bare_api import BareApi
from api.playbook import Ended, Playbooks
from api.resources import Caller

_numbers = count(1)
WEB = {"name": "web", "provider": "digitalocean", "node_count": 1, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
pytestmark = pytest.mark.usefixtures("namespace_controller")


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@dataclass
class Operator:
    """Has one cluster, whose own API is the seed's. nodes: hosts of the inventory."""

    bare: BareApi
    playbooks: Playbooks
    name: str
    nodes: tuple[str, ...] = ()

    def play(self, playbook: str, *words: str) -> Ended:
        groups: dict[str, dict[str, Any]] = {
            "seeds": {"fra1": {"seed_kubeconfig": self.bare.kubeconfig()}}, "clusters": {self.name: {"seed": "fra1"}},
            "nodes": {node: {"cluster": self.name, "ansible_host": "127.0.77.1", "ansible_port": 1} for node in self.nodes},
            f"cluster_{self.name}": {self.name: {}, **{node: {} for node in self.nodes}}}
        return self.playbooks.run(playbook, self.playbooks.inventory(self.name, groups), *words)

    def delete(self, *words: str, name: str = "") -> Ended:
        return self.play("delete_cluster", "-e", json.dumps({"cluster": name or self.name, "confirm": name or self.name}), *words)

    def is_there(self) -> bool:
        return self.bare.api("system:test").get("v1", "Namespace", f"cluster-{self.name}") is not None


@pytest.fixture
def operator(bare_api: BareApi, playbooks: Playbooks) -> Operator:
    name = f"told{next(_numbers)}"
    spec = Caller(bare_api.kubeconfig(), name).call(ClusterSpecResource, seed_address="198.51.100.10", kubernetes_version="1.36.3")["cluster"]
    clusters.running(bare_api, name, free=True, spec=spec)
    return Operator(bare_api, playbooks, name)


@pytest.fixture
def node(bare_api: BareApi, operator: Operator) -> Iterator[str]:
    """A Node that is in no inventory; the cluster answers."""
    clusters.describe_cluster(bare_api, operator.name)
    name, api = f"{operator.name}-host", bare_api.api("system:test")
    api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    yield name
    api.delete("v1", "Node", name)


def test_a_mistyped_name_is_no_cluster_that_was_deleted(operator: Operator):
    ended = operator.delete(name="tolt")
    assert ended.code != 0 and "is deleted" not in ended.output
    assert "There is no cluster tolt, neither in the inventory nor in its seed" in ended.the_message("localhost")


def test_a_mistyped_name_is_no_cluster_to_be_made_without_a_version(operator: Operator):
    ended = operator.play("create_cluster", "-e", "cluster=tolt")
    assert "There is no cluster tolt" in ended.the_message("localhost") and "kubernetes_version" in ended.the_message("localhost")


@pytest.mark.parametrize(("more", "line"), [
    ({"node_pools": [WEB]}, "No token for DigitalOcean is given"),
    ({"node_pools": [{**WEB, "provider": "aws", "image": "ami-0123456789abcdef0", "ssh_cidrs": ["203.0.113.7/32"]}], "aws_access_key": "AKIAOFATEST"},
     "Only one of aws_access_key and aws_secret_key"),
    ({"node_pools": [{**WEB, "node_count": 5}], "pod_cidr": "10.244.0.0/22"}, "would have 5 nodes, and pod_cidr 10.244.0.0/22 has room for 4"),
])
def test_machines_that_can_not_be_had_stop_a_new_cluster_before_anything_is_made(
        bare_api: BareApi, playbooks: Playbooks, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], line: str):
    for name in [name for name in os.environ if name.startswith(("AWS_", "DIGITALOCEAN_"))]:
        monkeypatch.delenv(name)
    inventory = playbooks.inventory("fresh", {
        "seeds": {"fra1": {"seed_kubeconfig": bare_api.kubeconfig(), "seed_address": "198.51.100.10"}},
        "clusters": {"fresh": {"seed": "fra1", "kubernetes_version": "1.36.3", "allowed_stages": ["alpha", "beta", "public"], **more}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory)
    assert ended.code != 0 and line in ended.output and "Traceback" not in ended.output, ended.output[-3000:]
    assert seen.writes == [] and ended.changed() == set()


def test_a_second_deletion_says_that_nothing_was_there(operator: Operator):
    first, second = operator.delete(), operator.delete()
    assert first.code == second.code == 0 and second.changed() == set()
    assert f"Cluster {operator.name} is deleted from seed fra1" in first.output
    assert f"Seed fra1 had no cluster {operator.name}" in second.output and "is deleted" not in second.output


def test_a_node_that_no_inventory_knows_keeps_its_cluster(operator: Operator, node: str):
    ended = operator.delete()
    line = ended.the_message(operator.name)
    assert f"has nodes that are not among the hosts that this run resets: {node}." in line and operator.is_there()
    assert f"remove_node -e cluster={operator.name} -e node={node} -e node_forget=true" in line and f"-i {operator.playbooks.directory}" in line


def test_a_node_that_a_limit_leaves_out_keeps_its_cluster(operator: Operator, node: str):
    operator.nodes = (node,)
    ended = operator.delete("--limit", f"cluster_{operator.name}:!{node}")
    assert f"not among the hosts that this run resets: {node}." in ended.the_message(operator.name) and operator.is_there()


def test_a_host_that_was_not_asked_was_not_reset(operator: Operator, node: str):
    operator.nodes = (node,)
    ended = operator.delete("-e", "node_forget=true")
    assert ended.code == 0 and not operator.is_there(), ended.output[-3000:]
    assert f"hosts that were not asked, so not reset: {node}" in " ".join(ended.output.split()) and "nodes reset" not in ended.output


def test_status_tells_a_script_by_its_exit_code(operator: Operator):
    """Its control plane is not there."""
    shown, failed = (operator.play("status", "-e", f"cluster={operator.name}", *words) for words in ((), ("-e", "fail_if=down")))
    assert shown.code == 0 and "Down" in shown.output
    assert failed.code != 0 and f"down or worse in seed fra1: {operator.name}." in failed.the_message("fra1")


def test_status_of_a_cluster_that_is_nowhere_fails(operator: Operator):
    assert "There is no cluster tolt in fra1." in operator.play("status", "-e", "cluster=tolt").the_message("fra1")


def test_a_file_of_status_is_where_the_user_is_and_is_named(operator: Operator):
    ended = operator.play("status", "-e", "format=json", "-e", "path=status.json", "-e", f"cluster={operator.name}")
    file = operator.playbooks.directory / "status.json"
    assert ended.code == 0 and str(file) in ended.output
    found, = json.loads(file.read_text())["fra1"]
    assert (found["phase"], found["health"]) == ("Running", "Down")


def test_status_in_brief_is_its_table_or_its_json_alone(operator: Operator):
    operator.playbooks = replace(operator.playbooks, callback="kubermatic.caas.brief")
    shown, data = (operator.play("status", "-e", f"cluster={operator.name}", *words) for words in ((), ("-e", "format=json")))
    header, row, *notes = shown.output.splitlines()
    assert header.split()[:2] == ["CLUSTER", "PHASE"] and row.split()[:2] == [operator.name, "Down"]
    assert notes[0] == "" and all(line.startswith((f"{operator.name}: ", "The seed: ")) for line in notes[1:])
    assert len(notes) == len(set(notes))
    assert [one["name"] for one in json.loads(data.output)["fra1"]] == [operator.name]


def test_status_in_brief_fails_in_one_line(operator: Operator):
    operator.playbooks = replace(operator.playbooks, callback="kubermatic.caas.brief")
    ended = operator.play("status", "-e", "cluster=tolt")
    assert (ended.code, ended.output.splitlines()) == (2, ["failed: [fra1] There is no cluster tolt in fra1.", "fra1: failed 1"])


def test_check_mode_writes_no_file_of_status(operator: Operator):
    operator.play("status", "-e", "format=json", "-e", "path=unwritten.json", "--check")
    assert not (operator.playbooks.directory / "unwritten.json").exists()
    ended = operator.play("status", "-e", "format=json", "-e", "path=/nowhere/status.json")
    assert "/nowhere/status.json can't be written" in ended.the_message("fra1")


@pytest.mark.parametrize("empty", ["", None])
def test_empty_answers_of_a_survey_mean_that_nothing_was_said(operator: Operator, empty: Any):
    words = {"cluster": operator.name, "format": empty, "path": empty, "fail_if": empty}
    ended = operator.play("status", "-e", json.dumps(words))
    assert ended.code == 0 and "CLUSTER" in ended.output, ended.output[-2000:]
