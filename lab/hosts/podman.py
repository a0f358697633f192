# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""podman, with the lab's own configuration."""
from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .errors import LabError
from .processes import COMMAND

CONFIGURATION = Path(__file__).resolve().parent / "containers.conf"


def environment(directory: Path | None = None) -> dict[str, str]:
    """directory: of the lab that the command works for, to find it again if the lab's command is killed."""
    return {**os.environ, "CONTAINERS_CONF": str(CONFIGURATION), **({COMMAND: str(directory)} if directory else {})}


def run(*words: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", *words], env=environment(directory), check=False, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL)


def call(*words: str, directory: Path | None = None) -> str:
    done = run(*words, directory=directory)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
        raise LabError(f"podman {' '.join(words[:3])}: {reason[0].removeprefix('Error: ')}")
    return done.stdout


def listed(*words: str) -> list[dict[str, Any]]:
    """The objects of a listing command."""
    return json.loads(call(*words, "--format", "json") or "[]") or []
