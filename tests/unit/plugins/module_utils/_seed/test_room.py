# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.container_resources import PodRequests, pods, resources
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.room import grows, lacking_for_growth, lacking_for_new

NAMESPACE = "cluster-demo"


def node(name: str = "fra1-a", cpu: str = "1900m", memory: str = "4Gi", *, cordoned: bool = False) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"unschedulable": cordoned},
            "status": {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": cpu, "memory": memory}}}


def pod(cpu: str, memory: str, place: str = "fra1-a", phase: str = "Running") -> dict[str, Any]:
    """One that asks twice for it, as it has a sidecar; a container that only begins does not count."""
    def container(**more: Any) -> dict[str, Any]:
        return {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}
    return {"metadata": {"name": "other", "namespace": "default"}, "status": {"phase": phase},
            "spec": {"nodeName": place, "containers": [container()], "initContainers": [container(), container(restartPolicy="Always")]}}


def wanted(size: str = "small", etcd: int = 1, others: int = 1) -> list[PodRequests]:
    return pods(resources(size, {}), etcd_replicas=etcd, control_plane_replicas=others)


def running(size: str = "small", etcd: int = 1, others: int = 1, places: tuple[str, ...] = ("fra1-a",)) -> list[dict[str, Any]]:
    """The pods of a cluster."""
    return [{"metadata": {"name": f"{one.name}-{number}", "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": one.name}},
             "spec": {"nodeName": places[number % len(places)], "containers": [{"resources": {"requests": {"cpu": str(one.cpu), "memory": str(one.memory)}}}]},
             "status": {"phase": "Running"}} for one in wanted(size, etcd, others) for number in range(one.replicas)]


def replicas(etcd: int = 1, others: int = 1) -> dict[str, int]:
    return {one.name: one.replicas for one in wanted("small", etcd, others)}


def growth(nodes: list[dict[str, Any]], there: list[dict[str, Any]], to: list[PodRequests], before: dict[str, int], volumes_move: bool = False) -> str:
    return lacking_for_growth(nodes, there, to, before, namespace=NAMESPACE, volumes_move=volumes_move)


NEW = [PodRequests("a", "", 1, Decimal("0.11"), Decimal(400 * 2**20)), PodRequests("b", "", 1, Decimal("0.05"), Decimal(128 * 2**20))]


@pytest.mark.parametrize(("there", "fits"), [
    ([], True), ([pod("870m", "1Gi")], True), ([pod("900m", "1Gi", place="fra1-b")], True), ([pod("900m", "1Gi", phase="Failed")] * 9, True),
    ([pod("925m", "1Gi")], False), ([pod("1m", "1900Mi")], False)])
def test_room_for_a_new_control_plane(there, fits):
    assert (lacking_for_new([node(), node("fra1-b", cordoned=True)], there, NEW) == "") is fits


def test_what_is_lacking_is_said_in_numbers():
    assert lacking_for_new([node()], [pod("900m", "1900Mi")], NEW) == (
        "its pods ask for 0.16 CPUs and 0.5 GiB of memory, and no machine has more than 0.10 CPUs or 0.3 GiB left")
    assert lacking_for_new([], [], NEW) == ""


def test_what_is_growth():
    assert not grows(running(), wanted(), replicas())
    assert not grows(running("medium"), wanted(), replicas())
    assert grows(running(), wanted("medium"), replicas())
    assert grows(running(), wanted(others=2), replicas())
    # a pod that is missing, or waits for a machine, is not one that is to grow
    assert not grows(running()[1:], wanted(), replicas())
    waiting = running("medium")
    waiting[0]["spec"]["nodeName"] = ""
    assert not grows(waiting, wanted("medium"), replicas())


@pytest.mark.parametrize(("cpu", "problem"), [
    # 1050m in the end; at the worst moment 20m + 10m of the old ones beside them
    ("1100m", ""), ("1080m", ""),
    ("1070m", "a pod of kube-scheduler is to ask for 0.10 CPUs and 0.1 GiB of memory beside the one that runs until it is ready, "
              "and no machine has more than 0.09 CPUs or 6 GiB left"),
    ("700m", "a pod of kube-apiserver is to ask for 0.55 CPUs and 1.1 GiB of memory beside the one that runs until it is ready, "
             "and no machine has more than 0.415 CPUs or 6.9 GiB left"),
    ("260m", "a pod of etcd is to ask for 0.20 CPUs and 0.5 GiB of memory, and machine fra1-a, where its volume is, "
             "has 0.175 CPUs and 7.4 GiB of memory left")])
def test_room_for_growth_counts_the_pods_that_are_replaced_last(cpu, problem):
    assert growth([node(cpu=cpu, memory="8Gi")], running(), wanted("medium"), replicas()) == problem


def test_members_of_etcd_stay_where_their_volumes_are():
    nodes, there = [node(cpu="200m"), node("fra1-b", cpu="4")], running()
    assert "machine fra1-a, where its volume is, has 0.115 CPUs" in growth(nodes, there, wanted("medium"), replicas())
    assert growth(nodes, there, wanted("medium"), replicas(), volumes_move=True) == ""


def test_more_replicas_need_room_too():
    assert growth([node(cpu="200m")], running(), wanted(others=2), replicas()) == ""
    assert growth([node(cpu="150m")], running(), wanted(others=2), replicas()).startswith("a pod of kube-apiserver is to ask for 0.055 CPUs")
    assert growth([node(cpu="150m")], running(), wanted(etcd=3), replicas()).startswith("a pod of etcd is to ask for 0.025 CPUs")


def test_of_several_replicas_each_makes_room_for_the_next():
    """Two machines, each with one replica and room for one large pod beside it: the second large one comes when the first small one has ended."""
    there = running(others=2, places=("fra1-a", "fra1-b"))
    nodes = [node(cpu="1"), node("fra1-b", cpu="1400m")]
    assert growth(nodes, there, wanted("medium", others=2), replicas(others=2)) == ""


def test_whoever_may_not_see_machines_that_take_pods_is_not_refused():
    assert growth([], running(), wanted("medium"), replicas()) == ""
