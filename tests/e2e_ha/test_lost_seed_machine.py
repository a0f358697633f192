# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A seed of three machines: made, left alone by a second run, and without one of its machines."""
from __future__ import annotations

import time
from typing import Any

import pytest

from e2e.world import World, eventually
from e2e_ha.layout import CLUSTERS, LAB, MACHINES
from e2e_ha.prober import Prober

# longer than the seed needs to notice that a machine is gone
AWAY = 75
LONGEST_GAP, BACK_AFTER = 5.0, 60.0


def nodes(world: World) -> dict[str, str]:
    return {node["metadata"]["name"]: next(c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready") for node in world.objects(None, "nodes")}


def places(world: World, namespace: str, *selector: str) -> list[str]:
    """Machines of the pods, the same one twice if it has two."""
    return sorted(pod["spec"]["nodeName"] for pod in world.objects(None, "-n", namespace, "pods", *selector))


def is_ready(pod: dict[str, Any]) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


def of(component: str) -> str:
    return f"-lapp.kubernetes.io/name={component}"


def on(world: World, machine: str, command: str) -> str:
    return world.lab("exec", LAB, machine, "--", "sh", "-c", command)


def test_a_look_changes_nothing(world: World):
    output = world.playbook("create_seed", "--check", "--diff").must_succeed().output
    for machine in MACHINES[1:]:
        assert f"{machine}: would: Join the seed lab as control-plane machine" in output
    for machine in MACHINES:
        assert on(world, machine, "ls -d /etc/kubernetes /var/lib/kubermatic-caas 2>/dev/null || true") == ""


def test_three_machines_are_one_seed(seed: World):
    assert nodes(seed) == dict.fromkeys(MACHINES, "True")
    assert places(seed, "kube-system", "-lcomponent=etcd") == MACHINES
    assert len(set(places(seed, "kube-system", "-lk8s-app=kube-dns"))) == 2
    taints = [taint for node in seed.objects(None, "nodes") for taint in node["spec"].get("taints", [])]
    assert taints == []


def test_nothing_of_the_joining_is_left(seed: World):
    """No token, and neither the key with which a machine joined nor a kubeconfig of it."""
    assert [secret for secret in seed.objects(None, "secrets", "-A") if secret["type"] == "bootstrap.kubernetes.io/token"] == []
    for machine in MACHINES:
        assert on(seed, machine, "ls /var/lib/kubermatic-caas/join /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null || true") == ""
        assert on(seed, machine, "find /etc/kubernetes/pki -name '*.key' -perm /077") == ""


def test_the_second_run_changes_nothing(seed: World):
    assert seed.playbook("create_seed").must_succeed().changed() == set()


def test_a_machine_that_was_cut_off_while_it_joined_joins_again(seed: World):
    """As if the run had been killed right after kubeadm join: its Node and its etcd member are there already."""
    machine = MACHINES[2]
    on(seed, machine, "sed -i s/state=complete/state=begun/ /etc/kubernetes/seed")
    output = seed.playbook("create_seed").must_succeed().output
    assert f"{machine}: Undo the kubeadm join that didn't end" in output
    assert eventually(lambda: nodes(seed) == dict.fromkeys(MACHINES, "True"))
    members = seed.kubectl(None, "-n", "kube-system", "exec", f"etcd-{MACHINES[0]}", "--", "etcdctl", "--cacert=/etc/kubernetes/pki/etcd/ca.crt",
                           "--cert=/etc/kubernetes/pki/etcd/server.crt", "--key=/etc/kubernetes/pki/etcd/server.key", "member", "list").stdout
    assert sorted(line.split(", ")[2] for line in members.splitlines()) == MACHINES
    assert ", true" not in members
    # its pods find a network again
    assert eventually(lambda: all(is_ready(pod) for pod in seed.objects(None, "pods", "-A")))


def test_one_of_several_machines_is_no_address_for_all(seed: World):
    address = next(host["status"]["addresses"][0]["address"] for host in seed.objects(None, "nodes"))
    run = seed.playbook("create_seed", "-e", f"seed_address={address}").must_fail()
    assert any("load balancer or a virtual address" in line for line in run.errors()), run.output[-2000:]


def test_three_clusters_at_once_are_spread_over_the_machines(clusters: World):
    assert places(clusters, "cluster-big", of("etcd")) == MACHINES
    for component in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        assert len(set(places(clusters, "cluster-big", of(component)))) == 2, component
    for name in ("one", "two"):
        assert len(set(places(clusters, f"cluster-{name}"))) == 1, name


def victims(serving: list[str], small: list[str]) -> list[str]:
    """Which machines to lose to see both: what the big cluster says without one that serves it, and when small ones come back with theirs.

    serving: machines with a kube-apiserver of the big cluster; small: the machine of each small cluster. One machine, if one has both.
    """
    both = sorted(set(serving) & set(small), key=small.count)
    return both[-1:] or [serving[0], max(small, key=small.count)]


@pytest.mark.parametrize(("serving", "small", "lost"), [
    (["a", "b"], ["c", "b"], ["b"]), (["a", "b"], ["b", "b"], ["b"]), (["a", "b"], ["c", "c"], ["a", "c"]),
])
def test_which_machines_are_lost(serving, small, lost):
    assert victims(serving, small) == lost


def test_the_big_cluster_answers_on_and_the_others_come_back_with_their_machine(clusters: World, record_property):
    place = {name: places(clusters, f"cluster-{name}")[0] for name in CLUSTERS if name != "big"}
    back: dict[str, float] = {}
    for victim in victims(places(clusters, "cluster-big", of("kube-apiserver")), list(place.values())):
        hit = [name for name, machine in place.items() if machine == victim]
        print(f"{victim} has clusters {hit}")
        back |= lost_and_found(clusters, victim, hit, record_property)
    assert back
    assert all(seconds <= BACK_AFTER for seconds in back.values()), back


def lost_and_found(clusters: World, victim: str, hit: list[str], record_property) -> dict[str, float]:
    """Pulls the plug of a machine and puts it back in. Seconds until each of the clusters that live on it answers again."""
    probers = {name: Prober(clusters.kubeconfig(name)) for name in hit}
    with Prober(clusters.kubeconfig("big")) as big:
        time.sleep(5)
        clusters.lab("poweroff", LAB, victim, "--plug")
        time.sleep(AWAY)
        print("away:", big.summary())
        assert nodes(clusters)[victim] != "True"
        begin = time.monotonic()
        clusters.lab("poweron", LAB, victim)
        back = {name: comes_back(prober, begin) for name, prober in probers.items()}
        for name, seconds in back.items():
            print(f"{name} is back after {seconds:.1f} s")
        assert eventually(lambda: nodes(clusters) == dict.fromkeys(MACHINES, "True"), seconds=120)
        # the next machine may go only when all members of etcd are there again
        assert eventually(lambda: all(is_ready(pod) for pod in clusters.objects(None, "-n", "cluster-big", "pods")), seconds=120)
        time.sleep(10)
    print("in all:", big.summary())
    record_property("summary", big.summary())
    assert big.longest_gap() <= LONGEST_GAP, big.summary()
    return back


def comes_back(prober: Prober, begin: float) -> float:
    """Seconds since begin until the API answers."""
    while not prober.ask():
        assert time.monotonic() - begin < 300, prober.summary()
        time.sleep(0.2)
    return time.monotonic() - begin


def test_nothing_is_left_to_do_afterwards(clusters: World):
    assert clusters.playbook("create_seed").must_succeed().changed() == set()
    assert clusters.playbook("create_cluster").must_succeed().changed() == set()
