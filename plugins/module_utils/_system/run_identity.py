# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Identity of a run: user, host, process and the moment that process began, so that a reused process id is not mistaken for it.

Process ids mean something only within one boot and one pid namespace: two containers may share a host's name, and each has its own.
"""
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


def pid_namespace() -> str:
    """Number of the pid namespace in which this process sees others, empty where the kernel tells none. No two that exist at once have the same."""
    try:
        return os.readlink("/proc/self/ns/pid").partition("[")[2].rstrip("]")
    except OSError:
        return ""


def exists(pid: int) -> bool:
    """True also for a process of another user that /proc hides."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def of_process(pid: int) -> str:
    """user@host pid PID begin/boot/namespace: names a run in a way that a person and another run understand."""
    return f"{user()}@{socket.gethostname()} pid {pid} {began(pid) or 0}/{boot()}/{pid_namespace()}"


def this_process() -> str:
    return of_process(os.getppid())


def is_gone(holder: str) -> bool:
    """True if the run certainly ended: its process was in this pid namespace of this boot, and is no more. No
    process here can know that of another run: its lock expires."""
    try:
        dummy, word, pid, moment = holder.split(" ")
        ticks, boot_id, namespace = moment.split("/")
        number = int(pid)
    except ValueError:
        return False
    here = (boot(), pid_namespace())
    if word != "pid" or number <= 0 or not all(here) or (boot_id, namespace) != here:
        return False
    return not exists(number) or began(number) not in (ticks, None)
