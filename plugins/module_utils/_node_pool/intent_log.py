# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run notes before it asks a provider for something.

Providers have no transaction: an answer may be lost, a list of machines may be a minute old, and a run may die right after it asked. The next
look would see too few machines, or some that are gone. So names are noted before they are asked for, and ids before they are removed; notes
that are younger than TRUSTED_FOR, by the clock of the seed, are to be believed more than a list. Older ones mean nothing any more, so no run has to
remove them.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import ENDED, LAG, Machine

# for as long a request may still be on its way, too
TRUSTED_FOR = timedelta(seconds=LAG)
CREATING, REMOVING = "creating", "removing"


def written(moment: datetime) -> str:
    """So fine that no two notes of a run have the same moment."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def age(text: Any, now: datetime) -> timedelta | None:
    """How long ago that was, None if it is no time. A clock that was set back makes no note last for ever."""
    try:
        passed = now - datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return passed if passed >= -TRUSTED_FOR else None


def _young(notes: Any, now: datetime) -> dict[str, str]:
    found = {}
    for key, since in (notes if isinstance(notes, dict) else {}).items():
        passed = age(since, now)
        if passed is not None and passed < TRUSTED_FOR:
            found[key] = since
    return found


def _of(record: Record | None, pool: str) -> dict[str, Any]:
    entry = record.pools.get(pool) if record else None
    return entry if isinstance(entry, dict) else {}


def awaited(record: Record | None, pool: str, now: datetime, machines: Iterable[Machine]) -> frozenset[str]:
    """Names of machines that may be there although they aren't among these. One that has ended already is not waited for any more,
    if it is known to be that of the note, and not an older one of the same name."""
    machines = list(machines)
    there = {one.name for one in machines if one.state not in ENDED}
    ended = {(one.name, one.asked_at) for one in machines}
    notes = _young(_of(record, pool).get(CREATING), now)
    return frozenset(name for name, since in notes.items() if name not in there and (name, since) not in ended)


def request(record: Record, pool: str, names: Iterable[str]) -> str:
    """What a request for these names is called, which were noted together: a provider that supports it carries the request out once, however often it is sent.
    At most 60 characters, and Machine.asked_at reads it."""
    names = list(names)
    notes = _of(record, pool).get(CREATING)
    since = notes.get(names[0]) if isinstance(notes, dict) and names else ""
    return f"{since}/{hashlib.sha256(' '.join([record.uid, pool, *names]).encode()).hexdigest()[:24]}"


def removing(record: Record | None, pool: str, now: datetime) -> frozenset[str]:
    """Ids of machines that may be gone although a list still shows them."""
    return frozenset(_young(_of(record, pool).get(REMOVING), now))


def noted(record: Record, pool: str, provider: str, uid: str, now: datetime, *, place: str = "", create: Iterable[str] = (),
          remove: Mapping[str, str] = MappingProxyType({})) -> Record:
    """The record with these names, and ids with their names, noted, and without notes that mean nothing any more."""
    since, entry = written(now), _of(record, pool)
    # what goes is not waited for
    coming = {name: noted for name, noted in _young(entry.get(CREATING), now).items() if name not in remove.values()}
    entry = {**entry, "provider": provider, **({"place": place} if place else {}), CREATING: {**coming, **dict.fromkeys(create, since)},
             REMOVING: {**_young(entry.get(REMOVING), now), **dict.fromkeys(remove, since)}}
    return replace(record, uid=uid, pools={**record.pools, pool: entry})


def is_bound(record: Record | None, pool: str) -> bool:
    """True if a provider is noted."""
    return bool(_of(record, pool).get("provider"))


def released(record: Record, pool: str) -> Record:
    """The record of a cluster whose pool is no more, and may be at another provider one day."""
    entry = {key: value for key, value in _of(record, pool).items() if key not in ("spec", "place")}
    return replace(record, pools={**record.pools, pool: {**entry, "provider": ""}})


def place(record: Record | None, pool: str) -> str:
    """The part of the provider in which the pool is, such as a region; "" if that isn't known, or the provider has no such parts."""
    found = _of(record, pool).get("place")
    return found if isinstance(found, str) else ""


def check_provider(record: Record | None, pool: str, provider: str, where: str = "") -> None:
    """A pool stays where it is: its machines would be forgotten, and go on costing money. where: the part of the provider. Raises InvalidInput."""
    known = _of(record, pool).get("provider")
    if known == provider and place(record, pool) and where and place(record, pool) != where:
        raise InvalidInput(f"Node pool {pool} is in {place(record, pool)} and can't move to {where}", where=f"cluster {record.cluster} at {provider}",
                           fix=f"give the new pool another name, or remove this one in {place(record, pool)} first")
    if known and known != provider:
        raise InvalidInput(f"Node pool {pool} is at {known} and can't move to {provider}", where=f"cluster {record.cluster}",
                           fix=f"give the new pool another name, or remove this one at {known} first")
