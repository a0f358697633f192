# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What runs is known, and stays: after a creation that failed in part, and under a later release that offers other versions."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import later_release
import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from e2e.world import LAB, World
from lab import customer_inventory
from playbook_runs.ended import Ended

CLUSTER, NAMESPACE = "aged", "cluster-aged"
HOSTS = [f"{LAB}-host-{number}" for number in (1, 2, 3)]
ROLE_ALONE = f"""
- hosts: {CLUSTER}
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  roles:
    - role: kubermatic.caas.control_plane
      vars:
        seed_kubeconfig: "{{{{ hostvars[seed].seed_kubeconfig }}}}"
        seed_address: "{{{{ hostvars[seed].seed_address }}}}"
"""


class Aged:
    """Its cluster, looked after by this release and by a later one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.later = {"ANSIBLE_COLLECTIONS_PATH": str(later_release.at(world.directory / "later"))}
        self.has(HOSTS[:2])

    def has(self, hosts: list[str], of_hosts: dict[str, Any] | None = None, **variables: Any) -> None:
        """What the inventory says. of_hosts: of all its nodes."""
        inventory = customer_inventory.write(self.world.directory, {CLUSTER: hosts}, variables=variables)
        file = inventory / "customers.yml"
        said = json.loads(file.read_text())
        said["all"]["children"][customer_inventory.group(CLUSTER)]["vars"] |= of_hosts or {}
        file.write_text(json.dumps(said))

    def play(self, name: str, *words: str, later: bool = True) -> Ended:
        return self.world.playbook(name, "-e", f"cluster={CLUSTER}", *words, environment=self.later if later else {})

    def record(self) -> dict[str, Any]:
        config_map = json.loads(self.world.kubectl(None, "-n", NAMESPACE, "get", "configmap", "cluster-record", "-o", "json").stdout)
        return json.loads(config_map["data"]["record.json"])

    def holder(self) -> str:
        lease = json.loads(self.world.kubectl(None, "-n", NAMESPACE, "get", "lease", "cluster-lock", "-o", "json").stdout)
        return lease["spec"]["holderIdentity"]

    def kubelets(self) -> dict[str, str]:
        self.play("kubeconfig", "-e", f"path={self.world.kubeconfig(CLUSTER)}").must_succeed()
        return {node["metadata"]["name"]: node["status"]["nodeInfo"]["kubeletVersion"] for node in self.world.objects(CLUSTER, "nodes")}

    def images(self) -> set[str]:
        return {container["image"] for kind in ("deployments", "statefulsets") for workload in self.world.objects(None, kind, "-n", NAMESPACE)
                for container in workload["spec"]["template"]["spec"]["containers"]}

    def on_host(self, host: str, command: str) -> str:
        return self.world.lab("exec", LAB, host, "--", "sh", "-c", command)


@pytest.fixture(scope="module")
def aged(seed: World) -> Aged:
    return Aged(seed)


def test_the_role_alone_ends_with_a_cluster_that_runs_and_a_lock_that_is_free(aged: Aged):
    file = aged.world.directory / "role_alone.yml"
    file.write_text(ROLE_ALONE)
    first = aged.world.playbook_file(file).must_succeed()
    assert first.changed() == {CLUSTER}
    record = aged.record()
    assert (record["phase"], record["last_error"], record["node_error"]) == ("Running", "", "")
    assert record["versions"] == lookup(customer_inventory.KUBERNETES_VERSION).versions()
    assert aged.holder() == ""
    assert aged.world.playbook_file(file).must_succeed().changed() == set()


def test_a_node_that_fails_leaves_no_doubt_about_what_runs(aged: Aged):
    aged.has(HOSTS[:2], {"ready_timeout": 0})
    failed = aged.play("create_cluster", later=False).must_fail()
    assert "isn't ready after 0 s" in failed.output or "didn't register within 0 s" in failed.output, failed.output[-3000:]
    record = aged.record()
    assert (record["phase"], record["last_error"], record["versions"]["kubernetes"]) == ("Running", "", "1.36.3")
    assert HOSTS[0] in record["node_error"] and " 0 s" in record["node_error"]
    refused = aged.play("create_cluster", "-e", "kubernetes_version=1.37.2", later=False).must_fail()
    assert "Cluster aged runs Kubernetes 1.36.3, and 1.37.2 is wanted" in refused.output
    aged.has(HOSTS[:2])
    aged.play("create_cluster", later=False).must_succeed()
    assert aged.record()["node_error"] == "" and aged.holder() == ""
    assert aged.kubelets() == dict.fromkeys(HOSTS[:2], "v1.36.3")


def test_the_later_release_offers_something_else(aged: Aged):
    run = aged.world.playbook("create_cluster", "-e", "cluster=fresh", "-e", "seed=lab", "--check", environment=aged.later).must_fail()
    assert "kubernetes_version" in run.output
    run = aged.world.playbook("create_cluster", "-e", "cluster=fresh", "-e", "seed=lab", "-e", "kubernetes_version=1.36.3", "--check", environment=aged.later)
    assert "Kubernetes version '1.36.3' is not known (kubernetes_version). Write one of: 1.37.9, 1.36.8" in run.must_fail().output


@pytest.mark.parametrize("version", ["1.36.3", "1.36"])
def test_under_it_nothing_of_what_runs_changes(aged: Aged, version: str):
    aged.has(HOSTS[:2], kubernetes_version=version)
    before = aged.images()
    run = aged.play("create_cluster", "--diff").must_succeed()
    assert run.changed() == set(), run.output[-4000:]
    assert "runs Kubernetes 1.36.3 and keeps it; new clusters get 1.36.8" in run.output
    assert aged.images() == before and aged.kubelets() == dict.fromkeys(HOSTS[:2], "v1.36.3")


def test_nor_of_its_seed(aged: Aged):
    run = aged.world.playbook("create_seed", "--diff", environment=aged.later).must_succeed()
    assert run.changed() == set(), run.output[-4000:]


def test_status_tells_what_runs(aged: Aged):
    file = aged.world.directory / "aged.json"
    aged.play("status", "-e", "format=json", "-e", f"path={file}").must_succeed()
    (clusters,) = json.loads(file.read_text()).values()
    (found,) = clusters if isinstance(clusters, list) else clusters["clusters"]
    assert found["kubernetes_version"] == "1.36.3" and found["features"]["kubernetes_version: 1.36.3"]["stage"] == "public"


def test_another_version_is_refused_for_the_cluster_and_for_its_nodes(aged: Aged):
    run = aged.play("create_cluster", "-e", "kubernetes_version=1.37.9").must_fail()
    assert "Cluster aged runs Kubernetes 1.36.3, and 1.37.9 is wanted" in run.output
    aged.has(HOSTS[:2], {"node_kubernetes_version": "1.35.9"})
    run = aged.play("create_cluster").must_fail()
    # the cluster is kept up, its hosts are left as they are
    assert "kubelet 1.36.3 runs on this node, and 1.35.9 is wanted (node_kubernetes_version)" in run.output and run.changed() <= {"aged"}
    aged.has(HOSTS[:2])


def test_one_more_replica_and_one_more_node(aged: Aged):
    before = aged.images()
    aged.has(HOSTS, control_plane_replicas=2)
    aged.play("create_cluster").must_succeed()
    assert aged.images() == before and aged.kubelets() == dict.fromkeys(HOSTS, "v1.36.3")
    installed = {host: aged.on_host(host, "containerd --version; sha256sum /usr/local/bin/kubelet") for host in HOSTS}
    assert "2.2.0" in installed[HOSTS[2]] and len(set(installed.values())) == 1
    assert aged.play("create_cluster").must_succeed().changed() == set()


def test_a_node_leaves(aged: Aged):
    aged.play("remove_node", "-e", f"node={HOSTS[2]}").must_succeed()
    assert set(aged.kubelets()) == set(HOSTS[:2])


def test_a_record_that_says_nothing_about_what_runs_keeps_nobody_from_leaving(aged: Aged):
    """As one of which somebody cut off half, or one of a much later release."""
    aged.has(HOSTS[:2])
    text = json.dumps({**aged.record(), "versions": {}, "spec": {}})
    patch = Path(aged.world.directory / "patch.json")
    patch.write_text(json.dumps({"data": {"record.json": text}}))
    aged.world.kubectl(None, "-n", NAMESPACE, "patch", "configmap", "cluster-record", "--type=merge", f"--patch-file={patch}")
    aged.play("remove_node", "-e", f"node={HOSTS[1]}").must_succeed()
    assert aged.on_host(HOSTS[1], "ls /etc/kubernetes 2>/dev/null || true") == ""


def test_the_cluster_goes(aged: Aged):
    aged.play("delete_cluster", "-e", f"confirm={CLUSTER}").must_succeed()
    assert aged.world.kubectl(None, "get", "namespace", NAMESPACE, check=False).returncode != 0
    for host in HOSTS:
        assert aged.on_host(host, "ls -d /etc/kubernetes /usr/local/bin/kubelet 2>/dev/null || true") == ""
