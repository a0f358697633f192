# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import is_gone, of_process


def ended() -> int:
    """The id of a process that was."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def test_a_run_that_ended_here_is_gone():
    assert is_gone(of_process(ended()))
    assert not is_gone(of_process(os.getpid()))
    # another process has its id by now
    words, dummy, rest = of_process(os.getpid()).rpartition(" ")
    assert is_gone(f"{words} 1/{rest.partition('/')[2]}")


@pytest.mark.parametrize(("part", "value"), [(1, "00000000"), (2, "4026531836000"), (1, ""), (2, "")])
def test_of_a_process_of_another_boot_or_pid_namespace_nobody_here_knows(part: int, value: str):
    """Another machine, or another container, may have the same name."""
    words, dummy, rest = of_process(ended()).rpartition(" ")
    parts = rest.split("/")
    parts[part] = value
    assert not is_gone(f"{words} {'/'.join(parts)}")
