# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keys of a lab: one for the user, one for each host, made before the host boots, so that no first contact is blind."""
from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import files
from .state import Host, Lab

USER = "caas"


def user_key(lab: Lab) -> Path:
    return lab.directory / "ssh" / "id_ed25519"


def known_hosts(lab: Lab) -> Path:
    return lab.directory / "known_hosts"


def host_directory(lab: Lab, host: Host) -> Path:
    """What the host sees as /etc/ssh/lab."""
    return lab.directory / "ssh" / host.name


def options(lab: Lab) -> list[str]:
    """Of every ssh to a host of the lab: nobody's own configuration counts, and the host's key does."""
    return ["-F", "/dev/null", "-i", str(user_key(lab)), "-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={known_hosts(lab)}",
            "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"]


def prepare(lab: Lab) -> None:
    """Makes the keys that are missing; writes who may log in, and which host has which key."""
    _ensure(user_key(lab), f"lab {lab.name}")
    allowed = user_key(lab).with_suffix(".pub").read_text()
    lines = []
    for host in lab.hosts:
        key = host_directory(lab, host) / "ssh_host_ed25519_key"
        _ensure(key, host.name)
        # the host's sshd reads it as the user who logs in
        key.parent.chmod(0o755)
        files.write(key.parent / "authorized_keys", allowed, mode=0o644)
        kind, public = key.with_suffix(".pub").read_text().split()[:2]
        lines.append(f"{host.name},{host.address} {kind} {public}\n")
    files.write(known_hosts(lab), "".join(lines))


def prepare_machine(lab: Lab, host: Host, allowed: Sequence[str], *, host_key: bool) -> Path:
    """The directory of a machine that the lab's own known_hosts does not know: whoever made it has to find out its key."""
    directory = host_directory(lab, host)
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    if host_key:
        _ensure(directory / "ssh_host_ed25519_key", host.name)
    # the host's sshd reads it as the user who logs in
    directory.chmod(0o755)
    files.write(directory / "authorized_keys", "".join(f"{key.strip()}\n" for key in allowed), mode=0o644)
    return directory


def forget(lab: Lab, host: Host) -> None:
    shutil.rmtree(host_directory(lab, host), ignore_errors=True)


def _ensure(path: Path, comment: str) -> None:
    if path.with_suffix(".pub").exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_suffix(".new")
    for left in (making, making.with_suffix(".new.pub")):
        left.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(making)], check=True, stdin=subprocess.DEVNULL)
    os.replace(making, path)
    os.replace(f"{making}.pub", path.with_suffix(".pub"))
