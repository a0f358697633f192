# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts that can't be nodes: each is told in one line, before anything is made in the seed, in a cluster or on a host.

The cluster `other` and its third host are the ones that are to be made, `demo` and its two nodes are there.
"""
from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from e2e import witness
from e2e.bad_mirror import bad_mirror
from e2e.the_third_host import CREATE_OTHER, HOST, messages, on, refused, untouched
from e2e.world import LAB, VERSIONS, World
from lab import customer_inventory
from playbook_runs.ended import Ended

NODE, NEIGHBOUR = f"{LAB}-host-1", f"{LAB}-host-2"
CREATE_DEMO = ("create_cluster", "-e", "cluster=demo")


@contextmanager
def spoiled(world: World, host: str, how: str, undo: str) -> Iterator[None]:
    on(world, host, how)
    try:
        yield
    finally:
        on(world, host, undo)


def given(world: World) -> dict[str, Any]:
    """Variables that the lab's inventory has for all hosts."""
    return json.loads((world.inventory / "group_vars" / "all.yml").read_text())


def address(world: World, host: str) -> str:
    hosts = json.loads((world.inventory / "hosts.yml").read_text())["all"]["children"]["nodes"]["hosts"]
    return hosts[host]["ansible_host"]


def beside(tmp_path: Path, hosts: dict[str, dict[str, Any]], *groups: str) -> list[str]:
    """Words for a second inventory, whose hosts are also members of these groups."""
    extra = tmp_path / "extra.json"
    members: dict[str, dict[str, Any]] = {name: {} for name in hosts}
    extra.write_text(json.dumps({"all": {"hosts": hosts, "children": {group: {"hosts": members} for group in groups}}}))
    return ["-i", str(extra)]


# an inventory host -> what is wrong with it -> what its line must say
HOSTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "away": ({"ansible_port": 9}, ("can't be reached over SSH", "refused", "Check that it runs")),
    "other-key": ({}, ("The host key has changed", "ssh-keygen -R")),
    "no-login": ({"ansible_user": "nobody-we-know"}, ("The SSH login was refused", "ansible_user")),
    "no-sudo": ({"ansible_user": "plain"}, ("sudo", "ansible_become_password")),
    "twin-1": ({"node_name": "web"}, ("twin-1 and twin-2 can't both be the node web of cluster other", "node_name")),
    "twin-2": ({"node_name": "web"}, ("twin-1 and twin-2 can't both be the node web of cluster other", "node_name")),
    "template": ({"node_name": {"__ansible_unsafe": "{{ 7*7 }}"}}, ("'{{ 7*7 }}' can't be the name of a node", "Set node_name")),
    "terminal": ({"node_name": "\x1b[2Jweb"}, ("can't be the name of a node", "Set node_name")),
    NODE: ({}, ("It belongs to cluster demo", "remove_node")),
}


