# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ends the whole process group of ansible-playbook by SIGKILL when a task begins, and writes down which tasks began.

KILL_AT_TASK: number of the task, the first is 1, or "PLAY | TASK"; KILL_AFTER: seconds from its begin; TASK_LOG: file for "PLAY | TASK" lines.
"""
from __future__ import annotations

import os
import signal
import threading

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "{name: kill_at, type: aggregate, short_description: a run that dies, description: [For tests.]}"


def die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kill_at"

    def __init__(self) -> None:
        super().__init__()
        self.play, self.number = "", 0
        self.at, self.after = os.environ.get("KILL_AT_TASK", ""), float(os.environ.get("KILL_AFTER") or 0)

    def v2_playbook_on_play_start(self, play) -> None:
        self.play = play.name

    def v2_playbook_on_task_start(self, task, is_conditional) -> None:
        self.number += 1
        name = f"{self.play} | {task.name or task.action}"
        with open(os.environ["TASK_LOG"], "a", encoding="utf-8") as log:
            log.write(f"{name}\n")
        if self.at not in (str(self.number), name):
            return
        if not self.after:
            die()
        timer = threading.Timer(self.after, die)
        timer.daemon = True
        timer.start()
