# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One command at a time on one directory. The lock is on the directory itself, so nothing is left to clean."""
from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .progress import say


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Makes the directory (0700) if it is missing, and waits for whoever else holds it."""
    waited = False
    while True:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not waited:
                    say(f"  another command works on {directory}, waiting for it")
                waited = True
                fcntl.flock(handle, fcntl.LOCK_EX)
            # whoever held it may have taken the directory away
            if not directory.exists() or not os.path.samestat(os.fstat(handle), directory.stat()):
                continue
            yield
            return
        finally:
            os.close(handle)
