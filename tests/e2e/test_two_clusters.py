# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two customers on one seed: one comes and goes, the other never notices."""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from e2e import own_software, witness
from e2e.the_third_host import HOST, on
from e2e.world import LAB, VERSIONS, World, eventually
from lab import customer_inventory


def running_pods(world: World, cluster: str) -> list[dict[str, Any]]:
    """Without those on their way out, as of a control plane that has just become smaller."""
    return [pod for pod in world.objects(None, "pods", "-n", f"cluster-{cluster}") if not pod["metadata"].get("deletionTimestamp")]


def workload_ids(world: World, cluster: str) -> dict[str, str]:
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in running_pods(world, cluster)}


def restarts(world: World, cluster: str) -> int:
    return sum(status["restartCount"] for pod in running_pods(world, cluster) for status in pod["status"]["containerStatuses"])


def ready_nodes(world: World, cluster: str) -> list[str]:
    return sorted(node["metadata"]["name"] for node in world.objects(cluster, "nodes")
                  if any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"]))


@pytest.fixture(scope="module")
def own(demo: World) -> Iterator[str]:
    """The node of the second cluster has software of its owner beside it, as it comes and as it goes: what can be seen of that."""
    on(demo, HOST, " && ".join(own_software.INSTALLED))
    try:
        yield on(demo, HOST, own_software.LISTING)
    finally:
        on(demo, HOST, "; ".join(own_software.REMOVED))


def test_a_second_cluster_beside_demo(demo: World, own: str):
    before, crashes = workload_ids(demo, "demo"), restarts(demo, "demo")
    told = demo.playbook("create_cluster", "-e", "cluster=other").must_succeed().output
    assert "ufw is on, and by default drops what pods of different hosts send each other" in told
    assert "/etc/sysctl.d/zz-hardening.conf sets net.ipv4.ip_forward = 0" in told
    demo.playbook("kubeconfig", "-e", "cluster=other", "-e", f"path={demo.kubeconfig('other')}").must_succeed()
    assert ready_nodes(demo, "other") == [f"{LAB}-host-3"]
    (node,) = demo.objects("other", "nodes")
    assert node["status"]["nodeInfo"]["kubeletVersion"] == f"v{VERSIONS['other']}"
    assert workload_ids(demo, "demo") == before
    assert restarts(demo, "demo") == crashes
    table = demo.playbook("status").must_succeed().output
    assert "demo" in table
    assert "other" in table


def test_what_its_owner_runs_beside_a_node_works_and_stays(demo: World, own: str):
    """A GPU's runtime is the only one of these that takes part in what the node does."""
    assert int(on(demo, HOST, f"wc -l <{own_software.RUNTIME_LOG}")) > 0
    assert on(demo, HOST, "systemctl show -p LimitMEMLOCK --value containerd").strip() == "infinity"
    assert demo.playbook("create_cluster", "-e", "cluster=other").must_succeed().changed() == set()
    assert on(demo, HOST, own_software.LISTING) == own


def test_status_tells_the_launch_stage_of_all_that_a_cluster_uses(demo: World):
    file = demo.directory / "status.json"
    demo.playbook("status", "-e", "format=json", "-e", f"path={file}").must_succeed()
    clusters, = json.loads(file.read_text()).values()
    found = next(cluster for cluster in clusters if cluster["name"] == "demo")
    assert found["stage"] == "beta"
    assert found["leaving"] == []
    stages = {name: feature["stage"] for name, feature in found["features"].items()}
    assert {"kubernetes_version: 1.36.3": "public", "expose: node_port": "beta", "add_ons: {flannel: true}": "beta", "provider: hosts": "beta",
            "node_distribution: Debian 12": "beta", "node_architecture: amd64": "beta"}.items() <= stages.items()


def test_a_node_is_removed_and_its_host_joins_the_other_cluster(demo: World):
    node = f"{LAB}-host-2"
    demo.playbook("remove_node", "-e", "cluster=demo", "-e", f"node={node}").must_succeed()
    assert ready_nodes(demo, "demo") == [f"{LAB}-host-1"]
    assert demo.playbook("remove_node", "-e", "cluster=demo", "-e", f"node={node}").must_succeed().changed() == set()
    customer_inventory.write(demo.directory, {"demo": [f"{LAB}-host-1"], "other": [node, f"{LAB}-host-3"]}, versions=VERSIONS)
    demo.playbook("create_cluster", "-e", "cluster=other").must_succeed()
    assert ready_nodes(demo, "other") == [node, f"{LAB}-host-3"]


def test_deletion_asks_for_the_name_again(demo: World):
    mark = witness.mark(demo)
    for words in ([], ["-e", "confirm=demo"]):
        run = demo.playbook("delete_cluster", "-e", "cluster=other", *words).must_fail()
        assert "confirm=other" in run.output
    assert witness.writes_since(demo, mark) == []


def test_deleting_one_leaves_the_other_untouched(demo: World):
    before, crashes = workload_ids(demo, "demo"), restarts(demo, "demo")
    demo.playbook("delete_cluster", "-e", "cluster=other", "-e", "confirm=other").must_succeed()
    assert demo.kubectl(None, "get", "namespace", "cluster-other", check=False).returncode != 0
    volumes = demo.objects(None, "persistentvolumes")
    assert [v["metadata"]["name"] for v in volumes if v["spec"]["claimRef"]["namespace"] == "cluster-other"] == []
    assert workload_ids(demo, "demo") == before
    assert restarts(demo, "demo") == crashes
    assert ready_nodes(demo, "demo") == [f"{LAB}-host-1"]
    again = demo.playbook("delete_cluster", "-e", "cluster=other", "-e", "confirm=other").must_succeed()
    assert again.changed() == set()


def test_what_its_owner_ran_beside_a_node_outlives_the_node(demo: World, own: str):
    assert on(demo, HOST, own_software.LISTING) == own
    left = on(demo, HOST, "ls -d /usr/local/bin/kubelet /etc/containerd/config.toml /etc/cni/net.d/* 2>/dev/null; ls /sys/class/net; "
                          "iptables-save | grep -e KUBE- -e FLANNEL || true; nft list tables")
    assert not [word for word in ("kubelet", "config.toml", "cni", "flannel", ":KUBE", "kube-proxy") if word in left], left


def test_the_freed_hosts_join_demo(demo: World):
    hosts = [f"{LAB}-host-{number}" for number in (1, 2, 3)]
    customer_inventory.write(demo.directory, {"demo": hosts})
    demo.playbook("create_cluster", "-e", "cluster=demo").must_succeed()
    assert eventually(lambda: ready_nodes(demo, "demo") == hosts)


def test_the_last_cluster_goes_and_the_seed_is_as_it_was(demo: World):
    demo.playbook("delete_cluster", "-e", "cluster=demo", "-e", "confirm=demo").must_succeed()
    namespaces = {n["metadata"]["name"] for n in demo.objects(None, "namespaces")}
    assert not {name for name in namespaces if name.startswith("cluster-")}
    assert demo.objects(None, "persistentvolumes") == []
    assert demo.wide_objects() == demo.seed_before
    for number in (1, 2, 3):
        left = demo.lab("exec", LAB, f"{LAB}-host-{number}", "--", "sh", "-c",
                        "ls -d /etc/kubernetes /var/lib/kubelet/pki /etc/cni/net.d/* /usr/local/bin/kubelet 2>/dev/null || true")
        assert left.split() == []
