# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lock as it is told, and how long it lives."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock import Lock, clock, held_by_another, person

NOW = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(("ago", "expired", "fresh"), [(0, False, True), (59, False, True), (60, False, False), (299, False, False), (300, True, False)])
def test_how_long_it_lives(ago: int, expired: bool, fresh: bool):
    lock = Lock("a", NOW, NOW - timedelta(seconds=ago))
    assert (lock.is_expired(NOW), lock.is_fresh(NOW)) == (expired, fresh)


def test_its_end_is_told_by_the_clock_that_wrote_it():
    """The holder's clock is an hour behind that of the seed, or an hour before it."""
    for skew in (timedelta(hours=1), timedelta(hours=-1)):
        lock = Lock("a", NOW, NOW + skew, written=NOW)
        assert not lock.is_expired(NOW + timedelta(seconds=299)) and lock.is_expired(NOW + timedelta(seconds=300))


def test_a_clock_that_went_back_makes_no_lock_fresh():
    assert not Lock("a", NOW, NOW + timedelta(seconds=10)).is_fresh(NOW)


def test_a_lease_that_was_never_renewed_is_nobodys():
    assert Lock("a").is_expired(NOW) and not Lock("a").is_fresh(NOW)


@pytest.mark.parametrize(("holder", "shown"), [
    ("root@ops1 pid 4711 123/0a1b2c3d", "root@ops1 pid 4711"), ("kubectl", "kubectl"), ("a b c d", "a b c d")])
def test_holders_as_people_read_them(holder: str, shown: str):
    assert person(holder) == shown


def test_times_are_local_and_carry_the_date_only_if_it_is_another():
    local = NOW.astimezone()
    assert clock(NOW, NOW) == local.strftime("%H:%M:%S")
    assert clock(NOW - timedelta(days=2), NOW) == (local - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")
    assert clock(None, NOW) == "an unknown time"


def test_the_line_of_a_lock_that_is_held():
    lock = Lock("root@ops1 pid 4711 1/a", NOW, NOW)
    line = held_by_another("demo", lock, NOW).line()
    assert line == (f"Cluster demo is being changed by root@ops1 pid 4711 (since {clock(NOW, NOW)}, lock expires "
                    f"{clock(NOW + timedelta(seconds=300), NOW)}). Wait for it, and run this again.")
