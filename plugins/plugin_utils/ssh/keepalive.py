# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host whose power is cut says no goodbye: without a question from time to time ssh would wait for its answer for hours."""
from __future__ import annotations

from typing import Any

ASK = "-o ServerAliveInterval=15 -o ServerAliveCountMax=3"
ARGUMENTS = ("ssh_args", "ssh_common_args", "ssh_extra_args")


def notice_silence(connection: Any) -> None:
    """connection: Ansible's, before its first use. Arguments that the user gave about it count more."""
    if connection.transport != "ssh":
        return
    given = {name: str(connection.get_option(name) or "") for name in ARGUMENTS}
    if not any("serveralive" in text.lower() for text in given.values()):
        connection.set_option("ssh_args", f"{given['ssh_args']} {ASK}".strip())
