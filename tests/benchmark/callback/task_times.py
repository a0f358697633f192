# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long the tasks of a playbook took, from the begin of the first to the end of the last, and when each play began: in the file that BENCH_TIMES names."""
from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: time of all tasks
description: Writes the seconds from the begin of the first task to the end of the last, when plays began by the monotonic clock, and the number of tasks.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.begin: float | None = None
        self.plays: list[tuple[str, float]] = []
        self.tasks = 0

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self.plays.append((play.get_name(), time.monotonic()))

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self.begin = self.begin or time.monotonic()
        # for a meta task no process is made
        self.tasks += task.action != "ansible.builtin.meta"

    def v2_playbook_on_stats(self, stats: object) -> None:
        end = time.monotonic()
        Path(os.environ["BENCH_TIMES"]).write_text(json.dumps({"seconds": end - (self.begin or 0), "plays": self.plays, "end": end, "tasks": self.tasks}))
