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
    moment: datetime


def mark(world: World) -> Mark:
    return Mark(datetime.now(UTC))


def lines_of_seed(world: World) -> list[str]:
    lab = world.directory.name
    return world.lab("exec", lab, f"{lab}-seed-1", "--", "cat", "/var/log/kubernetes/audit/audit.log").splitlines()


def lines_of_demo(world: World) -> list[str]:
    done = world.kubectl(None, "-n", "cluster-demo", "logs", "-l", "app.kubernetes.io/name=kube-apiserver", "-c", "kube-apiserver",
                         "--tail=-1", check=False)
    return [line for line in done.stdout.splitlines() if line.startswith("{")]


def writes_since(world: World, since: Mark) -> list[str]:
    """One line per write request of a person or of this collection, "" if there was none."""
    found = []
    for name, lines in (("seed", lines_of_seed(world)), ("demo", lines_of_demo(world))):
        found += [f"{name}: {write}" for write in audit.writes(lines, since=since.moment)]
    return found
