# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer answers slowly, without end or nonsense, and his host is silent: the others' clusters are looked after as if he were not there.

Times are printed (-s). "All well" is the same run while the hostile one still behaves.
"""
from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api.hostile_api import HostileApi
from e2e.world import World, eventually
from e2e_hostile.neighbours import ANSWERS, GOOD, HOSTILE, LAB, api_service, applied, newcomer, redirected, silent
from lab.hosts import state
from playbook_runs.ended import Ended

MOST = 1.2
# a lab has two CPUs, and the hostile cluster's own programs read and end all the time on them
UNCERTAIN = 6.0
# status shows all clusters at once, when the last one has answered or was given up
STATUS_LOOK = 5.0
HOST = f"{LAB}-host-2"
well: dict[str, float] = {}


def told(what: str, run: Ended, before: float) -> None:
    print(f"\n{what}: {run.seconds:.1f} s, all well {before:.1f} s, {run.seconds / before:.2f}x")


def in_time(what: str, run: Ended, look: float = 0.0) -> None:
    """look: how many seconds the run may wait, once, for the one who does not answer."""
    alone = well[what.split(" ")[0]]
    told(what, run, alone)
    assert run.seconds <= MOST * alone + UNCERTAIN + look, run.output[-12000:]


def recap(run: Ended, host: str) -> str:
    return next(line for line in run.output.splitlines() if line.startswith(f"{host} ") and "ok=" in line)


def created(world: World, *words: str) -> Ended:
    """The good cluster anew, from nothing, with its node."""
    world.playbook("delete_cluster", "-e", f"cluster={GOOD}", "-e", f"confirm={GOOD}").must_succeed()
    return world.playbook("create_cluster", *words)


def good_is_well(world: World, run: Ended) -> None:
    assert "failed=0" in recap(run, GOOD) and "unreachable=0" in recap(run, GOOD), run.output[-5000:]
    world.playbook("kubeconfig", "-e", f"cluster={GOOD}", "-e", f"path={world.kubeconfig(GOOD)}").must_succeed()
    nodes = world.objects(GOOD, "nodes")
    assert [one["status"] for one in nodes[0]["status"]["conditions"] if one["type"] == "Ready"] == ["True"]


def test_how_long_it_takes_while_all_is_well(clusters: World, server: HostileApi, tmp_path: Path):
    applied(clusters, tmp_path, redirected(server, state.existing(LAB).gateway))
    alone = created(clusters, "-e", f"cluster={GOOD}").must_succeed()
    well["create"] = created(clusters).must_succeed().seconds
    well["status"] = clusters.playbook("status").must_succeed().seconds
    well["again"] = clusters.playbook("create_cluster").must_succeed().seconds
    print(f"\ncreate {GOOD} alone: {alone.seconds:.1f} s; beside {HOSTILE}, who is well: {json.dumps(well)}")


def test_a_cluster_is_made_beside_a_silent_host(clusters: World):
    """Of a customer whose API is well."""
    with silent(clusters, HOST):
        run = created(clusters).must_fail()
    in_time("create beside a silent host", run)
    good_is_well(clusters, run)
    assert "ignored=1" in recap(run, HOST) and "It gave no answer in 12 s" in run.output, run.output[-6000:]


def test_a_cluster_is_made_beside_a_new_one_whose_host_is_silent(clusters: World):
    """So both wait for what their hosts say."""
    with newcomer(clusters, "carol", state.existing(LAB).gateway) as inventory:
        run = created(clusters, "-i", str(inventory)).must_fail()
    in_time("create beside a new cluster with a silent host", run)
    good_is_well(clusters, run)
    assert "It gave no answer in 5 s" in run.output and "--limit 'cluster_carol:!carol-1'" in run.output, run.output[-6000:]
    assert not [one for one in clusters.objects(None, "namespaces") if one["metadata"]["name"] == "cluster-carol"]


def test_no_ssh_is_left_behind(clusters: World):
    address = json.loads((clusters.inventory / "hosts.yml").read_text())["all"]["children"]["nodes"]["hosts"][HOST]["ansible_host"]
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _is_ssh_to(path, address)]
    assert left == []


def _is_ssh_to(path: Path, address: str) -> bool:
    try:
        words = path.read_text().split("\0")
    except OSError:
        return False
    # one that only waits for the next task has no command of ours
    return words[0].endswith("ssh") and address in words and any("sh -s" in word for word in words)


def led_elsewhere(world: World, server: HostileApi, tmp_path: Path, how: str) -> None:
    """He does so again and again: kube-apiserver takes it back when it starts."""
    server.reply = ANSWERS[how]
    applied(world, tmp_path, api_service("hostile"))

    def arrives() -> bool:
        before = len(server.asked)
        world.kubectl(HOSTILE, "get", "--raw", "/api/v1/nodes", "--request-timeout=1s", check=False)
        return any(asked.startswith("GET /api/v1/nodes") for asked in server.asked[before:])

    eventually(arrives, seconds=90)


@pytest.mark.parametrize("how", ANSWERS)
def test_status_shows_the_others(clusters: World, server: HostileApi, tmp_path: Path, how: str):
    led_elsewhere(clusters, server, tmp_path, how)
    run = clusters.playbook("status").must_succeed()
    in_time(f"status beside {how}", run, STATUS_LOOK)
    assert f"{HOSTILE}: The API of cluster {HOSTILE} " in run.output and "Traceback" not in run.output
    line = next(line for line in run.output.splitlines() if line.startswith(f"{GOOD} ") and " Running " in line)
    assert re.search(r" Running .* ready .* MiB of .* 1/1 ready ", line), line


@pytest.mark.parametrize("how", ANSWERS)
def test_a_second_run_looks_after_the_others(clusters: World, server: HostileApi, tmp_path: Path, how: str):
    led_elsewhere(clusters, server, tmp_path, how)
    run = clusters.playbook("create_cluster").must_fail()
    told(f"again beside {how}", run, well["again"])
    good_is_well(clusters, run)
    assert f"The API of cluster {HOSTILE} " in run.output and "Traceback" not in run.output


@pytest.mark.parametrize("how", ANSWERS)
def test_a_cluster_is_made_beside_such_an_api(clusters: World, server: HostileApi, tmp_path: Path, how: str):
    led_elsewhere(clusters, server, tmp_path, how)
    run = created(clusters)
    in_time(f"create beside {how}", run)
    good_is_well(clusters, run.must_fail())


def test_the_hostile_cluster_is_deleted_all_the_same(clusters: World, server: HostileApi, tmp_path: Path):
    led_elsewhere(clusters, server, tmp_path, "slow")
    run = clusters.playbook("delete_cluster", "-e", f"cluster={HOSTILE}", "-e", f"confirm={HOSTILE}").must_succeed()
    assert f"nodes reset: {HOST}" in run.output and f"The API of cluster {HOSTILE} " in run.output
    assert not [one for one in clusters.objects(None, "namespaces") if one["metadata"]["name"] == f"cluster-{HOSTILE}"]
