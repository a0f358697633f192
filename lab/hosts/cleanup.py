# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What killed commands and ended owners left behind."""
from __future__ import annotations

import shutil

from . import removal, state
from .errors import LabError
from .lock import locked
from .progress import step
from .state import Lab


def clean() -> bool:
    """Removes labs that nobody owns any more and things of labs that nobody wrote down; False if there was nothing."""
    found = False
    for name in state.names():
        if _is_abandoned(_readable(name)):
            with locked(state.lab_directory(name)):
                # a command that held the lock may have made it whole or taken it away
                if _is_abandoned(lab := _readable(name)):
                    found = True
                    with step(f"remove lab {name}, left by a run that ended"):
                        removal.remove(state.lab_directory(name), lab)
    for directory in removal.orphans():
        found = True
        with step(f"remove what is left of lab {directory.name}"):
            removal.remove(directory)
    for directory in state.root().glob(".*.removed"):
        found = True
        shutil.rmtree(directory, ignore_errors=True)
    return found


def _is_abandoned(lab: Lab | None) -> bool:
    return lab is not None and lab.abandoned


def _readable(name: str) -> Lab | None:
    try:
        return state.load(name)
    except LabError:
        return None
