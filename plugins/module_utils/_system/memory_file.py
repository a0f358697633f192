# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gives a secret a path, for libraries that only read files, without writing it to a disk."""
from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path


class MemoryFile:
    """Text under a path that only this user can read. Gone with close(), with the object, or with the process."""

    def __init__(self, text: str) -> None:
        self.path, remove = _in_memory(text) if hasattr(os, "memfd_create") else _in_private_directory(text)
        self._remove = weakref.finalize(self, remove)

    def close(self) -> None:
        self._remove()


def _in_memory(text: str) -> tuple[str, Callable[[], None]]:
    descriptor = os.memfd_create("kubermatic-caas", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
        file.write(text)
    return f"/proc/self/fd/{descriptor}", lambda: os.close(descriptor)


def _in_private_directory(text: str) -> tuple[str, Callable[[], None]]:
    """Where the kernel has no files in memory: a directory of mode 0700 in the user's own place, never in a shared one."""
    place = Path(os.environ.get("XDG_RUNTIME_DIR") or Path.home() / ".cache")
    place.mkdir(parents=True, exist_ok=True)
    directory = tempfile.mkdtemp(prefix="kubermatic-caas-", dir=place)
    path = Path(directory, "secret")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return str(path), lambda: shutil.rmtree(directory, ignore_errors=True)
