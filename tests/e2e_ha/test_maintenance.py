# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine of the seed is drained while runs go on; etcd is filled, made writable again, and grows."""
from __future__ import annotations

import base64
import json
import os
import time
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from e2e.world import World, eventually
from e2e_ha.layout import LAB, MACHINES
from e2e_ha.prober import Prober

NAMESPACE, PKI = "cluster-big", "/etc/kubernetes/pki"
CREATE = ("create_cluster", "-e", "cluster=big")
MIB = 2**20


@pytest.fixture(scope="module")
def big(seed: World) -> World:
    if "can't shrink" in (run := seed.playbook(*CREATE)).output:
        # of a former run of these tests, with KEEP=1
        seed.playbook("delete_cluster", "-e", "cluster=big", "-e", "confirm=big").must_succeed()
        run = seed.playbook(*CREATE)
    run.must_succeed()
    seed.playbook("kubeconfig", "-e", "cluster=big", "-e", f"path={seed.kubeconfig('big')}").must_succeed()
    return seed


def etcdctl(world: World, *words: str, through: str = "etcd-0") -> str:
    return world.kubectl(None, "exec", "-n", NAMESPACE, through, "-c", "etcd", "--", "etcdctl", "--endpoints=https://localhost:2379",
                         f"--cacert={PKI}/ca-bundle/etcd-ca.crt", f"--cert={PKI}/etcd-peer/tls.crt", f"--key={PKI}/etcd-peer/tls.key", *words).stdout


def asked(world: World, *words: str, through: str = "etcd-0") -> Any:
    return json.loads(etcdctl(world, *words, "-w", "json", through=through))


def must_not_lead(world: World, member: str, successor: str) -> None:
    status = asked(world, "endpoint", "status", through=member)[0]["Status"]
    if status["leader"] == status["header"]["member_id"]:
        etcdctl(world, "move-leader", format(members(world)[successor], "x"), through=member)


def members(world: World, through: str = "etcd-0") -> dict[str, int]:
    """Name and ID of each member. One that comes anew has another ID."""
    return {item["name"]: item["ID"] for item in asked(world, "member", "list", through=through)["members"]}


def volumes(world: World) -> dict[str, str]:
    """Claim and its UID."""
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in world.objects(None, "persistentvolumeclaims", "-n", NAMESPACE)}


def places(world: World) -> dict[str, str]:
    """Machine of each member."""
    pods = world.objects(None, "pods", "-n", NAMESPACE, "-lapp.kubernetes.io/name=etcd")
    return {pod["metadata"]["name"]: pod["spec"].get("nodeName", "") for pod in pods}


def all_ready(world: World) -> bool:
    pods = world.objects(None, "pods", "-n", NAMESPACE, "-lapp.kubernetes.io/name=etcd")
    return len(pods) == 3 and all(any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", [])) for pod in pods)


def etcd_now(world: World, path: str) -> dict[str, Any]:
    """What status says of it."""
    world.playbook("status", "-e", "cluster=big", "-e", "format=json", "-e", f"path={path}").must_succeed()
    with open(path, encoding="utf-8") as file:
        (clusters,) = json.load(file).values()
    return clusters[0]["etcd"]


@pytest.mark.parametrize("member", ["etcd-0", "etcd-2"])
def test_a_machine_that_is_drained_while_runs_go_on_costs_no_member_its_data(big: World, member: str):
    assert set(places(big).values()) == set(MACHINES)
    machine, through = places(big)[member], "etcd-1"
    before = members(big, through), volumes(big)
    big.kubectl(None, "drain", machine, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=150s")
    try:
        line = f"{member} waits for machine {machine} of the seed, which is cordoned"
        for dummy in range(2):
            run = big.playbook(*CREATE).must_succeed()
            assert line in run.output and "Replace member" not in run.output
            assert run.changed() == set()
        assert line in big.playbook("status", "-e", "cluster=big").must_succeed().output
        big.kubectl("big", "create", "configmap", f"while-{member}-was-away")
    finally:
        big.kubectl(None, "uncordon", machine)
    assert eventually(lambda: all_ready(big), seconds=120)
    assert (members(big, through), volumes(big)) == before
    assert places(big)[member] == machine
    # the member has what was written without it
    stored = asked(big, "get", f"/registry/configmaps/default/while-{member}-was-away", "--keys-only", "--consistency=s", through=member)
    assert stored["count"] == 1
    assert big.playbook(*CREATE).must_succeed().changed() == set()


def write_until_refused(world: World, most: int = 400) -> str:
    """One ConfigMap that changes all the time, as a controller may do it. The refusal."""
    api = KubeApi.from_kubeconfig(str(world.kubeconfig("big")))
    for number in range(most):
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "chatty", "namespace": "default"},
                    "data": {"text": base64.b64encode(os.urandom(600 * 1024)).decode(), "number": str(number)}}
        try:
            api.apply(manifest)
        except CaasError as error:
            return error.line()
    raise AssertionError(f"{most} writes of 800 KiB went through")


