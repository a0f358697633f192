# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Machines of a node pool come and go: `scale` against a cloud's API whose machines are real hosts. The tests follow each other."""
from __future__ import annotations

import shutil
import subprocess

import pytest

from e2e import witness
from e2e.world import eventually
from e2e_cloud.availability import NAME, Availability, workload
from e2e_cloud.place import LAB, PREFIX, Place
from lab.cloud.digitalocean.server import TOKEN
from lab.hosts import state
from playbook_runs.killable import KILLED

ONE, TWO, THREE = ["demo-web-1"], ["demo-web-1", "demo-web-2"], ["demo-web-1", "demo-web-2", "demo-web-3"]


def test_a_pool_comes_up_with_its_cluster(demo: Place):
    assert demo.ready() == ONE and sorted(demo.droplets()) == ONE and demo.agree()
    labels = demo.nodes()["demo-web-1"]["metadata"]["labels"]
    assert labels["example.com/disk"] == "ssd" and labels["kubermatic.caas/node-pool"] == "web"
    (firewall,) = demo.ask("GET", "v2/firewalls")["firewalls"]
    assert firewall["tags"] == [tag for tag in demo.droplets()["demo-web-1"]["tags"] if tag.startswith("kubermatic-caas:")]
    assert "First contact over SSH: demo-web-1" in demo.first_output
    record = demo.record()
    assert record["pools"]["web"]["spec"]["node_count"] == 1
    assert record["nodes"]["demo-web-1"]["machine"] == f"digitalocean-{demo.droplets()['demo-web-1']['id']}"
    writes, mark = demo.cloud_writes(), witness.mark(demo)
    assert demo.playbook("create_cluster", "-e", "cluster=demo").must_succeed().changed() == set()
    assert (demo.cloud_writes(), witness.writes_since(demo, mark)) == (writes, [])


def test_check_mode_shows_names_and_prices(demo: Place):
    writes, mark = demo.cloud_writes(), witness.mark(demo)
    run = demo.scale("-e", "node_count=3", "--check", "--diff").must_succeed()
    assert "+demo-web-2 s-2vcpu-4gb fra1 0.03571 USD an hour" in run.output and "+demo-web-3" in run.output
    assert (demo.cloud_writes(), witness.writes_since(demo, mark)) == (writes, [])


def test_a_mistake_is_one_line_and_no_write(demo: Place):
    """One of them: the rest is tried where no host is needed."""
    writes, mark = demo.cloud_writes(), witness.mark(demo)
    run = demo.scale("-e", "node_count=6").must_fail()
    assert [line for line in run.errors() if "more than max_node_count 5" in line] and "Traceback" not in run.output, run.output[-3000:]
    assert (demo.cloud_writes(), witness.writes_since(demo, mark)) == (writes, [])


