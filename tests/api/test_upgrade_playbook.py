# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook upgrade, where it does not come to an upgrade: the first cluster that fails ends the run, with one line."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from api.bare_api import BareApi, free_port
from api.playbook import Playbooks
from api.test_upgrade_plan import NEW, OLD, Planned
from playbook_runs.ended import Ended

_numbers = count(1)


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def ring(bare_api: BareApi) -> Iterator[list[Planned]]:
    """Two clusters that run OLD. Each has its Node for itself, though they share an API."""
    found = [Planned(bare_api, f"ring{next(_numbers)}") for dummy in range(2)]
    yield found
    for one in found:
        one.api.delete("v1", "Node", one.node)


def inventory(playbooks: Playbooks, bare: BareApi, ring: list[Planned], **variables: Any) -> Path:
    """Of nodes that have no host there is nothing to do for SSH: they have the version that is wanted."""
    nodes = {one.node: {"ansible_host": "192.0.2.1", "cluster": one.caller.cluster} for one in ring}
    local = {"ansible_connection": "local"}
    return playbooks.inventory(f"ring{next(_numbers)}", {
        "seeds": {"fra1": {**local, "seed_kubeconfig": bare.kubeconfig(), "seed_address": "198.51.100.10"}},
        "clusters": {one.caller.cluster: {**local, "seed": "fra1", "kubernetes_version": OLD, **variables} for one in ring},
        "nodes": nodes,
        # both play all nodes of the API that they share
        **{f"cluster_{one.caller.cluster}": {one.caller.cluster: {}, **nodes} for one in ring}})


def asked(ended: Ended, ring: list[Planned]) -> list[str]:
    """Clusters that the run looked at."""
    return [one.caller.cluster for one in ring if f"Cluster {one.caller.cluster} " in ended.output]


