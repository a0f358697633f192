# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Debian packages that compiling needs on this machine."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable

from .errors import BuildError
from .machine import run


def missing(names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    if not wanted:
        return []
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *wanted], check=False, text=True, capture_output=True)
    except FileNotFoundError:
        raise BuildError(f"The lab is built on Debian or Ubuntu: there is no dpkg here to look for {' '.join(wanted)}.") from None
    installed = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" ok installed")}
    return [name for name in wanted if name not in installed]


def install(names: Iterable[str], say: Callable[[str], None]) -> None:
    """Installs what is missing; as another user than root it can only say what that is."""
    wanted = missing(names)
    if not wanted:
        return
    if os.geteuid():
        raise BuildError(f"Packages are missing. Install them and run this again: sudo apt-get install {' '.join(wanted)}")
    say(f"installing packages: {' '.join(wanted)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=quiet)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted], env=quiet)
