# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What etcd needs from time to time: its history forgotten, its files made smaller, an alarm taken back."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.status import NOSPACE, size

MIB = 2**20
# less is not worth an interruption, however small
_WORTHWHILE = 64 * MIB
# with this much of the quota taken, less is
_NEARLY_FULL, _A_TENTH = 0.8, 0.1
# bytes that are copied in a second, on a disk that is not fast
_PER_SECOND = 40 * MIB
# a single member is away for as long as its defragmentation takes: up to this, the run needs no permission
_UNNOTICED = 2.0
# the alarm comes back at once if the database is as large as this part of its quota
_STILL_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Compact:
    """All history before a revision is forgotten."""

    revision: int


@dataclass(frozen=True, slots=True)
class Defragment:
    """needed: also if it turns out to gain little."""

    ordinal: int
    needed: bool


@dataclass(frozen=True, slots=True)
class Disarm:
    """Alarms are taken back, if their reason is gone. quota: bytes."""

    quota: int


def is_worthwhile(member: MemberStatus, quota: int) -> bool:
    """Whether a defragmentation gives back enough."""
    if quota and member.size >= quota * _NEARLY_FULL:
        return member.free >= quota * _A_TENTH
    return member.free >= max(_WORTHWHILE, member.size / 2)


def seconds(member: MemberStatus) -> float:
    """About how long a member is away while it is defragmented."""
    return max(1.0, member.in_use / _PER_SECOND)


def in_order(members: Collection[MemberStatus]) -> list[MemberStatus]:
    """The leader last: until then, members that are done can take its part."""
    return sorted(members, key=lambda member: (member.leads, member.ordinal))


def plan_upkeep(cluster: str, pods: Pods, members: Collection[MemberStatus], quota: int, *, interruption: bool) -> tuple[Plan, list[str]]:
    """The plan, and lines about what is left undone. interruption: the cluster may be away for as long as it takes. Raises NotReady if etcd doesn't serve."""
    if pods.replicas is None:
        return Plan(), []
    if not pods.serve or not members:
        raise NotReady(f"etcd of cluster {cluster} doesn't serve", where=f"namespace cluster-{cluster}",
                       why="not ready: " + ", ".join(pods.troubles() or [member_name(one) for one in range(pods.replicas) if one not in pods.ready]),
                       fix="fix that first: kubectl describe and kubectl logs of the pods say more")
    if any(NOSPACE in member.alarms for member in members):
        return Plan((Step("Compact the history of etcd", Compact(max(member.revision for member in members))),
                     *(_defragment(member, needed=True) for member in in_order(members)),
                     Step(f"Disarm etcd's alarm {NOSPACE}", Disarm(quota)))), []
    worthwhile = [member for member in in_order(members) if is_worthwhile(member, quota)]
    if not worthwhile:
        return Plan(), []
    if not pods.all_ready or len(members) < (pods.replicas or 0):
        return Plan(), [f"A run does not defragment etcd while a member is missing: {'; '.join(pods.troubles()) or 'not all members answer'}"]
    if pods.replicas == 1 and not interruption and (away := seconds(worthwhile[0])) > _UNNOTICED:
        return Plan(), [f"To defragment the only member of etcd would stop cluster {cluster} for about {away:.0f} s and give back {size(worthwhile[0].free)}: "
                        "allow that with -e etcd_interruption=true"]
    return Plan(tuple(_defragment(member, needed=False) for member in worthwhile)), []


def check_room(cluster: str, members: Collection[MemberStatus], quota: int) -> None:
    """Raises NotReady if the alarm would come back at once."""
    largest = max(members, key=lambda member: member.size)
    if quota and largest.size >= quota * _STILL_FULL:
        raise NotReady(f"etcd of cluster {cluster} is full, and all of it is in use", where=f"namespace cluster-{cluster}",
                       why=f"{size(largest.size)} of {size(quota)} are in use after its defragmentation",
                       fix="delete objects of the cluster that are not needed (a full etcd still allows that), or set a larger etcd_storage, and run "
                           "this again")


def _defragment(member: MemberStatus, *, needed: bool) -> Step:
    return Step(f"Defragment {member_name(member.ordinal)}, which has {size(member.size)} and uses {size(member.in_use)}", Defragment(member.ordinal, needed))
