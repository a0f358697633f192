# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's third host, which is to be the node of the cluster `other`: what is done to it, and runs that refuse it."""
from __future__ import annotations

from e2e import witness
from e2e.world import LAB, World
from playbook_runs.ended import Ended

HOST = f"{LAB}-host-3"
CREATE_OTHER = ("create_cluster", "-e", "cluster=other")
OURS = "/usr/local/bin/kubelet /usr/local/bin/containerd /etc/kubernetes /var/lib/kubermatic-caas"


def on(world: World, host: str, command: str) -> str:
    return world.lab("exec", LAB, host, "--", "sh", "-c", command)


def messages(run: Ended) -> dict[str, str]:
    """Host -> the first message of a task that failed."""
    return {host: lines[0] for host, lines in run.messages().items()}


def untouched(world: World) -> bool:
    return on(world, HOST, f"ls -d {OURS} 2>/dev/null || true").split() == []


def refused(world: World, *words: str) -> Ended:
    """The playbook failed, and neither an API server nor the third host knows of it."""
    mark = witness.mark(world)
    run = world.playbook(*words).must_fail()
    assert "Traceback" not in run.output
    assert "\x1b" not in run.output
    assert run.changed() == set()
    assert witness.writes_since(world, mark) == []
    assert untouched(world)
    return run
