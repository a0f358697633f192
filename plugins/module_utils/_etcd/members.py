# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Decides how etcd comes to its size: member by member, and only while all others are well."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Member, Pods, initial_cluster, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine, usable

CONFIG_MAP = "etcd-members"
# a single member that lost its volume must not begin anew as if nothing had been: with "existing" it reports that it finds no other member
NEW, EXISTING = "new", "existing"


@dataclass(frozen=True, slots=True)
class WriteConfig:
    """The start parameters of a pod with an empty volume: who the members are, and whether they are to form a new etcd."""

    ordinals: tuple[int, ...]
    state: str


@dataclass(frozen=True, slots=True)
class AddMember:
    """A member joins without a vote, gets all data, and then votes.

    before: those that are members already. afresh: a volume that is there is of a former member, whose data would keep this one out.
    """

    ordinal: int
    before: tuple[int, ...]
    afresh: bool = True


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """A member leaves, then its pod and its volume go. after: those that stay."""

    ordinal: int
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplaceMember:
    """A member whose data is lost leaves, and joins on an empty volume. others: those that have all data."""

    ordinal: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DropVolume:
    """A volume of a member that has left."""

    ordinal: int


def config(target: WriteConfig, namespace: str) -> dict[str, str]:
    """Data of the ConfigMap; its keys are environment variables of the pods."""
    return {"INITIAL_CLUSTER": initial_cluster(target.ordinals, namespace), "INITIAL_CLUSTER_STATE": target.state}


def must_wait(pods: Pods, noted: Mapping[str, str]) -> bool:
    """Whether the next seconds may show a member that is to be replaced. Of fewer than three none can be."""
    return bool(pods.undecided) and (pods.replicas or 0) >= 3 and noted.get("INITIAL_CLUSTER_STATE") == EXISTING


def must_ask_etcd(wanted: int, pods: Pods, noted: Mapping[str, str]) -> bool:
    """Whether the list of members is needed to decide. Where nothing is to be done it isn't."""
    if pods.replicas is None or (noted.get("INITIAL_CLUSTER_STATE") == NEW and not pods.all_ready):
        return False
    return pods.replicas != wanted or not pods.all_ready or not is_settled(pods, noted) or any(ordinal >= wanted for ordinal in pods.volumes)


def is_settled(pods: Pods, noted: Mapping[str, str]) -> bool:
    """The ConfigMap says what is."""
    return noted.get("INITIAL_CLUSTER_STATE") == EXISTING and _noted_size(noted) == pods.replicas


def check_room(wanted: int, namespace: str, pods: Pods, *, spread: bool, machines: tuple[Machine, ...] | None, noted: Mapping[str, str]) -> None:
    """Raises NotReady if new members are to be made and the seed has no machines for them now. spread: each needs one of its own."""
    if not spread or machines is None or (pods.replicas is None and noted.get("INITIAL_CLUSTER_STATE") == EXISTING):
        return
    taken = {machine for dummy, machine in pods.places}
    free = [machine.name for machine in usable(machines) if machine.name not in taken]
    new = wanted - (pods.replicas or 0)
    if new > len(free):
        missing = [f"{machine.name} is {machine.trouble}" for machine in machines if machine.trouble and not machine.kept_for_others]
        raise NotReady(f"etcd can't have {wanted} members now", where=f"namespace {namespace}",
                       why=f"each has a machine of the seed of its own, and {len(free)} of the {new} needed are free{_listed(missing)}",
                       fix=f"bring machines back or add some, or write etcd_replicas: {pods.replicas or 1}")


def _listed(lines: list[str]) -> str:
    return f" ({', '.join(lines)})" if lines else ""


def _noted_size(noted: Mapping[str, str]) -> int:
    return len(noted.get("INITIAL_CLUSTER", "").split(","))


def plan_members(wanted: int, namespace: str, pods: Pods, members: tuple[Member, ...] | None, noted: Mapping[str, str]) -> Plan:
    """wanted: size; members: etcd's own list, None if it need not or can't be asked; noted: data of the ConfigMap.

    Raises NotReady if the size is to change while a member is not well.
    """
    if pods.replicas is None or members is None:
        return Plan(tuple(_first(wanted, namespace, pods, noted)))
    return Plan(tuple(_changes(wanted, namespace, pods, members, noted)))


