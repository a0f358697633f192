# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a process of a lab still runs."""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lab.hosts.processes import Process
from lab.hosts.state import Lab

ME = Process.of(os.getpid())


def gone() -> Process:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = Process.of(child.pid)
    child.communicate(b"\n")
    return process


def lab(**given: object) -> Lab:
    return Lab(**{"name": "demo", "created": "2026-01-01T12:00:00+00:00", "subnet": (210, 7), "owner": ME, "builder": ME, **given})


def test_a_process_that_ended_is_known_not_to_run():
    assert ME.alive
    assert not gone().alive
    assert not Process(ME.pid, "another boot").alive


@pytest.mark.parametrize(("given", "abandoned"), [
    ({"complete": True}, False),
    ({"complete": True, "builder": gone()}, False),
    ({"complete": True, "builder": gone(), "owner": gone()}, True),
    ({"complete": True, "builder": gone(), "owner": None}, False),
    ({"complete": False, "builder": gone(), "owner": None}, True),
    ({"complete": False, "owner": gone()}, False),
])
def test_who_would_end_a_lab(given: dict, abandoned: bool):
    assert lab(**given).abandoned is abandoned
