# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files with keys in them."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system import private_file


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_what_a_killed_run_left_is_removed_and_a_live_one_is_spared(tmp_path: Path):
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True).stdout.strip()
    names = {"dead": tmp_path / f".file.{ended}.new", "alive": tmp_path / f".file.{os.getppid()}.new", "other": tmp_path / f".files.{ended}.new"}
    for abandoned in names.values():
        abandoned.write_text("key")
    private_file.write(str(tmp_path / "file"), "text")
    assert {name for name, abandoned in names.items() if abandoned.exists()} == {"alive", "other"}
