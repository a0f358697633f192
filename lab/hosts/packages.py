# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the lab needs on this machine before it can start: root, and some Debian packages."""
from __future__ import annotations

import os
import subprocess

from .errors import LabError
from .progress import step

# netavark makes the networks; podman only recommends it
PACKAGES = ("podman", "netavark", "runc", "mmdebstrap", "openssh-client", "iproute2", "iptables")


def require_root() -> None:
    if os.geteuid():
        raise LabError("The lab needs root: its hosts are privileged containers that run systemd. Run the same with sudo.")


def missing() -> list[str]:
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *PACKAGES], check=False, text=True, capture_output=True)
    except FileNotFoundError:
        raise LabError("The lab needs Debian or Ubuntu: there is no dpkg on this machine.") from None
    installed = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" ok installed")}
    return [package for package in PACKAGES if package not in installed]


def ensure() -> None:
    """Installs what is missing."""
    require_root()
    if not (wanted := missing()):
        return
    with step(f"install {' '.join(wanted)}", announce=True):
        quiet = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL,
                 "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *wanted]):
            done = subprocess.run(["apt-get", *words], check=False, **quiet)
            if done.returncode:
                raise LabError(f"apt-get {words[0]} failed: {' '.join(done.stdout.strip().splitlines()[-1:])} "
                               f"Install by hand: {' '.join(wanted)}")
