# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A running cluster grows and shrinks while somebody writes to it; a member of etcd that loses its volume comes back."""
from __future__ import annotations

import json

import pytest

from e2e import witness
from e2e.world import LAB, World
from e2e.writer import Writer

CREATE = ("create_cluster", "-e", "cluster=demo")
THREE = (*CREATE, "-e", "etcd_replicas=3", "-e", "control_plane_replicas=2")
NAMESPACE = "cluster-demo"


def members(world: World, through: str = "etcd-0") -> dict[str, bool]:
    """Name of each member of etcd -> whether it votes."""
    pki = "/etc/kubernetes/pki"
    done = world.kubectl(None, "exec", "-n", NAMESPACE, through, "-c", "etcd", "--", "etcdctl", "--endpoints=https://localhost:2379",
                         f"--cacert={pki}/ca-bundle/etcd-ca.crt", f"--cert={pki}/etcd-peer/tls.crt", f"--key={pki}/etcd-peer/tls.key",
                         "member", "list", "-w", "json")
    return {item["name"]: not item.get("isLearner", False) for item in json.loads(done.stdout)["members"]}


def volumes(world: World) -> list[str]:
    return sorted(item["metadata"]["name"] for item in world.objects(None, "persistentvolumeclaims", "-n", NAMESPACE))


def resized(world: World, name: str, *words: str) -> None:
    """The playbook ran while somebody wrote, and nothing that was acknowledged is lost."""
    writer = Writer(world.kubeconfig("demo"), name)
    with writer.at_work():
        world.playbook(*words).must_succeed()
    lost = writer.lost()
    print(f"{name}: {len(writer.acknowledged)} writes acknowledged, {len(writer.errors)} refused, longest gap {writer.gap:.1f} s, "
          f"lost {sorted(lost)}; first refusals {writer.errors[:3]}")
    assert len(writer.acknowledged) > 20
    assert lost == set()


@pytest.fixture(scope="module")
def grown(demo: World) -> World:
    resized(demo, "growing", *THREE)
    return demo


def test_one_becomes_three(grown: World):
    assert members(grown) == {"etcd-0": True, "etcd-1": True, "etcd-2": True}
    mark = witness.mark(grown)
    assert grown.playbook(*THREE).must_succeed().changed() == set()
    assert witness.writes_since(grown, mark) == []


def test_a_look_at_what_another_size_would_change(grown: World):
    mark = witness.mark(grown)
    run = grown.playbook(*CREATE, "--check").must_succeed()
    assert "would: Remove member etcd-2 from etcd, with its volume" in run.output
    assert witness.writes_since(grown, mark) == []


def test_a_member_that_lost_its_volume_comes_back(grown: World):
    claim = json.loads(grown.kubectl(None, "get", "persistentvolumeclaim", "-n", NAMESPACE, "data-etcd-1", "-o", "json").stdout)
    volume = json.loads(grown.kubectl(None, "get", "persistentvolume", claim["spec"]["volumeName"], "-o", "json").stdout)["spec"]
    path = (volume.get("hostPath") or volume.get("local"))["path"]
    assert "etcd-1" in path
    grown.lab("exec", LAB, f"{LAB}-seed-1", "--", "find", path, "-mindepth", "1", "-delete")
    grown.kubectl(None, "delete", "pod", "-n", NAMESPACE, "etcd-1", "--grace-period=0", "--force")
    # at once, while it ends and begins again: no moment at which the run looks may mislead it
    grown.playbook(*THREE).must_succeed()
    assert members(grown) == {"etcd-0": True, "etcd-1": True, "etcd-2": True}
    assert grown.playbook(*THREE).must_succeed().changed() == set()


def test_three_become_one(grown: World):
    resized(grown, "shrinking", *CREATE)
    assert members(grown) == {"etcd-0": True}
    assert volumes(grown) == ["data-etcd-0"]
    assert grown.playbook(*CREATE).must_succeed().changed() == set()
