# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""kill -9 at the begin of every single task of create_cluster (with its node) and of delete_cluster, and what takes minutes because it waits for a mirror
that stalls. It takes an hour, so it is no part of the other tests: scripts/test every_task runs it. BROKEN_RUNS=7-12 tries those tasks alone.
"""
from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from e2e import traces
from e2e.broken import CREATE, DELETE, HOST, LAB, NAMESPACE, Broken
from e2e.world import World, eventually
from lab.hosts import state

WHICH = os.environ.get("BROKEN_RUNS", "all")


@pytest.fixture
def stalling_mirror(seed: World) -> Iterator[str]:
    """Takes every connection, and says nothing."""
    with socket.create_server((state.existing(LAB).gateway, 0), backlog=50) as server:
        yield "http://{}:{}".format(*server.getsockname())


def test_a_mirror_that_stalls(seed: World, stalling_mirror: str):
    broken = Broken(seed)
    run = seed.start(*CREATE, "-e", f"github_mirror={stalling_mirror}").end(200)
    assert "Look after the mirror" in broken.a_line_for(run, HOST, stalling_mirror, "it stopped sending")
    broken.must_be_gone()


def test_killed_while_a_mirror_stalls(seed: World, stalling_mirror: str):
    """What the killed run began on the host goes on, and is waited for."""
    broken = Broken(seed)
    running = seed.start(*CREATE, "-e", f"github_mirror={stalling_mirror}")
    eventually(lambda: broken.on_host("pgrep -x curl || true"), seconds=120)
    running.process.kill()
    broken.create()
    broken.must_be_whole()
    broken.delete()
    broken.must_be_gone()


@pytest.fixture(scope="module")
def tasks(seed: World) -> dict[str, list[str]]:
    """Those of two undisturbed runs, and what the cluster is then."""
    broken = Broken(seed)
    found = {}
    for words in (CREATE, DELETE):
        running = seed.start(*words)
        running.end(600).must_succeed()
        found[words[0]] = running.tasks
        if words == CREATE:
            found["stored"] = sorted(traces.of_namespace(seed, NAMESPACE))
    broken.must_be_gone()
    return found


def numbers(tasks: dict[str, list[str]]) -> list[int]:
    most = max(len(tasks[words[0]]) for words in (CREATE, DELETE))
    first, dummy, last = WHICH.partition("-")
    return list(range(1, most + 1)) if WHICH == "all" else list(range(int(first), int(last or first) + 1))


def test_killed_at_every_task(seed: World, tasks: dict[str, list[str]]):
    """One round for each number: creation dies there and is repeated, then deletion dies there and is repeated."""
    broken, failures = Broken(seed), []
    for number in numbers(tasks):
        names = [tasks[words[0]][number - 1] if number <= len(tasks[words[0]]) else "" for words in (CREATE, DELETE)]
        print(f"{number}: {names}", flush=True)
        try:
            if names[0]:
                assert broken.killed(number, *CREATE).tasks[-1] == names[0]
            broken.create()
            broken.must_be_whole()
            assert sorted(traces.of_namespace(seed, NAMESPACE)) == tasks["stored"]
            assert broken.create().changed() == set()
            if names[1]:
                assert broken.killed(number, *DELETE).tasks[-1] == names[1]
            broken.delete()
            broken.must_be_gone()
        except AssertionError as error:
            failures.append(f"{number} {names}: {str(error)[-1500:]}")
            print(failures[-1], flush=True)
            broken.delete()
    assert not failures, "\n".join(failures)
