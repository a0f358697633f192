# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters get the next minor release: under load, killed again and again, and in rings."""
from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from e2e.world import World, eventually
from e2e.writer import Writer
from e2e_ha.prober import Prober
from e2e_upgrade.conftest import NEW, NODES, OLD, RING

VERSION = ("-e", json.dumps({"kubernetes_version": NEW}))
DEMO = ("upgrade", "-e", "cluster=demo", *VERSION)
ONE = ("upgrade", "-e", "cluster=one", *VERSION)
KILLS = [
    ("Upgrade | Plan the upgrade", 0), ("Upgrade | Note in the record of the cluster that its upgrade begins", 0),
    ("Upgrade | Run the control plane in the seed", 0), ("Upgrade | Run the control plane in the seed", 3.0),
    ("Upgrade | Put the add-ons into the cluster", 0), ("Upgrade | Note in the record of the cluster that it runs", 0)]
# seconds without an answer: two replicas, and machines of tests that do other work
LONGEST_GAP = 10.0
WORKLOAD: list[dict[str, Any]] = [
    {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
     "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
            "terminationGracePeriodSeconds": 1, "topologySpreadConstraints": [{
                "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app": "web"}}}],
            "containers": [{"name": "web", "image": "registry.k8s.io/coredns/coredns:v1.14.6", "args": ["-dns.port=1053"]}]}}}}]


def images(world: World, cluster: str) -> set[str]:
    """Tags of what is of Kubernetes in the namespace of the cluster."""
    deployments = world.objects(None, "deployments", "-n", f"cluster-{cluster}")
    return {container["image"].rpartition(":")[2] for one in deployments for container in one["spec"]["template"]["spec"]["containers"]}


def record(world: World, cluster: str) -> dict[str, Any]:
    found = world.kubectl(None, "-n", f"cluster-{cluster}", "get", "configmap", "cluster-record", "-o", "json")
    return json.loads(json.loads(found.stdout)["data"]["record.json"])


def kubelets(world: World) -> dict[str, tuple[str, bool]]:
    """Node -> version, and whether it is cordoned."""
    return {node["metadata"]["name"]: (node["status"]["nodeInfo"]["kubeletVersion"].removeprefix("v"), bool(node["spec"].get("unschedulable")))
            for node in world.objects("demo", "nodes")}


class Replicas:
    """Of the workload, looked at all the time. least: how few were available."""

    def __init__(self, world: World) -> None:
        self.world, self.least, self.over = world, 99, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def available(self) -> int:
        deployment = json.loads(self.world.kubectl("demo", "get", "deployment", "web", "-o", "json").stdout)
        return deployment["status"].get("availableReplicas", 0)

    def look(self) -> None:
        while not self.over.wait(0.5):
            self.least = min(self.least, self.available())

    @contextmanager
    def watched(self) -> Iterator[None]:
        self.thread.start()
        try:
            yield
        finally:
            self.over.set()
            self.thread.join(timeout=60)


@pytest.fixture(scope="module")
def replicas(clusters: World) -> Replicas:
    file = clusters.directory / "workload.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": WORKLOAD}))
    clusters.kubectl("demo", "apply", "-f", str(file))
    found = Replicas(clusters)
    eventually(lambda: found.available() == 2, seconds=120)
    return found


def test_create_cluster_upgrades_nothing(clusters: World):
    run = clusters.playbook("create_cluster", "-e", "cluster=demo", *VERSION).must_fail()
    assert f"Cluster demo runs Kubernetes {OLD}, and {NEW} is wanted" in run.output and "kubermatic.caas.upgrade -e cluster=demo" in run.output
    assert images(clusters, "demo") == {f"v{OLD}"}


