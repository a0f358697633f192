# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates that end in 20 days, and some that have ended: told by status, mended by one playbook, under load, and by nothing but that."""
from __future__ import annotations

import json
import re
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from e2e.world import World, eventually
from e2e_ha.prober import Prober
from e2e_renew.aging import KUBELET, PKI, Aging
from e2e_renew.conftest import LAB

NODE, NEIGHBOUR = f"{LAB}-host-1", f"{LAB}-host-2"


def status(world: World, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "status.json"
    world.playbook("status", "-e", "format=json", "-e", f"path={file}").must_succeed()
    (cluster,) = json.loads(file.read_text())["lab"]
    return cluster


def line(output: str, what: str) -> str:
    """The summary of a seed or a cluster."""
    return next(found for found in re.findall(r'^(?: +"msg": ")?(.+?)"?$', output, re.MULTILINE) if found.startswith(what))


def end(world: World, host: str, path: str) -> float:
    text = world.lab("exec", LAB, host, "--", "openssl", "x509", "-noout", "-enddate", "-in", path).strip()
    return ssl.cert_time_to_seconds(text.removeprefix("notAfter="))


def days_left(world: World, host: str, path: str) -> float:
    return (end(world, host, path) - time.time()) / 86400


def pods(world: World, cluster: str | None, *words: str) -> dict[str, str]:
    """Name -> uid."""
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in world.objects(cluster, "pods", *words)}


def test_a_new_cluster_ends_in_a_year(demo: World, tmp_path: Path):
    certificates = status(demo, tmp_path)["certificates"]
    assert certificates["first"]["days_left"] in (363, 364)
    assert certificates["authority"]["days_left"] > 3600
    assert certificates["seed"]["days_left"] in (363, 364)
    assert certificates["nodes_ending"] == []


def test_nothing_is_due_nothing_is_done(demo: World):
    run = demo.playbook("renew").must_succeed()
    assert run.changed() == set()
    assert line(run.output, "Cluster demo: renewed 0 certificates of the control plane, nodes: none. The first one expires on ")
    assert line(run.output, "Seed lab: renewed certificates of: none. The first one expires on ")


@pytest.fixture(scope="module")
def old(demo: World, aging: Aging) -> World:
    """All end in 20 days, and all programs have read that."""
    aging.control_plane("demo", days=20)
    for host in (NODE, NEIGHBOUR):
        aging.node("demo", host, days=20)
    aging.seed(days=20)
    aging.run(aging.machine, "mkdir -p /var/lib/kubermatic-caas/restart && touch /var/lib/kubermatic-caas/restart/static-pods")
    run = demo.playbook("renew", "-e", "renew_within_days=1").must_succeed()
    # nothing is renewed; what a killed run left to do is done
    assert line(run.output, "Cluster demo: renewed 0 certificates of the control plane")
    assert 19 < days_left(demo, aging.machine, f"{PKI}/apiserver.crt") < 20
    return demo


def test_status_warns(old: World, tmp_path: Path):
    certificates = status(old, tmp_path)["certificates"]
    assert {certificates[name]["days_left"] for name in ("first", "seed")} == {19}
    assert certificates["nodes_ending"] == [NODE, NEIGHBOUR]
    output = old.playbook("status").must_succeed().output
    assert re.search(r"demo +Running .* ready .* 2/2 ready +19d", output)
    assert re.search(r"demo: certificate .+ expires on .+, 19 days left \(and 11 more within 90 days\)\. Renew it now: "
                     r"ansible-playbook kubermatic\.caas\.renew -e cluster=demo", output)
    assert re.search(r"The seed: certificate .+ expires on .+, 19 days left", output)


def test_a_check_shows_what_would_be_renewed_and_does_nothing(old: World, aging: Aging):
    run = old.playbook("renew", "--check").must_succeed()
    assert "would: Renew Secret cluster-demo/kube-apiserver: 19 days left" in run.output
    assert f"would: Renew the certificates of {aging.machine}: apiserver, " in run.output
    assert line(run.output, "Cluster demo: would renew 10 certificates of the control plane, nodes: ")
    assert days_left(old, aging.machine, f"{PKI}/apiserver.crt") < 20
    assert days_left(old, NODE, f"{KUBELET}/kubelet.crt") < 20


