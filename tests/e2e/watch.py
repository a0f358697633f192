# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What others on this machine could see while a playbook runs: command lines, environments, and files that come and go."""
from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

LARGEST = 4 << 20


class Watch:
    """Processes of lab hosts are processes of this machine, too."""

    def __init__(self, home: Path) -> None:
        """home: Ansible's own directory."""
        self.home, self.since = home, time.time()
        self.processes: set[bytes] = set()
        self.files: dict[str, bytes] = {}
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.repeat, args=(look, pause), daemon=True)
                        for look, pause in ((self.look_at_processes, 0.02), (self.look_at_files, 0.1))]

    def __enter__(self) -> Watch:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *dummy: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, look, pause: float) -> None:
        while not self.over.wait(pause):
            look()

    def look_at_processes(self) -> None:
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (path / "cmdline").read_bytes()
                if line not in self.processes:
                    self.processes |= {line, (path / "environ").read_bytes()}

    def look_at_files(self) -> None:
        for directory in (self.home, Path("/tmp"), Path("/var/tmp")):
            for path in self.new_files(directory, deep=directory == self.home):
                with contextlib.suppress(OSError):
                    if path.stat().st_size < LARGEST:
                        self.files[str(path)] = path.read_bytes()

    def new_files(self, directory: Path, *, deep: bool) -> list[Path]:
        found = []
        with contextlib.suppress(OSError):
            for path in directory.iterdir():
                with contextlib.suppress(OSError):
                    if path.is_symlink() or path.stat().st_mtime < self.since - 2:
                        continue
                    if path.is_file():
                        found.append(path)
                    elif path.is_dir() and (deep or "ansible" in path.name):
                        found += self.new_files(path, deep=True)
        return found
