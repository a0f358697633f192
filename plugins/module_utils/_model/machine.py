# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine as its provider shows it: what a cloud sells, before and after it is a node."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """CREATING: promised. RUNNING: switched on. OFF: there, but switched off, maybe by somebody on purpose. FAILED: it never came to be."""

    CREATING = "creating"
    RUNNING = "running"
    OFF = "off"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Machine:
    """id: the provider's, unique there. name: also the name of its node; providers take one name twice, so it says nothing about identity.

    pool: the name in the machine's tag, "" if it carries none. created: RFC 3339 in UTC, so that texts sort like times.
    address: the one for SSH, "" until it is known.
    """

    id: str
    name: str
    pool: str
    state: State
    created: str
    address: str = ""
    private_address: str = ""
    region: str = ""
    size: str = ""

    @property
    def age_key(self) -> tuple[str, int, str]:
        """Sorts from the oldest to the youngest; ids of one provider grow, so they decide between machines of one moment."""
        return self.created, len(self.id), self.id
