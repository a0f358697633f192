# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lock of a cluster: who may change it now, and until when."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import LockHeld

DURATION = timedelta(seconds=300)
RENEW_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Lock:
    """The Lease as read. All times are aware; None if not written.

    holder: identity of a run, "" if it was freed. acquired, renewed: by the clock of the holder. written: when the Lease was
    last changed, by the clock of the seed.
    """

    holder: str
    acquired: datetime | None = None
    renewed: datetime | None = None
    written: datetime | None = None
    duration: timedelta = DURATION

    def runs_out(self) -> datetime | None:
        last = self.written or self.renewed
        return last + self.duration if last else None

    def is_expired(self, now: datetime) -> bool:
        """now: by the clock of the seed, as control hosts need not agree on the time."""
        end = self.runs_out()
        return end is None or end <= now

    def is_fresh(self, now: datetime) -> bool:
        """Renewed so lately that renewing it again can wait. now: by the clock of the holder."""
        return self.renewed is not None and timedelta(0) <= now - self.renewed < RENEW_AFTER

    def age(self, now: datetime) -> float:
        """Seconds since it was renewed. now: by the clock of the holder."""
        return max(0.0, (now - self.renewed).total_seconds()) if self.renewed else DURATION.total_seconds()


def person(holder: str) -> str:
    """The part of a holder's identity that a person reads: "root@ops1 pid 4711"."""
    words = holder.split(" ")
    return " ".join(words[:3]) if len(words) == 4 and words[1] == "pid" else holder


def clock(moment: datetime | None, now: datetime) -> str:
    """Local time of day, with the date if that is not today."""
    if moment is None:
        return "an unknown time"
    local = moment.astimezone()
    return local.strftime("%H:%M:%S" if local.date() == now.astimezone().date() else "%Y-%m-%d %H:%M:%S")


def held_by_another(cluster: str, lock: Lock, now: datetime, *, where: str = "") -> LockHeld:
    """The line for a user who must wait."""
    times = f"(since {clock(lock.acquired, now)}, lock expires {clock(lock.runs_out(), now)})"
    return LockHeld(f"Cluster {cluster} is being changed by {person(lock.holder)} {times}", where=where,
                    fix="wait for it, and run this again")