def _first(wanted: int, namespace: str, pods: Pods, noted: Mapping[str, str]) -> list[Step]:
    """Before there is an etcd, and while its first members come up."""
    if pods.replicas is None and noted.get("INITIAL_CLUSTER_STATE") == EXISTING:
        # its StatefulSet is gone, its data isn't: what is noted stays, and with it what pods that lost their volume must not do
        size = _noted_size(noted)
        if size != wanted:
            raise NotReady(f"etcd can't change from {size} to {wanted} members", where=f"namespace {namespace}", why="its StatefulSet does not exist",
                           fix=f"run this with etcd_replicas: {size} first")
        return []
    if pods.replicas is not None and pods.replicas != wanted:
        raise NotReady(f"etcd can't change from {pods.replicas} to {wanted} members", where=f"namespace {namespace}",
                       why="its first members are not all ready yet", fix=f"run this with etcd_replicas: {pods.replicas} until they are")
    return _config_step(WriteConfig(tuple(range(wanted)), NEW if pods.replicas is None else noted.get("INITIAL_CLUSTER_STATE", NEW)), namespace, noted)


def _changes(wanted: int, namespace: str, pods: Pods, members: tuple[Member, ...], noted: Mapping[str, str]) -> list[Step]:
    known = {member.ordinal: member for member in members if member.ordinal is not None}
    voters = {ordinal for ordinal, member in known.items() if member.votes}
    steps: list[Step] = []
    for ordinal, why in pods.broken:
        others = frozenset(known) - {ordinal}
        # with all others well nothing is lost with this one; a learner was on its way in, and is treated as such below
        if len(voters) >= 3 and ordinal in voters and others and others <= pods.ready:
            steps.append(Step(f"Replace member {member_name(ordinal)} of etcd, its volume included ({why})",
                              ReplaceMember(ordinal, tuple(sorted(others)))))
    mended = {step.target.ordinal for step in steps}
    resizing = [ordinal for ordinal in range(wanted) if ordinal not in voters] + [ordinal for ordinal in known if ordinal >= wanted]
    unwell = [ordinal for ordinal in sorted(voters) if ordinal not in pods.ready and ordinal not in mended and ordinal < max(wanted, 1)]
    if resizing and unwell:
        reasons = [line for line in pods.troubles() if line.split()[0] in set(map(member_name, unwell))]
        raise NotReady(f"etcd can't change to {wanted} members", where=f"namespace {namespace}",
                       why=f"not ready: {', '.join(map(member_name, unwell))}; its size changes only while all members are well{_listed(reasons)}",
                       fix="fix that first: kubectl describe and kubectl logs of the pod say more")
    there = set(voters)
    for ordinal in range(wanted):
        if ordinal not in voters:
            steps.append(Step(f"Add member {member_name(ordinal)} to etcd", AddMember(ordinal, tuple(sorted(there)), ordinal not in known)))
            there.add(ordinal)
    for ordinal in sorted({*known, *range(wanted, pods.replicas or 0)}, reverse=True):
        if ordinal >= wanted:
            there.discard(ordinal)
            steps.append(Step(f"Remove member {member_name(ordinal)} from etcd, with its volume", RemoveMember(ordinal, tuple(sorted(there)))))
    # every change of members notes them itself
    if not steps:
        noting = _config_step(WriteConfig(tuple(range(wanted)), EXISTING), namespace, noted)
    elif noted.get("INITIAL_CLUSTER_STATE") == NEW:
        # it has formed, and says so before it changes: a run that is killed halfway would leave what looks like a first start
        noting = _config_step(WriteConfig(tuple(sorted(voters)), EXISTING), namespace, noted)
    else:
        noting = []
    leaving = {step.target.ordinal for step in steps if isinstance(step.target, RemoveMember)}
    left = [Step(f"Remove the volume of etcd's former member {member_name(ordinal)}", DropVolume(ordinal))
            for ordinal in sorted(pods.volumes) if ordinal >= wanted and ordinal not in leaving]
    return [*noting, *steps, *left]


def _config_step(target: WriteConfig, namespace: str, noted: Mapping[str, str]) -> list[Step]:
    if config(target, namespace) == dict(noted):
        return []
    word = "to form a new etcd" if target.state == NEW else "of the etcd that is there"
    return [Step(f"Note the members {word}: {', '.join(map(member_name, target.ordinals))}", target)]
