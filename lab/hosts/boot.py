# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From nothing, or from powered off, to a host that answers over SSH."""
from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from dataclasses import replace

from . import container, podman, ssh_keys
from .errors import LabError
from .progress import say
from .state import Host, Lab

PATIENCE = 90


def boot(lab: Lab, host: Host, image: str) -> Host:
    """Does what is missing. A host that never answered may be half made, and is made anew."""
    begin = time.monotonic()
    if not host.booted:
        container.remove(lab, host)
        container.create(lab, host, image)
    container.start(lab, host)
    wait_for_ssh(lab, host)
    say(f"  {f'host {host.name} at {host.address} answers over SSH':<58} {time.monotonic() - begin:6.1f} s")
    return replace(host, booted=True)


def wait_for_ssh(lab: Lab, host: Host) -> None:
    """Until the user logs in and becomes root without a password."""
    end = time.monotonic() + PATIENCE
    answer = "nobody listens on port 22"
    while time.monotonic() < end:
        if _listens(host.address):
            done = subprocess.run(["ssh", *ssh_keys.options(lab), f"{ssh_keys.USER}@{host.address}", "sudo -n true"], check=False,
                                  text=True, capture_output=True, stdin=subprocess.DEVNULL)
            if done.returncode == 0:
                return
            # early in its boot a host lets nobody in
            answer = " ".join(done.stderr.strip().splitlines()[-1:])
        elif (state := container.status(host)) != "running":
            last = " ".join(podman.run("logs", "--tail=1", host.name).stdout.strip().splitlines()[-1:])
            raise LabError(f"Host {host.name} ended while it booted ({state or 'its container is gone'}). Its last words: {last or 'none'}")
        time.sleep(0.1)
    raise LabError(f"Host {host.name} at {host.address} did not let {ssh_keys.USER} in within {PATIENCE} s: {answer}. "
                   f"Look inside: podman exec -it {host.name} journalctl -b")


def _listens(address: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, 22), timeout=1) as connection:
        return connection.recv(4) == b"SSH-"
    return False