def test_one_command_makes_an_etcd_that_is_full_writable_again(big: World, tmp_path, record_property):
    refusal = write_until_refused(big)
    print(refusal)
    assert "database space exceeded" in refusal
    full = etcd_now(big, str(tmp_path / "full.json"))
    # the next write would have gone beyond it
    assert full["alarms"] == ["NOSPACE"] and full["quota"] == 128 * MIB and full["size"] > 120 * MIB
    assert "etcd is full (NOSPACE)" in big.playbook("status", "-e", "cluster=big").must_succeed().output
    looked = big.playbook("maintain_etcd", "-e", "cluster=big", "--check").must_succeed()
    assert "would: Disarm etcd's alarm NOSPACE" in looked.output
    with Prober(big.kubeconfig("big")) as reader:
        time.sleep(2)
        run = big.playbook("maintain_etcd", "-e", "cluster=big").must_succeed()
        time.sleep(2)
    print(run.output)
    print("reads meanwhile:", reader.summary())
    record_property("reads", reader.summary())
    assert [request.error for request in reader.requests if request.error] == []
    made = etcd_now(big, str(tmp_path / "made.json"))
    assert made["alarms"] == [] and made["size"] < 16 * MIB
    big.kubectl("big", "create", "configmap", "after")
    assert big.playbook("maintain_etcd", "-e", "cluster=big").must_succeed().changed() == set()


def test_its_volumes_grow_and_no_member_loses_its_data(big: World, tmp_path):
    before = members(big)
    larger = (*CREATE, "-e", "etcd_storage=512Mi")
    looked = big.playbook(*larger, "--check").must_succeed()
    assert "would: Recreate the StatefulSet of etcd with volumes of 512Mi; its pods keep running" in looked.output
    with Prober(big.kubeconfig("big")) as reader:
        run = big.playbook(*larger).must_succeed()
    print(run.output[-3000:])
    print("reads meanwhile:", reader.summary())
    assert members(big) == before
    assert etcd_now(big, str(tmp_path / "grown.json"))["quota"] == 256 * MIB
    assert big.playbook(*larger).must_succeed().changed() == set()
    # the inventory says the former size
    refused = big.playbook(*CREATE).must_fail()
    assert "etcd_storage can't shrink from 512Mi to 256Mi" in refused.output
    assert big.kubectl("big", "get", "configmap", "after").returncode == 0


def test_a_disk_that_was_emptied_is_seen_by_what_etcd_says(big: World):
    before, larger = members(big), (*CREATE, "-e", "etcd_storage=512Mi")
    machine = places(big)["etcd-1"]
    claim = json.loads(big.kubectl(None, "get", "persistentvolumeclaim", "-n", NAMESPACE, "data-etcd-1", "-o", "json").stdout)
    volume = json.loads(big.kubectl(None, "get", "persistentvolume", claim["spec"]["volumeName"], "-o", "json").stdout)["spec"]
    path = (volume.get("hostPath") or volume.get("local"))["path"]
    assert "etcd-1" in path
    # one that led has a successor, who knows nothing of what it had, and so it comes back by itself
    must_not_lead(big, "etcd-1", "etcd-0")
    big.lab("exec", LAB, machine, "--", "find", path, "-mindepth", "1", "-delete")
    big.kubectl(None, "delete", "pod", "-n", NAMESPACE, "etcd-1", "--grace-period=0", "--force")
    run = big.playbook(*larger).must_succeed()
    assert "Replace member etcd-1 of etcd, its volume included (its disk lacks data that it had)" in run.output
    after = members(big)
    assert sorted(after) == sorted(before) and {name for name in after if after[name] != before[name]} == {"etcd-1"}
    assert set(places(big).values()) == set(MACHINES)
    assert big.playbook(*larger).must_succeed().changed() == set()
