# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one place where tests start ansible-playbook."""
from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from playbook_runs.ended import Ended
from playbook_runs.killing import kill_with_workers

# of the environment that runs the tests
PROGRAM = Path(sys.executable).with_name("ansible-playbook")


class Running:
    """A run that began. It reads nothing from standard input."""

    def __init__(self, *words: str | Path, environment: Mapping[str, str] | None = None, directory: Path | None = None, log: Path | None = None,
                 stderr_apart: bool = False, own_session: bool = False) -> None:
        """environment: in addition to that of the tests. log: a file that gets the output; without it, the output is in no directory."""
        self._output = _opened(log)
        self._stderr = _opened(None) if stderr_apart else None
        self.begin, self._cpu_before = time.monotonic(), _cpu_of_children()
        self.process = subprocess.Popen([str(PROGRAM), *map(str, words)], cwd=directory, env={**os.environ, **(environment or {})},
                                        stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._stderr or subprocess.STDOUT,
                                        start_new_session=own_session)

    @property
    def output(self) -> str:
        """Until now."""
        return _content(self._output)

    def end(self, seconds: float | None = None) -> Ended:
        """It ends within so many seconds, or is killed."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still at it after {seconds} s: {self.output[-2000:]}") from None
        except BaseException:
            self.kill()
            raise
        took, cpu = time.monotonic() - self.begin, _cpu_of_children() - self._cpu_before
        return Ended(self.process.returncode, self.output, took, cpu, _content(self._stderr) if self._stderr else "")

    def kill(self) -> None:
        """By SIGKILL, with its workers."""
        if self.process.poll() is None:
            kill_with_workers(self.process.pid)
            self.process.wait()


def _opened(path: Path | None) -> BinaryIO:
    """Without a path, a file that nobody sees."""
    if path:
        return path.open("w+b")
    return tempfile.TemporaryFile()


def _content(file: BinaryIO) -> str:
    # the process writes on where this file stands, so nothing may move that
    data = os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
    return io.TextIOWrapper(io.BytesIO(data)).read()


def _cpu_of_children() -> float:
    """Of all that have ended, so it is the run's own only if no other program of the tests ended meanwhile."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