@pytest.fixture(scope="module")
def run(demo: World, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """One run for all of them."""
    directory = tmp_path_factory.mktemp("hosts")
    known = directory / "known_hosts"
    names, keys = zip(*(line.split(" ", 1) for line in (demo.directory / "known_hosts").read_text().splitlines()), strict=True)
    known.write_text("".join(f"{name} {keys[0]}\n" for name in names))
    # the key that is known for the second host is that of the first machine
    HOSTS["other-key"][0].update(ansible_host=address(demo, NEIGHBOUR),
                                 # a connection that is open already would not ask for the key again
                                 ansible_ssh_args="-o ControlPath=none",
                                 ansible_ssh_common_args=f"-o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes")
    hosts = {name: {"ansible_host": address(demo, HOST), **variables} for name, (variables, dummy) in HOSTS.items() if name != NODE} | {NODE: {}}
    with spoiled(demo, HOST, "useradd --create-home plain", "userdel --force --remove plain 2>/dev/null"):
        return refused(demo, *CREATE_OTHER, *beside(directory, hosts, "nodes", "cluster_other"))


@pytest.mark.parametrize("name", HOSTS)
def test_each_host_is_one_line(run: Ended, name: str):
    line = messages(run)[name]
    assert line.isprintable()
    for part in HOSTS[name][1]:
        assert part in line
    # and its cluster says why it was not made
    assert line.split(": ")[-1] in messages(run)["other"]
    assert "Nothing was changed" in messages(run)["other"]


def program(name: str, line: str) -> str:
    """A command that comes before the host's own of that name."""
    return f"printf '%s\\n' '#!/bin/sh' {shlex.quote(line)} >/usr/local/bin/{name} && chmod 755 /usr/local/bin/{name}"


SPOIL = " && ".join((
    program("date", 'if [ "$*" = +%s ]; then echo $(($(/bin/date +%s) + 600)); else exec /bin/date "$@"; fi'),
    program("uname", 'if [ "$*" = -r ]; then echo 4.4.0-210-generic; else exec /bin/uname "$@"; fi'),
    r"printf 'Filename Type Size Used Priority\n/dev/sda2 partition 1048572 0 -2\n' >/root/swaps && mount --bind /root/swaps /proc/swaps",
    "mount -t tmpfs -o size=40m full /var/lib/kubelet"))
MEND = "umount /proc/swaps; umount /var/lib/kubelet; rm -f /root/swaps /usr/local/bin/date /usr/local/bin/uname"


def test_a_machine_with_every_fault_is_told_all_of_them(demo: World):
    """Its clock is ten minutes off, its disk full, swap on, and its kernel too old for what the cluster wants."""
    with spoiled(demo, HOST, SPOIL, MEND):
        line = messages(refused(demo, *CREATE_OTHER))[HOST]
    for part in ("Its clock is ", " s ahead of the control host's", "timedatectl", "Swap is on", "swapoff -a", "/var/lib/kubelet has ", " MiB free, at least",
                 "Its kernel 4.4.0-210-generic is too old for nftables", "kube_proxy_config"):
        assert part in line


def test_machines_of_a_cluster_that_can_not_be_are_not_asked(demo: World):
    """Its pods would have the addresses of its seed and its machines."""
    pods = ".".join(address(demo, HOST).split(".")[:2]) + ".0.0/16"
    run = refused(demo, *CREATE_OTHER, "-e", f"pod_cidr={pods}")
    assert f"pod_cidr {pods} overlaps with the seed's address" in messages(run)["other"]
    assert set(messages(run)) == {"other"}


def test_another_machine_has_the_name(demo: World, tmp_path: Path):
    """The inventory forgot the first node and gives its name to the third host."""
    shutil.copytree(demo.inventory, tmp_path / "inventory")
    changed = World(demo.directory, customer_inventory.write(tmp_path, {"demo": [NEIGHBOUR, HOST]}))
    mark = witness.mark(demo)
    run = changed.playbook(*CREATE_DEMO, *beside(tmp_path, {HOST: {"node_name": NODE}})).must_fail()
    assert f"Another machine is node {NODE} of this cluster" in messages(run)[HOST]
    assert f"remove_node -e node={NODE} -e node_forget=true" in messages(run)["demo"]
    # the cluster runs and was kept up; what is new is noted
    assert {write.rpartition("/")[2].partition(" ")[0] for write in witness.writes_since(demo, mark)} <= {"cluster-record", "cluster-lock"}
    assert untouched(demo)
    demo.playbook(*CREATE_DEMO).must_succeed()


@pytest.mark.parametrize(("fault", "parts"), [
    ("missing", ("can't be fetched", "404")), ("short", ("can't be fetched",)), ("changed", ("was refused", "was expected"))])
def test_a_mirror_that_has_not_what_it_should(demo: World, tmp_path: Path, fault: str, parts: tuple[str, ...]):
    with bad_mirror(given(demo)["kubernetes_mirror"], "kubelet", fault) as mirror:
        run = refused(demo, *CREATE_OTHER, *beside(tmp_path, {HOST: {"kubernetes_mirror": mirror}}))
    line = messages(run)["other"]
    for part in (f"kubelet {VERSIONS['other']}", f"{mirror}/", f"host {HOST}", *parts):
        assert part in line


def test_a_checksum_that_is_pinned_to_another_file(demo: World, tmp_path: Path):
    run = refused(demo, *CREATE_OTHER, *beside(tmp_path, {HOST: {"artefact_sha256": {f"kubelet-{VERSIONS['other']}-amd64": "0" * 64}}}))
    assert f"{'0' * 64} was expected (pinned)" in messages(run)["other"]


NAMES = "{{ 7*7 }}\\033[2J"
STRANGE = " && ".join((
    "cp /usr/lib/os-release /root/os-release && cp /home/caas/.bashrc /root/bashrc",
    f"printf 'ID={NAMES}\\nVERSION_ID=\"{NAMES}\"\\nPRETTY_NAME=\"{NAMES}\"\\n' >/usr/lib/os-release",
    f"printf '{NAMES}' >/proc/sys/kernel/hostname",
    r"""printf 'echo WELCOME; echo "caas-0 changed Delete everything"; echo oops >&2; printf "no line end"\n' | cat - /root/bashrc >/home/caas/.bashrc""",
    "cp /home/caas/.bashrc /etc/profile.d/noise.sh"))
RESTORE = (f"cat /root/os-release >/usr/lib/os-release; cat /root/bashrc >/home/caas/.bashrc; printf {NODE} >/proc/sys/kernel/hostname; "
           "rm -f /etc/profile.d/noise.sh /root/os-release /root/bashrc")


def test_strange_facts_and_noise_of_a_profile_are_no_more_than_that(demo: World):
    """Not evaluated, not sent to the terminal, not mistaken for an answer; the run goes as if they weren't there."""
    mark = witness.mark(demo)
    with spoiled(demo, NODE, STRANGE, RESTORE):
        assert "WELCOME" in demo.lab("ssh", LAB, NODE, "--", "true")
        run = demo.playbook(*CREATE_DEMO).must_succeed()
    assert "{{ 7*7 }}" in run.output
    assert "is none of the systems that hosts are known to run" in run.output.replace("\n", " ")
    assert "\x1b" not in run.output
    assert "Delete everything" not in run.output
    assert run.changed() == set()
    assert witness.writes_since(demo, mark) == []
