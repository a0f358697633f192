# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.memory_file import MemoryFile


@pytest.fixture(params=["memory", "directory"])
def place(request, monkeypatch, tmp_path):
    """Where the kernel has files in memory, and where it has none."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    if request.param == "directory":
        monkeypatch.delattr(os, "memfd_create")
    return request.param


def test_can_be_read_again_and_again_and_then_is_gone(place):
    file = MemoryFile("text\n")
    assert [Path(file.path).read_text() for dummy in range(3)] == ["text\n"] * 3
    file.close()
    assert not os.path.exists(file.path)
    file.close()


def test_is_gone_with_its_object(place, tmp_path):
    descriptors = len(os.listdir("/proc/self/fd"))
    MemoryFile("text")
    assert len(os.listdir("/proc/self/fd")) == descriptors and not list(tmp_path.iterdir())


def test_in_memory_nothing_is_on_a_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    file = MemoryFile("text")
    assert "memfd:" in os.readlink(file.path) and not list(tmp_path.iterdir())


def test_a_directory_is_private(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delattr(os, "memfd_create")
    file = MemoryFile("text")
    path = Path(file.path)
    assert path.is_relative_to(tmp_path)
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
