# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Processes that are remembered over the end of a command: a number alone may long belong to somebody else."""
from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# In the environment of what the lab starts, with the lab's directory: found also when nobody had the time to write it down.
# Of podman commands the helpers and the monitors of containers inherit it.
SERVER = "KUBERMATIC_CAAS_LAB_SERVER"
COMMAND = "KUBERMATIC_CAAS_LAB_COMMAND"


@dataclass(frozen=True, slots=True)
class Process:
    """started: boot of the machine and clock ticks since then; together with the pid it names one process forever."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """None if no such process runs; a zombie runs no more."""
        try:
            # the name in parentheses may hold anything, also spaces and parentheses
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        if fields[0] == "Z":
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().split("-")[0]
        return cls(pid, f"{boot}-{fields[19]}")

    @property
    def alive(self) -> bool:
        return Process.of(self.pid) == self

    @property
    def name(self) -> str:
        try:
            return Path(f"/proc/{self.pid}/comm").read_text().strip()
        except OSError:
            return ""

    @property
    def words(self) -> list[str]:
        """Its command line."""
        try:
            return [os.fsdecode(word) for word in Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")[:-1]]
        except OSError:
            return []

    def wait(self, seconds: float) -> bool:
        """False if it still runs after so long."""
        end = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.alive:
                return
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return
            if self.wait(3):
                return


def marked(mark: str) -> Iterator[tuple[Process, Path]]:
    """Processes that labs on this machine started, with the lab's directory; mark: SERVER or COMMAND."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        for variable in environment.split(b"\0"):
            name, dummy, value = variable.partition(b"=")
            if name == mark.encode() and (process := Process.of(int(entry.name))):
                yield process, Path(os.fsdecode(value))
