# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The guard of unit tests, that each provider has the tests of all providers, and what only one place does."""
from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from worlds.providers import PROVIDERS

TESTS = Path(__file__).resolve().parents[1]
CONTRACTS = TESTS / "component" / "plugins" / "module_utils" / "_providers"


@pytest.mark.parametrize(("forbidden", "what"), [
    (lambda: socket.socket().bind(("127.0.0.1", 0)), "opens a socket"),
    (lambda: socket.create_connection(("127.0.0.1", 9)), "opens a socket"),
    (lambda: subprocess.run(["true"], check=True), "starts a program"),
    (os.fork, "starts a process"),
    (lambda: time.sleep(1), "sleeps 1 s"),
])
def test_a_unit_test_that_needs_more_than_python_fails_with_a_line(forbidden: Callable[[], Any], what: str):
    with pytest.raises(AssertionError, match=f"{what}, which no unit test may"):
        forbidden()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_has_the_tests_of_all(provider: str):
    assert f'provider = "{provider}"' in (CONTRACTS / provider / "test_machine_contract.py").read_text()


def test_one_place_starts_ansible_playbook():
    starts = re.compile(r'(?:[(\[/]\s*)"ansible-playbook"|ansible-playbook"\)')
    assert [path.relative_to(TESTS) for path in sorted(TESTS.rglob("*.py")) if starts.search(path.read_text(encoding="utf-8"))] == [
        Path("playbook_runs/running.py")]
