# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A machine as its provider shows it: what a cloud sells, before and after it is a node."""
from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# machines carry tags that begin so; a user's tag that does would make machines look like another cluster's
OWN_TAGS = "kubermatic-caas"
# seconds for which a provider's list may not show what was just made, and still show what just went
LAG = 60.0
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", re.ASCII)


class State(StrEnum):
    """CREATING: promised. RUNNING: switched on. OFF: there, but switched off, perhaps by an administrator. FAILED: it never came to be.

    LEAVING, GONE: nothing brings it back; some providers show machines for an hour after their end.
    """

    CREATING = "creating"
    RUNNING = "running"
    OFF = "off"
    FAILED = "failed"
    LEAVING = "leaving"
    GONE = "gone"


ENDED = frozenset({State.LEAVING, State.GONE})


@dataclass(frozen=True, slots=True)
class Machine:
    """id: the provider's, unique there. name: also the name of its node; providers take one name twice, so it says nothing about identity.

    pool: the name in the machine's tag, "" if it carries none. created: RFC 3339 in UTC, so that texts sort like times.
    address: the one for SSH, "" until it is known. region: at providers whose regions have zones, the zone.
    request: by which it was asked for, if the provider keeps that; see intent_log.request.
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
    request: str = ""

    @property
    def asked_at(self) -> str:
        """The moment of the note in the intent log by which it was requested, "" if the provider doesn't keep it."""
        since, slash, dummy = self.request.partition("/")
        return since if slash else ""

    @property
    def age_key(self) -> tuple[str, int, str, int, str]:
        """Sorts from the oldest to the youngest. Between machines of one moment their numbers decide, then their ids, which grow at some providers."""
        return self.created, len(self.name), self.name, len(self.id), self.id


def checked_address(text: str) -> str:
    """Of IPv4, or "". Raises ValueError."""
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError("an address is none")
    return text
