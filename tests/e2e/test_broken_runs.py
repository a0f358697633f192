# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs that die, lose their host or their seed: a sample that takes minutes. every_task.py tries every task."""
from __future__ import annotations

import pytest

from e2e.broken import CREATE, DELETE, HOST, LAB, REMOVE, Broken
from e2e.world import World, eventually
from lab.hosts import podman
from playbook_runs.killable import Killable

NODE = "Make this host a node, or take it out"
# (task, seconds from its begin), each farther on than the one before; within a task the run may be quicker than that
CREATION = [
    (f"Downloads | {NODE}", 1.0), ("Control planes | Make room in the seed", 0), ("Control planes | Get an address for the cluster", 0),
    ("Control planes | Make authorities, certificates and keys", 0.2), ("Control planes | Run the control plane in the seed", 0),
    ("Control planes | Run the control plane in the seed", 2.0), ("Control planes | Note in the record of the cluster what runs", 0),
    ("Control planes | Put the add-ons into the cluster", 0),
    (f"Nodes | {NODE}", 0), (f"Nodes | {NODE}", 2.5), ("Clusters | Note in the record how its nodes did, and release the lock", 0)]
DELETION = [
    ("Before the deletion | Note in its record that it is being deleted", 0), (f"Nodes | {NODE}", 0), (f"Nodes | {NODE}", 1.5),
    ("Namespace | Delete the namespace with everything in it", 0), ("Namespace | Delete the namespace with everything in it", 0.5)]


@pytest.fixture(scope="module")
def broken(seed: World) -> Broken:
    return Broken(seed)


def test_creation_killed_again_and_again(broken: Broken):
    for task, after in CREATION:
        assert broken.killed(task, *CREATE, kill_after=after) or after, task
    broken.create()
    broken.must_be_whole()
    assert broken.create().changed() == set()


def join_again(broken: Broken, words: str = "[ -e /etc/kubernetes/cluster ]") -> Killable:
    """The node is taken out, and a run is about to make it one again: it has come so far that the host says yes to words."""
    broken.world.playbook(*REMOVE).must_succeed()
    running = broken.world.start(*CREATE)
    eventually(lambda: running.process.poll() is not None or broken.on_host(f"{words} && echo yes || true").strip() == "yes", seconds=180)
    assert running.process.poll() is None, running.output[-3000:]
    return running


def test_ssh_is_cut_while_a_host_joins(broken: Broken):
    running = join_again(broken)
    broken.on_host("for pid in $(pgrep -x sshd); do [ $pid = $(systemctl show -p MainPID --value ssh) ] || kill -KILL $pid; done")
    broken.a_line_for(running.end(60), HOST, "SSH")
    broken.create()
    broken.must_be_whole()


def test_a_host_boots_while_it_joins(broken: Broken):
    running = join_again(broken)
    broken.world.lab("poweroff", LAB, HOST)
    broken.a_line_for(running.end(90), HOST, "SSH")
    broken.world.lab("poweron", LAB, HOST)
    broken.create()
    broken.must_be_whole()


def test_a_host_loses_its_power_while_it_joins(broken: Broken):
    """Nobody tells the connection that it is over."""
    running = join_again(broken)
    podman.call("kill", "--signal=KILL", HOST)
    try:
        broken.a_line_for(running.end(120), HOST, "SSH")
    finally:
        broken.world.lab("poweron", LAB, HOST)
    broken.create()
    broken.must_be_whole()


def test_deletion_killed_again_and_again(broken: Broken):
    for task, after in DELETION:
        assert broken.killed(task, *DELETE, kill_after=after) or after, task
    broken.delete()
    broken.must_be_gone()


def test_the_api_server_of_the_seed_restarts_while_manifests_are_applied(broken: Broken):
    running = broken.world.start(*CREATE)
    running.has_begun("Control planes | Run the control plane in the seed")
    # customers' own API servers have other ports
    kill = "for pid in $(pgrep -x kube-apiserver); do ! grep -q -e --secure-port=6443 /proc/$pid/cmdline || kill -KILL $pid; done"
    broken.world.lab("exec", LAB, f"{LAB}-seed-1", "--", "sh", "-c", kill)
    running.end(300).must_succeed()
    broken.must_be_whole()
    assert broken.create().changed() == set()
    broken.delete()
    broken.must_be_gone()
