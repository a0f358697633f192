# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""This machine, and commands that run on it."""
from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import BuildError

# uname's word -> Go's, which is also the one in upstream's file names
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def architecture() -> str:
    found = platform.machine()
    if found not in ARCHITECTURES:
        raise BuildError(f"The lab runs on {' and '.join(ARCHITECTURES)}, this machine is {found}.")
    return ARCHITECTURES[found]


def default_cache() -> Path:
    """Of artefacts and the systems of hosts, shared by all labs: $LAB_CACHE, by default below the user's cache directory."""
    given = os.environ.get("LAB_CACHE")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubermatic-caas-lab"


def run(words: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Standard output of a command; its last line on standard error becomes the error if it fails."""
    try:
        done = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        raise BuildError(f"{words[0]} is not on this machine. Install it and run this again.") from None
    if done.returncode:
        raise BuildError(f"{Path(words[0]).name} {words[1] if len(words) > 1 else ''} failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it printed nothing"