def test_all_is_renewed_and_no_request_of_a_customer_fails(old: World, aging: Aging, tmp_path: Path):
    etcd = pods(old, None, "-n", "cluster-demo", "-l", "app.kubernetes.io/name=etcd")
    workers = pods(old, "demo", "-A")
    with Prober(old.kubeconfig("demo")) as prober:
        time.sleep(1)
        run = old.playbook("renew").must_succeed()
        time.sleep(2)
    print(f"renew took {run.seconds:.0f} s: {prober.summary()}")
    assert [request.error for request in prober.requests if request.error] == []
    assert line(run.output, "Cluster demo: renewed 10 certificates of the control plane, nodes: ")
    assert line(run.output, f"Seed lab: renewed certificates of: {aging.machine}. The first one expires on ")
    certificates = status(old, tmp_path)["certificates"]
    assert {certificates[name]["days_left"] for name in ("first", "seed")} <= {363, 364}
    for host, path in ((aging.machine, f"{PKI}/apiserver.crt"), (aging.machine, f"{PKI}/etcd/peer.crt"), (NODE, f"{KUBELET}/kubelet.crt")):
        assert days_left(old, host, path) > 360
    # what programs show, not what lies on a disk
    for port in (6443, 2379):
        shown = f"openssl s_client -connect 127.0.0.1:{port} </dev/null 2>/dev/null | openssl x509 -noout -checkend {360 * 86400} >/dev/null && echo new"
        assert aging.run(aging.machine, shown).strip() == "new", port
    # nobody was restarted for nothing
    assert pods(old, None, "-n", "cluster-demo", "-l", "app.kubernetes.io/name=etcd") == etcd
    assert pods(old, "demo", "-A") == workers
    old.kubectl("demo", "-n", "kube-system", "logs", "-l", "k8s-app=kube-dns", "--tail=1")


@pytest.mark.parametrize("words", [("renew",), ("create_seed",), ("create_cluster", "-e", "cluster=demo")], ids=lambda words: words[0])
def test_afterwards_nothing_is_left_to_do(old: World, words: tuple[str, ...]):
    run = old.playbook(*words).must_succeed()
    assert run.changed() == set(), run.output[-9000:]


def test_a_host_that_is_away_is_named_and_is_no_failure_while_its_certificate_is_good(old: World):
    old.lab("poweroff", LAB, NEIGHBOUR)
    try:
        run = old.playbook("renew", "-e", "cluster=demo").must_succeed()
        assert run.changed() == set()
        told = line(run.output, "Cluster demo: ")
        assert "Not done: " in told and NEIGHBOUR in told
    finally:
        old.lab("poweron", LAB, NEIGHBOUR)


def test_a_host_that_can_not_be_a_node_keeps_no_control_plane_from_upkeep(old: World, aging: Aging):
    """With create_cluster, which looks at hosts first."""
    aging.control_plane("demo", days=20)
    aging.run(NEIGHBOUR, "mv /usr/local/bin/runc /root/runc && mv /usr/bin/stat /root/stat")
    try:
        run = old.playbook("create_cluster", "-e", "cluster=demo").must_fail()
    finally:
        aging.run(NEIGHBOUR, "mv /root/runc /usr/local/bin/runc && mv /root/stat /usr/bin/stat")
    assert "Renew Secret cluster-demo/kube-apiserver: 19 days left" in run.output
    assert "These commands are missing: stat" in run.output
    old.playbook("create_cluster", "-e", "cluster=demo").must_succeed()


def ended(world: World, config: Path) -> bool:
    done = world.kubectl("demo" if config == world.kubeconfig("demo") else None, "get", "--raw", "/version", check=False)
    return done.returncode != 0 and "expired" in done.stderr


def test_the_way_back_after_all_have_ended_is_one_command(old: World, aging: Aging):
    old.kubectl("demo", "create", "configmap", "kept", "--from-literal=a=b")
    aging.control_plane("demo", minutes=1)
    for host in (NODE, NEIGHBOUR):
        aging.node("demo", host, minutes=1)
    aging.kubelet_of_seed(minutes=1)
    # longer, as it has to hand the others to the pods before it ends itself
    aging.seed(minutes=3)
    eventually(lambda: ended(old, old.kubeconfig("demo")), seconds=240)
    eventually(lambda: ended(old, old.seed_kubeconfig), seconds=300)
    run = old.playbook("renew").must_succeed()
    print(f"the way back took {run.seconds:.0f} s")
    assert line(run.output, f"Seed lab: renewed certificates of: {aging.machine}")
    assert line(run.output, "Cluster demo: renewed 10 certificates of the control plane")
    assert old.kubectl("demo", "get", "configmap", "kept", "-o", "jsonpath={.data.a}").stdout == "b"
    eventually(lambda: old.kubectl("demo", "wait", "--for=condition=Ready", "node", "--all", "--timeout=1s"), seconds=120)
    eventually(lambda: old.kubectl(None, "wait", "--for=condition=Ready", "node", "--all", "--timeout=1s"), seconds=60)
    assert old.playbook("renew").must_succeed().changed() == set()
    assert old.playbook("create_cluster", "-e", "cluster=demo").must_succeed().changed() == set()
