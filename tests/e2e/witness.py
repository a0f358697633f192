# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit logs of the seed and of the cluster demo as witness: who wrote what since a mark."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from e2e.world import World
from lab import audit


@dataclass(frozen=True)
class Mark:
    """seed_log: size of the seed's log then, in bytes."""

    moment: datetime
    seed_log: int


def on_the_seed(world: World, command: str) -> str:
    lab = world.directory.name
    return world.lab("exec", lab, f"{lab}-seed-1", "--", "sh", "-c", command)


def mark(world: World) -> Mark:
    size = int(on_the_seed(world, f"stat -c %s {audit.LOG}"))
    return Mark(datetime.now(UTC), size)


def lines_of_seed(world: World, since: Mark) -> list[str]:
    """What was written after the mark, in a log that is never begun anew."""
    size, text = on_the_seed(world, f"stat -c %s {audit.LOG} && tail -c +{since.seed_log + 1} {audit.LOG}").split("\n", 1)
    assert int(size) >= since.seed_log
    # of a line that was being written at the mark there is only the end
    return [line for line in text.splitlines() if line.startswith("{")]


def lines_of_demo(world: World, since: Mark) -> list[str]:
    done = world.kubectl(None, "-n", "cluster-demo", "logs", "-l", "app.kubernetes.io/name=kube-apiserver", "-c", "kube-apiserver",
                         "--tail=-1", f"--since-time={since.moment:%Y-%m-%dT%H:%M:%SZ}", check=False)
    return [line for line in done.stdout.splitlines() if line.startswith("{")]


def writes_since(world: World, since: Mark) -> list[str]:
    """One line per write request of a person or of this collection, "" if there was none."""
    found = []
    for name, lines in (("seed", lines_of_seed(world, since)), ("demo", lines_of_demo(world, since))):
        found += [f"{name}: {write}" for write in audit.writes(lines, since=since.moment)]
    return found