def test_three_nodes_although_the_first_run_was_killed(demo: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    killed = demo.start("scale", "-e", "cluster=demo", "-e", "node_count=3", kill_at="Nodes | Make this host a node, or take it out", kill_after=2.0)
    assert killed.end(600).code == KILLED
    run = demo.playbook("scale", "--limit", "cluster_demo", "-e", "node_count=3").must_succeed()
    assert demo.ready() == THREE and sorted(demo.droplets()) == THREE and demo.agree()
    assert "The inventory said node_count: 1 for node pool web" in run.output
    # the node that was there has not been logged in to
    assert "[demo-web-1]" not in run.output
    assert TOKEN not in run.output


def test_again_and_nothing_happens(demo: Place):
    writes, mark = demo.cloud_writes(), witness.mark(demo)
    assert demo.scale("-e", "node_count=3").must_succeed().changed() == set()
    assert (demo.cloud_writes(), witness.writes_since(demo, mark)) == (writes, [])


def test_no_key_in_user_data(demo: Place):
    kept = (demo.directory / "cloud.json").read_text()
    assert '"user_data": ""' in kept and "PRIVATE KEY" not in kept


def test_down_to_one_and_a_budget_is_kept_although_the_first_run_was_killed(demo: Place, monkeypatch: pytest.MonkeyPatch):
    subprocess.run([*kubectl(demo), "apply", "-f", "-"], input=workload(4, at_least=3), text=True, check=True)
    look = Availability(demo.kubeconfig("demo"))
    eventually(lambda: look.ready() == 4)
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", TOKEN)
    with look.watched():
        # dies when the nodes are gone from the cluster, and their machines still run
        killed = demo.start("scale", "-e", "cluster=demo", "-e", "node_count=1", kill_at="Clusters | Machines")
        assert killed.end(600).code == KILLED
        assert sorted(demo.nodes()) == ONE and sorted(demo.droplets()) == THREE
        run = demo.scale("-e", "node_count=1").must_succeed()
    assert look.least >= 3 and look.looks > 20, (look.least, look.looks)
    assert demo.ready() == ONE and sorted(demo.droplets()) == ONE
    assert eventually(demo.agree)
    assert "Gone: demo-web-3, demo-web-2" in run.output
    assert set(demo.record()["nodes"]) == {"demo-web-1"}
    writes, mark = demo.cloud_writes(), witness.mark(demo)
    assert demo.scale("-e", "node_count=1").must_succeed().changed() == set()
    assert (demo.cloud_writes(), witness.writes_since(demo, mark)) == (writes, [])


def kubectl(place: Place) -> list[str]:
    return [str(state.cache() / "bin" / "kubectl"), "--kubeconfig", str(place.kubeconfig("demo"))]


def test_a_budget_that_allows_nothing_is_named_and_nothing_is_lost(demo: Place):
    run = demo.scale("-e", "node_count=0", "-e", "drain_timeout=5").must_fail()
    assert [line for line in run.errors() if f"{NAME}-budget" in line], run.output[-3000:]
    assert sorted(demo.droplets()) == ONE and demo.ready() == ONE
    assert Availability(demo.kubeconfig("demo")).ready() >= 3
    assert demo.nodes()["demo-web-1"]["spec"]["unschedulable"]
    demo.scale("-e", "node_count=1").must_succeed()
    assert not demo.nodes()["demo-web-1"]["spec"].get("unschedulable")


def test_another_host_key_is_refused_and_a_lost_node_comes_back(demo: Place, tmp_path):
    """The node is gone from the cluster while its machine is there, so that the next run has to log in."""
    key = demo.directory / "ssh" / f"{PREFIX}{demo.droplets()['demo-web-1']['id']}" / "ssh_host_ed25519_key"
    kept = tmp_path / "kept"
    kept.mkdir()
    for name in (key, key.with_suffix(".pub")):
        shutil.copy2(name, kept / name.name)
        name.unlink()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, stdin=subprocess.DEVNULL)
    demo.on_machine("demo-web-1", "systemctl", "restart", "ssh")
    demo.kubectl("demo", "delete", "node", "demo-web-1")
    # no connection that an earlier run left open
    elsewhere = {"ANSIBLE_SSH_CONTROL_PATH_DIR": str(tmp_path / "cp")}
    run = demo.scale("-e", "node_count=1", **elsewhere).must_fail()
    assert "The host key has changed" in run.output and demo.nodes() == {}
    for name in kept.iterdir():
        shutil.copy2(name, key.parent / name.name)
    demo.on_machine("demo-web-1", "systemctl", "restart", "ssh")
    demo.scale("-e", "node_count=1", **elsewhere).must_succeed()
    assert demo.ready() == ONE


def test_a_machine_that_does_not_answer_is_told_and_is_the_first_to_go(demo: Place):
    demo.ask("PUT", "lab/silent", {"count": 1})
    run = demo.scale("-e", "node_count=2", "-e", "ssh_timeout=3").must_fail()
    line = next(line for line in run.errors() if "doesn't answer over SSH" in line)
    assert "demo-web-2" in line and "scale the pool down by one" in line
    assert demo.ready() == ONE and sorted(demo.droplets()) == TWO
    demo.scale("-e", "node_count=1").must_succeed()
    assert sorted(demo.droplets()) == ONE and eventually(demo.agree)


def test_the_cloud_comes_back_with_what_it_sold(demo: Place):
    """A lab's own promise: its servers may end, and `caas-lab up` starts them again."""
    before, firewalls = demo.droplets(), demo.ask("GET", "v2/firewalls")
    state.existing(LAB).servers["digitalocean"].end()
    demo.lab("up", LAB, "--seed-hosts", "1", "--hosts", "0", "--cloud", "digitalocean")
    after = demo.droplets()
    assert {name: (one["id"], one["status"], one["networks"]) for name, one in before.items()} == {
        name: (one["id"], one["status"], one["networks"]) for name, one in after.items()}
    assert demo.ask("GET", "v2/firewalls") == firewalls


def test_the_cluster_goes_with_its_machines(demo: Place):
    run = demo.playbook("delete_cluster", "-e", "cluster=demo", "-e", "confirm=demo").must_succeed()
    assert demo.droplets() == {} and demo.ask("GET", "v2/firewalls")["firewalls"] == [] and eventually(lambda: demo.machines() == set())
    assert "Left in the seed: nothing" in run.output
    assert demo.playbook("delete_cluster", "-e", "cluster=demo", "-e", "confirm=demo").must_succeed().changed() == set()
