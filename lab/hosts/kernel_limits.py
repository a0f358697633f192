# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Limits of this machine that all hosts share, because they are containers of one user."""
from __future__ import annotations

from pathlib import Path

from .errors import LabError
from .progress import say

# file: the least that a handful of hosts needs. A host with systemd, containerd and a kubelet takes about 20 inotify instances;
# without one systemd ends while it boots, and says nothing.
NEEDED = {"fs/inotify/max_user_instances": 1024, "fs/inotify/max_user_watches": 131072}


def ensure(root: Path = Path("/proc/sys")) -> None:
    """Raises what is too low; limits that are high enough are left as they are."""
    for name, needed in NEEDED.items():
        file = root / name
        found = int(file.read_text())
        if found >= needed:
            continue
        setting = name.replace("/", ".")
        try:
            file.write_text(f"{needed}\n")
        except OSError as error:
            raise LabError(f"{setting} is {found} on this machine, hosts need {needed}, and it can't be raised ({error.strerror}). "
                           f"Run as the machine's administrator: sysctl -w {setting}={needed}") from None
        say(f"  {setting} raised from {found} to {needed}")
