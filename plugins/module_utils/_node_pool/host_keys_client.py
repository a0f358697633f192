# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""First contact with a machine that was made a moment ago: which host key it shows. ssh itself asks, by the way that the run will take later."""
from __future__ import annotations

import contextlib
import ipaddress
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side

AT_A_TIME = 16
ATTEMPT_SECONDS, PAUSE_SECONDS = 10, 1.0


@dataclass(frozen=True, slots=True)
class Contact:
    """keys: lines "TYPE KEY", none if there was no contact; then why says what ssh said last."""

    keys: tuple[str, ...]
    why: str = ""


def first_contacts(hosts: Sequence[tuple[str, str]], *, arguments: str, patience: float, clock: Clock, progress: Callable[[str], None]) -> list[Contact]:
    """hosts: name and address of each. arguments: further ones of ssh, as of the user's way through other hosts. One Contact for each host."""
    words = shlex.split(arguments)
    begin = clock.monotonic()

    def of(host: tuple[str, str]) -> Contact:
        name, address = host
        told = begin
        while True:
            contact = _contact(address, words)
            passed = clock.monotonic() - begin
            if contact.keys or passed > patience:
                return contact
            if clock.monotonic() - told > 20:
                told = clock.monotonic()
                progress(f"{name} doesn't answer over SSH yet ({contact.why}), {passed:.0f} of {patience:.0f} s")
            clock.sleep(PAUSE_SECONDS)

    return side_by_side(of, hosts, at_once=AT_A_TIME)


def _contact(address: str, words: Sequence[str]) -> Contact:
    with contextlib.suppress(ValueError):
        address = str(ipaddress.ip_address(address))
        with tempfile.TemporaryDirectory(prefix="kubermatic-caas-") as directory:
            seen = os.path.join(directory, "known_hosts")
            # no login: the server sends its key before
            command = ["ssh", "-n", "-a", "-x", "-o", "BatchMode=yes", "-o", "PreferredAuthentications=none", "-o", "StrictHostKeyChecking=accept-new",
                       "-o", f'UserKnownHostsFile="{seen}"', "-o", "GlobalKnownHostsFile=/dev/null", "-o", "HashKnownHosts=no", "-o", "HostKeyAlias=machine",
                       "-o", "UpdateHostKeys=no", "-o", "CheckHostIP=no", "-o", "ControlPath=none", "-o", f"ConnectTimeout={ATTEMPT_SECONDS}", *words,
                       "-l", "root", address, "true"]
            try:
                done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=3 * ATTEMPT_SECONDS)
            except FileNotFoundError:
                raise InvalidInput("There is no ssh on the control host", fix="install OpenSSH's client") from None
            except subprocess.TimeoutExpired:
                return Contact((), "it is silent")
            keys = ()
            with contextlib.suppress(OSError), open(seen, encoding="ascii") as file:
                keys = tuple(" ".join(line.split()[1:3]) for line in file if line.startswith("machine "))
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            return Contact(keys, lines[-1].rpartition("ssh: ")[2] if lines else "no answer")
    raise InvalidInput(f"{address[:60]!r} is no IP address", where="address of a machine")
