# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""podman, with the lab's own configuration."""
from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from .errors import LabError
from .processes import COMMAND
from .progress import say

CONFIGURATION = Path(__file__).resolve().parent / "containers.conf"
# podman's words when the kernel takes its time to end processes that were killed, as it does on a busy machine
GAVE_UP = "did not die within timeout"
# seconds
PATIENCE = 60


def environment(directory: Path | None = None) -> dict[str, str]:
    """directory: of the lab that the command works for, to find it again if the lab's command is killed."""
    return {**os.environ, "CONTAINERS_CONF": str(CONFIGURATION), **({COMMAND: str(directory)} if directory else {})}


def run(*words: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", *words], env=environment(directory), check=False, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL)


def call(*words: str, directory: Path | None = None) -> str:
    done = run(*words, directory=directory)
    if done.returncode:
        raise LabError(f"podman {' '.join(words[:3])}: {_reason(done)}")
    return done.stdout


def listed(*words: str) -> list[dict[str, Any]]:
    """The objects of a listing command."""
    return json.loads(call(*words, "--format", "json") or "[]") or []


def remove_containers(*names: str, directory: Path | None = None) -> None:
    """With what runs in them; one that is not there is fine. Asks again where podman gave up before the processes had ended."""
    words, end, repeated = ("container", "rm", "--force", "--time=0", "--ignore", *names), time.monotonic() + PATIENCE, False
    while (done := run(*words, directory=directory)).returncode:
        if GAVE_UP not in done.stderr:
            raise LabError(f"podman container rm: {_reason(done)}")
        if time.monotonic() > end:
            raise LabError(f"Processes of {', '.join(names)} did not end within {PATIENCE} s, and podman removes no container before: {_reason(done)}. "
                           "Run the same command again when the machine is less busy.")
        if not repeated:
            say(f"  podman gave up before all processes of {', '.join(names)} had ended: once more")
        repeated = True
        time.sleep(0.5)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
    return lines[0].removeprefix("Error: ")
