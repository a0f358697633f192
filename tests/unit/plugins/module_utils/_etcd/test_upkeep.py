# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When etcd is made smaller, in which order, and when it is left alone."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.upkeep import Compact, Defragment, Disarm, check_room, is_worthwhile, plan_upkeep, seconds

MIB, QUOTA = 2**20, 2048 * 2**20


def member(ordinal: int, size: int, in_use: int, *, leads: bool = False, full: bool = False, revision: int = 7) -> MemberStatus:
    return MemberStatus(ordinal, f"{ordinal:x}", size * MIB, in_use * MIB, revision, leads, ("NOSPACE",) if full else ())


def pods(replicas: int, *unready: int, waiting: tuple[tuple[int, str], ...] = ()) -> Pods:
    return Pods(replicas, frozenset(range(replicas)) - set(unready), waiting=waiting)


def targets(seen: Pods, *members: MemberStatus, interruption: bool = False) -> list[Any]:
    return [step.target for step in plan_upkeep("demo", seen, members, QUOTA, interruption=interruption)[0]]


def undone(seen: Pods, *members: MemberStatus, interruption: bool = False) -> list[str]:
    return plan_upkeep("demo", seen, members, QUOTA, interruption=interruption)[1]


@pytest.mark.parametrize(("size", "in_use", "worthwhile"), [
    (120, 10, True), (120, 61, False), (60, 1, False), (1000, 500, True), (1000, 501, False),
    # 80 % of the quota
    (1639, 1400, True), (1639, 1500, False), (1638, 1400, False),
])
def test_when_it_gives_enough_back(size: int, in_use: int, worthwhile: bool):
    assert is_worthwhile(member(0, size, in_use), QUOTA) == worthwhile


def test_the_leader_is_last_and_who_gains_little_is_left_alone():
    assert targets(pods(3), member(0, 400, 50, leads=True), member(1, 400, 300), member(2, 400, 50)) == [Defragment(2, False), Defragment(0, False)]
    assert targets(pods(3), member(0, 40, 30, leads=True), member(1, 40, 30), member(2, 40, 30)) == []


def test_one_that_is_full_forgets_its_history_and_all_members_get_smaller():
    steps = targets(pods(3), member(0, 2048, 2000, leads=True, full=True), member(1, 2048, 2000, full=True, revision=9), member(2, 2048, 2000, full=True))
    assert steps == [Compact(9), Defragment(1, True), Defragment(2, True), Defragment(0, True), Disarm(QUOTA)]


def test_one_that_is_full_does_not_wait_for_a_member_that_is_away():
    steps = targets(pods(3, 2), member(0, 2048, 9, leads=True, full=True), member(1, 2048, 9, full=True))
    assert steps == [Compact(7), Defragment(1, True), Defragment(0, True), Disarm(QUOTA)]


def test_nobody_is_away_on_purpose_while_another_one_is():
    seen = pods(3, 2, waiting=((2, "waits for machine m2 of the seed, which is cordoned"),))
    assert targets(seen, member(0, 400, 50, leads=True), member(1, 400, 50)) == []
    assert undone(seen, member(0, 400, 50, leads=True), member(1, 400, 50)) == [
        "A run does not defragment etcd while a member is missing: etcd-2 waits for machine m2 of the seed, which is cordoned"]


@pytest.mark.parametrize(("in_use", "interruption", "done"), [(80, False, True), (81, False, False), (400, True, True)])
def test_a_single_member_is_away_for_long_only_if_that_is_wanted(in_use: int, interruption: bool, done: bool):
    one = member(0, 1000, in_use, leads=True)
    assert targets(pods(1), one, interruption=interruption) == ([Defragment(0, False)] if done else [])
    assert bool(undone(pods(1), one, interruption=interruption)) != done


def test_how_long_it_takes_is_told():
    assert seconds(member(0, 1000, 400)) == 10
    assert undone(pods(1), member(0, 1000, 400, leads=True)) == [
        "To defragment the only member of etcd would stop cluster demo for about 10 s and give back 600 MiB: allow that with -e etcd_interruption=true"]


def test_a_single_member_that_is_full_is_away_already():
    assert targets(pods(1), member(0, 2048, 2000, leads=True, full=True)) == [Compact(7), Defragment(0, True), Disarm(QUOTA)]


def test_what_is_not_there_or_does_not_serve():
    assert targets(Pods()) == []
    with pytest.raises(NotReady, match=r"doesn't serve .*etcd-1 waits for machine m1 of the seed, which is not ready"):
        targets(pods(3, 1, 2, waiting=((1, "waits for machine m1 of the seed, which is not ready"),)), member(0, 9, 9))
    with pytest.raises(NotReady, match=r"Not ready: etcd-0"):
        targets(pods(1, 0))


def test_an_alarm_that_would_come_back_stays():
    check_room("demo", [member(0, 1900, 1900)], QUOTA)
    with pytest.raises(NotReady, match=r"1\.9 GiB of 2\.0 GiB are in use after its defragmentation\. Delete objects"):
        check_room("demo", [member(0, 1000, 1000), member(1, 1946, 1900)], QUOTA)
