# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that goes on while a test disturbs it, or that dies at a chosen moment."""
from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from playbook_runs.running import Running

CALLBACKS = Path(__file__).resolve().parent / "callbacks"
KILLED = -9


class Killable(Running):
    def __init__(self, *words: str | Path, logs: Path, kill_at: int | str = "", kill_after: float = 0, environment: Mapping[str, str] | None = None) -> None:
        """kill_at: number of the task at whose begin the process group dies, the first is 1, or "PLAY | TASK"; kill_after: so many seconds later.

        logs: a directory in which the run gets one for its output and the names of its tasks.
        """
        directory = Path(tempfile.mkdtemp(prefix="run-", dir=logs))
        self._task_log = directory / "tasks"
        self._task_log.touch()
        kills = {"ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "TASK_LOG": str(self._task_log), "KILL_AT_TASK": str(kill_at), "KILL_AFTER": str(kill_after)}
        # the callback kills the process group, of which the test must be no member
        super().__init__(*words, environment={**kills, **(environment or {})}, log=directory / "output", own_session=True)

    @property
    def tasks(self) -> list[str]:
        """ "PLAY | TASK" of those that began."""
        return self._task_log.read_text().splitlines()

    def has_begun(self, task: str, seconds: float = 180) -> None:
        """Returns when the task has begun; the run goes on meanwhile."""
        end = time.monotonic() + seconds
        while task not in self.tasks and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.3)
        assert task in self.tasks and self.process.poll() is None, self.output[-3000:]
