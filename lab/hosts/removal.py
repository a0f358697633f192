# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Takes away everything of a lab, found by its labels: what is written down of it may be missing or wrong."""
from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import podman
from .processes import COMMAND, SERVER, Process, marked
from .state import DIRECTORY_LABEL, LABEL, Lab


def remove(directory: Path, known: Lab | None = None) -> list[str]:
    """Ends and removes all that belongs to the lab in the directory, then the directory; tells what there was."""
    _end_processes(directory, (known.servers or {}).values() if known else ())
    done = [f"{count} {kind}{'' if count == 1 else 's'}" for kind in ("container", "volume", "network") if (count := _remove_objects(kind, directory))]
    if directory.exists():
        # in one move, so that nothing half removed looks like a lab
        gone = directory.with_name(f".{directory.name}.removed")
        shutil.rmtree(gone, ignore_errors=True)
        os.rename(directory, gone)
        shutil.rmtree(gone)
    return done


def orphans() -> set[Path]:
    """Directories of labs of which something is left on this machine, but no record."""
    found = {Path(labels[DIRECTORY_LABEL]) for kind in ("container", "volume", "network") for labels in _labels(kind)}
    found |= {directory for dummy, directory in marked(SERVER)}
    return {directory for directory in found if not (directory / "lab.json").exists()}


def _end_processes(directory: Path, recorded: Iterable[Process]) -> None:
    # of a command that was killed; half a container is harder to remove than a whole one
    for process, owner in marked(COMMAND):
        if owner == directory and process.name == "podman":
            process.wait(60)
    for process in {*recorded, *(process for process, owner in marked(SERVER) if owner == directory)}:
        process.end()


def _listing(kind: str) -> list[str]:
    return ["ps", "--all"] if kind == "container" else [kind, "ls"]


def _labels(kind: str) -> list[dict[str, str]]:
    return [labels for item in podman.listed(*_listing(kind), "--filter", f"label={LABEL}")
            if DIRECTORY_LABEL in (labels := item.get("Labels") or item.get("labels") or {})]


def _remove_objects(kind: str, directory: Path) -> int:
    found = podman.listed(*_listing(kind), "--filter", f"label={DIRECTORY_LABEL}={directory}")
    # podman's listings have the name in different fields
    names = [item["Names"][0] if kind == "container" else item.get("Name") or item["name"] for item in found]
    if names and kind == "container":
        podman.remove_containers(*names)
    elif names:
        podman.call(kind, "rm", "--force", *names)
    return len(names)