def test_nothing_is_to_be_done(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    with bare_api.watched() as seen:
        ended = playbooks.run("upgrade", inventory(playbooks, bare_api, ring))
    assert ended.code == 0 and ended.changed() == set() and seen.writes == [], ended.output[-3000:]
    for one in ring:
        assert f"Cluster {one.caller.cluster} is up to date: Kubernetes {OLD}" in ended.output


def test_the_first_cluster_that_is_not_ready_ends_the_run(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    ring[0].node_says(kubelet=OLD, ready="Unknown")
    there = inventory(playbooks, bare_api, ring, kubernetes_version=NEW)
    with bare_api.watched() as seen:
        ended = playbooks.run("upgrade", there)
    first = ring[0].caller.cluster
    assert ended.code != 0 and seen.writes == [] and asked(ended, ring) == [first], ended.output[-3000:]
    message = ended.messages()[first][-1]
    assert f"Nodes_ready: not Ready: {ring[0].node}" in message and '"accept_gates": ["nodes_ready"]' in message
    assert "Clusters after it in this run were left as they are" in message and f"kubermatic.caas.upgrade -e cluster={first}" in message


def test_a_look_at_two_clusters_at_a_time(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    there = inventory(playbooks, bare_api, ring, kubernetes_version="1.35")
    ended = playbooks.run("upgrade", there, "--check", "-e", "upgrade_serial=2")
    assert ended.code != 0 and asked(ended, ring) == [one.caller.cluster for one in ring], ended.output[-3000:]
    for one in ring:
        assert f"The control plane runs Kubernetes {OLD}, and 1.35.4 is older" in ended.messages()[one.caller.cluster][-1]


def test_a_version_of_the_command_line_leaves_no_minor_release_out(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    """It has more weight than any variable of a playbook."""
    one = ring[0]
    for planned in ring:
        planned.node_says(kubelet="1.35.4")
    one.caller.call(ClusterRecordResource, runs=True, free_lock=True, spec=one.caller.call(
        ClusterSpecResource, upgrade=True, seed_address="198.51.100.10", kubernetes_version=OLD)["cluster"])
    record = one.api.get("v1", "ConfigMap", "cluster-record", one.place)
    stored = {**json.loads(record["data"]["record.json"]), "versions": lookup("1.35.4").versions()}
    one.api.replace({**record, "data": {"record.json": json.dumps(stored)}})
    one.api.delete("v1", "Pod", "kube-apiserver-a", one.place, grace_period=0)
    one.serves("old", "1.35.4")
    ended = playbooks.run("upgrade", inventory(playbooks, bare_api, ring), "--check", "--diff", "-e", f"cluster={one.caller.cluster}",
                          "-e", json.dumps({"kubernetes_version": NEW}))
    assert f"-> {OLD}" in ended.output and f"-> {NEW}" in ended.output, ended.output[-3000:]
    hops = re.findall(r'^\+ +"to": "(.+)",?$', ended.output, re.MULTILINE)
    assert hops[0] == OLD, ended.output[-3000:]


def test_a_cluster_without_a_seed_stops_it_before_anything(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    there = inventory(playbooks, bare_api, ring, kubernetes_version=NEW)
    known = json.loads(there.read_text())
    known["all"]["children"]["clusters"]["hosts"][ring[0].caller.cluster]["seed"] = "nowhere"
    there.write_text(json.dumps(known))
    with bare_api.watched() as seen:
        ended = playbooks.run("upgrade", there)
    assert ended.code != 0 and seen.requests == [] and "nowhere" in ended.messages()[ring[0].caller.cluster][0], ended.output[-3000:]


def test_an_api_that_is_away(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    endpoint = ring[0].api.get("v1", "ConfigMap", "endpoint", ring[0].place)
    ring[0].api.replace({**endpoint, "data": {**endpoint["data"], "port": str(free_port())}})
    there = inventory(playbooks, bare_api, ring, kubernetes_version=NEW)
    ended = playbooks.run("upgrade", there, "-e", "wait_timeout=1", "--check")
    assert ended.code != 0 and "wait_timeout" not in ended.messages()[ring[0].caller.cluster][-1] and "Traceback" not in ended.output
    assert "API of cluster" in ended.messages()[ring[0].caller.cluster][-1], ended.messages()


@pytest.mark.parametrize(("words", "line"), [
    (("-e", "upgrade_serial=0"), "upgrade_serial is 0"), (("-e", "max_api_gap=2s"), "max_api_gap"),
    (("-e", "upgrade_max_unavailable=50%"), "max_unavailable"), (("-e", "upgrade_max_unavailable=0"), "max_unavailable is 0"),
    (("-e", "seed=nowhere"), "nowhere")])
def test_bad_input_is_one_line(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned], words: tuple[str, ...], line: str):
    with bare_api.watched() as seen:
        ended = playbooks.run("upgrade", inventory(playbooks, bare_api, ring), *words)
    assert ended.code != 0 and line in ended.output and "Traceback" not in ended.output and seen.writes == [], ended.output[-3000:]


def test_a_node_that_the_inventory_pins_too_far_back_stops_it(bare_api: BareApi, playbooks: Playbooks, ring: list[Planned]):
    """Found by the name of the Node, which is not that of the host."""
    one, two = ring
    for planned in ring:
        planned.node_says(kubelet="1.33.13")
    hosts = {"web-a": {"node_name": one.node, "node_kubernetes_version": "1.33.13"}, "web-b": {"node_name": two.node}}
    there = playbooks.inventory(f"pinned{next(_numbers)}", {
        "seeds": {"fra1": {"ansible_connection": "local", "seed_kubeconfig": bare_api.kubeconfig(), "seed_address": "198.51.100.10"}},
        "clusters": {one.caller.cluster: {"seed": "fra1", "kubernetes_version": NEW}},
        "nodes": {name: {"cluster": one.caller.cluster, **more} for name, more in hosts.items()},
        f"cluster_{one.caller.cluster}": {one.caller.cluster: {}, **{name: {} for name in hosts}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("upgrade", there, "--check")
    unknown = playbooks.run("upgrade", there, "--check", "-e", "node_kubernetes_version=1.36.99")
    assert "1.36.99" in unknown.messages()[one.caller.cluster][-1] and "is not known" in unknown.messages()[one.caller.cluster][-1], unknown.output[-2000:]
    message = ended.messages()[one.caller.cluster][-1]
    assert f"kubelet 1.33.13 is wanted on node {one.node}, so the control plane can't go to {NEW}" in message and seen.writes == []