def test_a_look_says_what_would_be_done_and_changes_nothing(clusters: World, replicas: Replicas):
    before = (record(clusters, "demo"), images(clusters, "demo"))
    run = clusters.playbook(*DEMO, "--check", "--diff").must_succeed()
    assert f"Cluster demo would be upgraded: Kubernetes {OLD} -> {NEW}" in run.output
    assert "would: Update Deployment cluster-demo/kube-apiserver" in run.output and f"kube-apiserver:v{NEW}" in run.output
    assert all(name in run.output for name in NODES)
    assert before == (record(clusters, "demo"), images(clusters, "demo"))


def test_under_load_nothing_fails(clusters: World, replicas: Replicas):
    writer, prober = Writer(clusters.kubeconfig("demo"), "load"), Prober(clusters.kubeconfig("demo"))
    with writer.at_work(), replicas.watched(), prober:
        run = clusters.playbook(*DEMO).must_succeed()
    print(f"\nupgrade: {prober.summary()}; {len(writer.acknowledged)} writes, longest gap {writer.gap:.1f} s; {run.seconds:.0f} s")
    assert f"Cluster demo is upgraded: Kubernetes {OLD} -> {NEW}" in run.output
    # client libraries ask once more after 429, which kube-apiserver says when it is about to end
    assert {one.error for one in prober.requests} <= {"", "status 429"} and prober.longest_gap() < LONGEST_GAP
    assert writer.errors == [] and writer.lost() == set()
    assert replicas.least >= 1
    assert kubelets(clusters) == dict.fromkeys(NODES, (NEW, False))
    assert images(clusters, "demo") == {f"v{NEW}"} and record(clusters, "demo")["versions"]["kubernetes"] == NEW
    assert record(clusters, "demo")["phase"] == "Running"


def test_a_second_run_changes_nothing(clusters: World):
    for words in (DEMO, ("create_cluster", "-e", "cluster=demo", *VERSION)):
        assert clusters.playbook(*words).must_succeed().changed() == set(), words


def test_nothing_goes_back(clusters: World):
    run = clusters.playbook("upgrade", "-e", "cluster=demo", "-e", json.dumps({"kubernetes_version": OLD})).must_fail()
    assert OLD in run.output and record(clusters, "demo")["versions"]["kubernetes"] == NEW


def test_killed_again_and_again(clusters: World):
    for task, after in KILLS:
        clusters.killed(task, *ONE, kill_after=after)
    # until it has ended no other playbook takes the cluster for what it was
    run = clusters.playbook("create_cluster", "-e", "cluster=one").must_fail()
    assert "has begun and has not ended" in run.output
    clusters.playbook(*ONE).must_succeed()
    assert images(clusters, "one") == {f"v{NEW}"} and record(clusters, "one")["phase"] == "Running"
    assert clusters.playbook(*ONE).must_succeed().changed() == set()


def test_the_first_cluster_that_fails_ends_the_run(clusters: World):
    """The second one wants more memory than its seed has, so the third one is left as it is."""
    broken = clusters.inventory / "host_vars" / "two.yml"
    broken.write_text(json.dumps({"control_plane_resources": {"kube_apiserver": {"memory": "900Gi", "memory_limit": "900Gi"}}}))
    limit = ("upgrade", "--limit", ",".join(RING), *VERSION)
    run = clusters.playbook(*limit).must_fail()
    message = run.messages()["two"][-1]
    assert "The control plane of cluster two can't grow" in message and "Clusters after it in this run were left as they are" in message
    assert "kubermatic.caas.upgrade -e cluster=two" in message and set(run.messages()) == {"two"}
    assert [images(clusters, name) for name in RING] == [{f"v{NEW}"}, {f"v{OLD}"}, {f"v{OLD}"}]
    assert record(clusters, "two")["phase"] == "Running"
    broken.unlink()
    clusters.playbook(*limit).must_succeed()
    assert all(images(clusters, name) == {f"v{NEW}"} for name in RING)
    assert clusters.playbook(*limit).must_succeed().changed() == set()


def test_status_says_that_all_is_well(clusters: World):
    output = clusters.playbook("status", "-e", "fail_if=degraded").must_succeed().output
    assert OLD not in output
