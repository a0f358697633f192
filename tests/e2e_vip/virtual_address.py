# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An address that is at one machine of a seed at a time, as keepalived has it: it is taken from one machine, given to another, and announced there."""
from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from collections.abc import Sequence

from lab.hosts import podman, state

INTERFACE = "eth0"
# a gratuitous ARP request, three times; in the machine's network, by the Python of this one
ANNOUNCE = textwrap.dedent("""
    import socket, sys
    address = socket.inet_aton(sys.argv[1])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((sys.argv[2], 0x0806))
        own = link.getsockname()[4]
        frame = bytes.fromhex("ffffffffffff") + own + bytes.fromhex("0806" "0001" "0800" "0604" "0001") + own + address + bytes(6) + address
        for _ in range(3):
            link.send(frame.ljust(60, bytes(1)))
""")


class VirtualAddress:
    def __init__(self, lab: str, number: int, machines: Sequence[str]) -> None:
        self.address, self.machines = state.existing(lab).address(number), machines

    def __str__(self) -> str:
        return self.address

    def move_to(self, machine: str) -> None:
        for other in self.machines:
            if other != machine:
                podman.run("exec", other, "ip", "address", "delete", f"{self.address}/32", "dev", INTERFACE)
        podman.run("exec", machine, "ip", "address", "add", f"{self.address}/32", "dev", INTERFACE)
        process = podman.run("inspect", "--format", "{{.State.Pid}}", machine).stdout.strip()
        subprocess.run(["nsenter", f"--net=/proc/{process}/ns/net", sys.executable, "-c", ANNOUNCE, self.address, INTERFACE], check=True)

    def answers(self, port: int) -> bool:
        try:
            socket.create_connection((self.address, port), timeout=2).close()
        except OSError:
            return False
        return True
