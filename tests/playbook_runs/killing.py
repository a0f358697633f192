# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ends a process and all that it started."""
from __future__ import annotations

import contextlib
import os
import re
import signal
from pathlib import Path


def kill_with_workers(pid: int) -> None:
    """SIGKILL for ansible-playbook and for its workers, which are no members of its process group and would go on for a while."""
    for one in [pid, *_descendants(pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = int(re.search(r"^PPid:\s*(\d+)", path.read_text(), re.MULTILINE)[1])
        except OSError:
            # it has ended since
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found[1:]
