# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Memory and CPU time of processes of this machine, those in the pods of its lab hosts among them."""
from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

PROCESSES = Path("/proc")


def resident(pid: int | str) -> float:
    """MiB, 0 if the process has ended."""
    try:
        found = re.search(r"^VmRSS:\s+(\d+) kB", (PROCESSES / str(pid) / "status").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def computed(pid: int | str) -> float:
    """CPU seconds since it began, 0 if the process has ended."""
    try:
        fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def of_pods(uids: Iterable[str], measure: Callable[[str], float] = resident) -> dict[str, float]:
    """Name of a program -> measure of all its processes in these pods, their sandboxes included."""
    found: dict[str, float] = {}
    names = tuple(f"pod{uid}" for uid in uids)
    for directory in PROCESSES.glob("[0-9]*"):
        try:
            inside = any(name in (directory / "cgroup").read_text() for name in names)
            program = (directory / "cmdline").read_bytes().split(b"\0")[0].decode().rpartition("/")[2]
        except OSError:
            continue
        if inside:
            found[program] = found.get(program, 0.0) + measure(directory.name)
    return found
