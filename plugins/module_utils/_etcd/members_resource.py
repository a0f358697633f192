# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Brings etcd to its size, member by member, and replaces a member that lost its data."""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import members as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import Etcdctl, EtcdRefused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import Member, Pods, member_name, peer_url
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.options import ETCD_MEMBERS
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine, must_spread
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import pods_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods_client import STATEFUL_SET, EtcdReader, grow
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.volumes import GrowVolume, RemakeStatefulSet, plan_volumes, remade
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Telling
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import LABEL_SET

POLL = 0.5
# a container that ends at once is started anew after 0, 10 and 20 s, and has then ended often enough
PATIENCE = 90


@dataclass(frozen=True, slots=True)
class Observed:
    """members is None where etcd was not asked. machines: of the seed, None where they were not needed or may not be seen. volumes: what lets them grow."""

    pods: Pods
    noted: dict[str, str]
    members: tuple[Member, ...] | None
    machines: tuple[Machine, ...] | None = None
    spread: bool = False
    volumes: tuple[Step, ...] = ()


class EtcdMembersResource(SteppingResource, ClusterResource):
    OPTIONS = ETCD_MEMBERS

    @cached_property
    def reader(self) -> EtcdReader:
        return EtcdReader(self.seed, self.namespace)

    def observe(self) -> Observed:
        noted = dict((self.seed.get("v1", "ConfigMap", decide.CONFIG_MAP, self.namespace) or {}).get("data") or {})
        pods = self.decided(noted)
        wanted = self.params["etcd_replicas"]
        machines = self.reader.machines() if pods.replicas != wanted or not (pods.all_ready and pods.spread) else None
        pods = pods if pods.all_ready else self.reader.explained(machines)
        asks = decide.must_ask_etcd(wanted, pods, noted)
        # an etcd whose StatefulSet is gone may have members that share a machine
        unseen = pods.replicas is None and noted.get("INITIAL_CLUSTER_STATE") == decide.EXISTING
        live = pods.spread if pods.replicas is not None or unseen else None
        return Observed(pods, noted, self.etcdctl(pods.ready).members() if asks and pods.ready else None, machines,
                        must_spread(wanted, live, pods.shared or unseen, machines), self.volumes())

    def volumes(self) -> tuple[Step, ...]:
        size = self.params["etcd_storage"]
        seen = self.reader.seen() if size else None
        return tuple(plan_volumes(size, seen.stateful_set, seen.claims)) if seen else ()

    def decided(self, noted: dict[str, str]) -> Pods:
        """The pods, when each of them serves steadily or won't: a member that lost its data must be seen as such in whatever moment a run begins."""
        begin, telling = time.monotonic(), Telling()
        while decide.must_wait(pods := self.pods(), noted) and (now := time.monotonic()) - begin < PATIENCE:
            doubts = "; ".join(f"{member_name(ordinal)}: {why}" for ordinal, why in pods.undecided)
            if line := telling.line(f"to see whether all members of etcd serve: {doubts}", now - begin):
                self.progress(line)
            time.sleep(POLL)
        return pods

    def pods(self) -> Pods:
        seen = self.reader.seen()
        return pods_of(seen) if seen else Pods()

    def etcdctl(self, ready: frozenset[int]) -> Etcdctl:
        return Etcdctl(self.seed, self.namespace, min(ready))

    def plan(self, observed: Observed) -> Plan:
        wanted = self.params["etcd_replicas"]
        decide.check_room(wanted, self.namespace, observed.pods, spread=observed.spread, machines=observed.machines, noted=observed.noted)
        for line in observed.pods.troubles():
            self.progress(line)
        members = decide.plan_members(wanted, self.namespace, observed.pods, observed.members, observed.noted)
        return Plan((*observed.volumes, *members))

    def apply_step(self, step: Step) -> None:
        match step.target:
            case decide.WriteConfig():
                self.note(step.target)
            case decide.AddMember(ordinal, before, afresh):
                self.add(ordinal, before, afresh=afresh)
            case decide.RemoveMember(ordinal, after):
                self.remove(ordinal, after)
            case decide.ReplaceMember(ordinal, others):
                self.leave(ordinal, others)
                self.drop_volume(ordinal)
                self.drop_pod(ordinal)
                self.join(ordinal, others)
            case decide.DropVolume(ordinal):
                self.drop_volume(ordinal)
            case GrowVolume(ordinal, size):
                grow(self.seed, self.namespace, ordinal, size)
            case RemakeStatefulSet(size):
                self.remake(size)

    def remake(self, size: str) -> None:
        """Its pods lose their owner for a moment, and get the new one. Killed in between, the set of manifests makes it."""
        live = self.reader.stateful_set()
        if live is None:
            return
        self.seed.delete("apps/v1", "StatefulSet", STATEFUL_SET, self.namespace, uid=live["metadata"]["uid"], orphan=True)
        self.until("the former StatefulSet of etcd is gone", lambda: "it is still there" if self.reader.stateful_set() else "")
        self.seed.apply(remade(live, size))

    def note(self, target: decide.WriteConfig) -> None:
        self.seed.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": decide.config(target, self.namespace),
                         "metadata": {"name": decide.CONFIG_MAP, "namespace": self.namespace,
                                      "labels": {**labels(self.cluster), LABEL_SET: decide.CONFIG_MAP}}})

    def add(self, ordinal: int, before: tuple[int, ...], *, afresh: bool) -> None:
        pods = self.pods()
        if afresh and ordinal in pods.volumes:
            self.drop_volume(ordinal)
            if (pods.replicas or 0) > ordinal:
                self.drop_pod(ordinal)
        self.join(ordinal, before)

    def join(self, ordinal: int, before: tuple[int, ...]) -> None:
        """As a learner first, which doesn't count for the majority: a pod that never comes up can't stop the others."""
        etcd = self.etcdctl(frozenset(before))
        # noted first: a run that is killed after the next line leaves a trace that the next run sees without asking etcd
        self.note(decide.WriteConfig(tuple(sorted({*before, ordinal})), decide.EXISTING))
        self.until(f"etcd has added {member_name(ordinal)} as a member", lambda: self.added(etcd, ordinal))
        if (self.scale_now() or 0) <= ordinal:
            self.scale(ordinal + 1)
        self.until(f"{member_name(ordinal)} has all data", lambda: self.promoted(etcd, ordinal))
        self.until(f"{member_name(ordinal)} is ready", lambda: "" if ordinal in self.pods().ready else "its pod is not ready")
        self.progress(f"{member_name(ordinal)} is a member that votes")

    def added(self, etcd: Etcdctl, ordinal: int) -> str:
        """"", or why it isn't yet."""
        if self.member(etcd, ordinal):
            return ""
        return trouble(lambda: etcd.add_learner(member_name(ordinal), peer_url(ordinal, self.namespace)))

    def promoted(self, etcd: Etcdctl, ordinal: int) -> str:
        """"", or why it isn't yet."""
        member = self.member(etcd, ordinal)
        if member is None:
            return "it is not in the list of members"
        return "" if member.votes else trouble(lambda: etcd.promote(member.id))

    def remove(self, ordinal: int, after: tuple[int, ...]) -> None:
        self.leave(ordinal, after)
        self.note(decide.WriteConfig(after, decide.EXISTING))
        if (self.scale_now() or 0) > ordinal:
            self.scale(ordinal)
        self.until(f"{member_name(ordinal)} has ended",
                   lambda: "its pod is still there" if self.seed.get("v1", "Pod", member_name(ordinal), self.namespace) else "")
        self.drop_volume(ordinal)

    def leave(self, ordinal: int, others: tuple[int, ...]) -> None:
        etcd = self.etcdctl(frozenset(others))
        self.until(f"etcd has removed {member_name(ordinal)} as a member", lambda: self.removed(etcd, ordinal))

    def removed(self, etcd: Etcdctl, ordinal: int) -> str:
        """"", or why it isn't yet."""
        member = self.member(etcd, ordinal)
        return trouble(lambda: etcd.remove(member.id)) if member else ""

    def member(self, etcd: Etcdctl, ordinal: int) -> Member | None:
        return next((member for member in etcd.members() if member.ordinal == ordinal), None)

    def scale_now(self) -> int | None:
        return self.pods().replicas

    def scale(self, replicas: int) -> None:
        self.seed.patch("apps/v1", "StatefulSet", STATEFUL_SET, self.namespace, {"spec": {"replicas": replicas}})

    def drop_volume(self, ordinal: int) -> None:
        """The claim goes as soon as its pod does."""
        self.seed.delete("v1", "PersistentVolumeClaim", f"data-{member_name(ordinal)}", self.namespace)

    def drop_pod(self, ordinal: int) -> None:
        self.seed.delete("v1", "Pod", member_name(ordinal), self.namespace, grace_period=0)

    def until(self, what: str, trouble: Callable[[], str]) -> None:
        """Waits. trouble: why it is not so yet, "" when it is."""
        begin, telling = time.monotonic(), Telling()
        while why := trouble():
            now = time.monotonic()
            if now - begin > self.params["wait_timeout"]:
                raise NotReady(f"Not seen after {now - begin:.0f} s: {what}", where=f"namespace {self.namespace}", why=why,
                               fix="check the pods of etcd there; the next run continues from here")
            if line := telling.line(f"until {what}: {why}", now - begin):
                self.progress(line)
            self.must_hold_lock()
            time.sleep(POLL)

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        """formed: the first members are together, and the pods know. leave: what the set of manifests must not touch now."""
        away = observed.pods.away() if observed.pods.serve else []
        # a look at what is to be made anew would only find that it can't change
        unmade = self.check_mode and any(isinstance(step.target, RemakeStatefulSet) for step in plan)
        return {"formed": observed.noted.get("INITIAL_CLUSTER_STATE") == decide.EXISTING, "spread": observed.spread, "away": away,
                "leave": [f"StatefulSet/{STATEFUL_SET}"] if away or unmade else []}


def trouble(change: Callable[[], None]) -> str:
    """"" if etcd made the change, else why it won't yet: all members must have been together for some seconds."""
    try:
        change()
    except EtcdRefused as error:
        return error.why
    return ""
