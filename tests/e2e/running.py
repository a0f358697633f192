# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An ansible-playbook that goes on while a test disturbs it, or that dies at a chosen moment."""
from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from e2e.world import Run, World, eventually

CALLBACKS = Path(__file__).resolve().parent / "callbacks"
KILLED = -9


class Running:
    def __init__(self, world: World, name: str, *words: str, kill_at: int | str = "", kill_after: float = 0, **environment: str) -> None:
        """kill_at: number of the task at whose begin the process group dies, the first is 1, or "PLAY | TASK"; kill_after: so many seconds later."""
        self.directory = Path(tempfile.mkdtemp(prefix="run-", dir=world.directory))
        self.task_log, self.output = self.directory / "tasks", self.directory / "output"
        self.task_log.touch()
        self.began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["ansible-playbook", "-i", str(world.inventory), f"kubermatic.caas.{name}", *words], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
                env={**os.environ, "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "TASK_LOG": str(self.task_log), "KILL_AT_TASK": str(kill_at),
                     "KILL_AFTER": str(kill_after), **environment})

    @property
    def tasks(self) -> list[str]:
        """ "PLAY | TASK" of those that began."""
        return self.task_log.read_text().splitlines()

    def has_begun(self, task: str) -> None:
        """Returns when the task has begun; the play goes on meanwhile."""
        eventually(lambda: task in self.tasks or self.process.poll() is not None, seconds=180)
        assert self.process.poll() is None, self.output.read_text()[-3000:]

    def end(self, seconds: float = 600) -> Run:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"still at it after {seconds} s: {self.tasks[-1:]} {self.output.read_text()[-2000:]}") from None
        return Run(code, self.output.read_text(), time.monotonic() - self.began)


def killed(world: World, kill_at: int | str, *words: str, kill_after: float = 0) -> Running:
    """A run that was killed there, or that ended before: then its tasks are fewer."""
    running = Running(world, *words, kill_at=kill_at, kill_after=kill_after)
    run = running.end()
    assert run.code in (KILLED, 0), run.output[-6000:]
    return running
