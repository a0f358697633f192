# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Identity of a run: user, host, process and the moment that process began, so that a reused process id is not mistaken for it."""
from __future__ import annotations

import getpass
import os
import socket


def began(pid: int) -> str | None:
    """Start time of a process in clock ticks since boot, None if there is no such process (or no /proc)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def boot() -> str:
    """Id of this machine's boot, empty where the kernel tells none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot_id:
            return boot_id.read().strip()[:8]
    except OSError:
        return ""


def user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def of_process(pid: int) -> str:
    """user@host pid PID begin/boot: names a run in a way that a person and another run understand."""
    return f"{user()}@{socket.gethostname()} pid {pid} {began(pid) or 0}/{boot()}"


def this_process() -> str:
    return of_process(os.getppid())


def is_gone(holder: str) -> bool:
    """True if the run certainly ended: it ran on this machine, and its process is no more (or the machine was booted since)."""
    try:
        who, word, pid, moment = holder.split(" ")
        host = who.rpartition("@")[2]
        ticks, dummy, boot_id = moment.partition("/")
        number = int(pid)
    except ValueError:
        return False
    if word != "pid" or host != socket.gethostname() or not boot_id or not boot():
        return False
    return boot_id != boot() or began(number) != ticks
