# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The address at which a cluster is reached from outside of its seed."""
from __future__ import annotations

import ipaddress
import re

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
LONGEST = 253


def outside_address(text: str, *, where: str = "address") -> str:
    """An IP address in its usual form, or a DNS name in lower case. Raises InvalidInput."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        name = text.lower()
    labels = name.split(".")
    # 1.2.3.400 would pass as a name otherwise
    if len(name) <= LONGEST and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit():
        return name
    raise InvalidInput(f"Address {text[:60]!r} can't be used", where=where, why="it is neither an IP address nor a DNS name",
                       fix="write it like 198.51.100.10 or demo.example.com")
