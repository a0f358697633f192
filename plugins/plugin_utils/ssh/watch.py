# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An execution on a host has an end in time and in size, whatever the host does: its ssh, a child of this process, is ended then.

ssh itself lives as long as the host answers its questions, and Ansible reads whatever comes.
"""
from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress

POLL = 0.2
TELL_EVERY = 20.0
MOST_BYTES = 32 << 20


def children_of(pid: int) -> set[int]:
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return _children_by_ps(pid)
    found: set[int] = set()
    for task in tasks:
        with suppress(OSError), open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
            found |= {int(word) for word in children.read().split()}
    return found


def _children_by_ps(pid: int) -> set[int]:
    """Where there is no /proc."""
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        lines = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True, timeout=5).stdout.splitlines()
        return {int(child) for child, parent in (line.split() for line in lines) if int(parent) == pid}
    return set()


def family_of(pids: set[int]) -> set[int]:
    """These processes and all below them."""
    found: set[int] = set()
    while pids:
        found |= pids
        pids = {child for pid in pids for child in children_of(pid)} - found
    return found


def written_by(pid: int) -> int:
    """Bytes that a process has written so far, 0 if unknown."""
    with suppress(OSError, ValueError, StopIteration), open(f"/proc/{pid}/io", encoding="ascii") as numbers:
        return next(int(line.split()[1]) for line in numbers if line.startswith("wchar:"))
    return 0


class Watch:
    """why: why it ended the execution, "" if it didn't. tell: called now and then with the seconds that have passed."""

    def __init__(self, seconds: float, tell: Callable[[float], None], most_bytes: int = MOST_BYTES) -> None:
        self.seconds, self.tell, self.most_bytes, self.why = seconds, tell, most_bytes, ""
        self._before = children_of(os.getpid())
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch-host", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *dummy: object) -> None:
        self._end.set()
        self._thread.join(timeout=5)

    def _look(self) -> None:
        begin = told = time.monotonic()
        while not self._end.wait(POLL):
            passed = time.monotonic() - begin
            if passed > self.seconds:
                self.why = f"it gave no answer in {self.seconds:.0f} s"
            elif sum(map(written_by, self._family())) > self.most_bytes:
                self.why = f"it sent more than {self.most_bytes >> 20} MB"
            elif time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                # who can't print goes on watching
                with suppress(Exception):
                    self.tell(passed)
            if self.why:
                # again and again, as Ansible may try once more
                for pid in self._family():
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)

    def _family(self) -> set[int]:
        return family_of(children_of(os.getpid()) - self._before)
