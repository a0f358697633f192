# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looks after etcd: makes it smaller member by member, and takes back the alarm of one that was full."""
from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import upkeep as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import MINUTES, Etcdctl, EtcdRefused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods, member_name
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.options import ETCD_MAINTENANCE
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import pods_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods_client import EtcdReader
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.status import etcd_status, quota_of, size

POLL = 1.0
TELL_EVERY_SECONDS = 10.0
NO_PODS = Pods()


@dataclass(frozen=True, slots=True)
class Observed:
    """quota: bytes that the database may have. objects: the pods as the seed shows them."""

    pods: Pods = NO_PODS
    members: tuple[MemberStatus, ...] = ()
    quota: int = 0
    objects: tuple[dict[str, Any], ...] = ()


class EtcdMaintenanceResource(SteppingResource, ClusterResource):
    OPTIONS = ETCD_MAINTENANCE

    @cached_property
    def reader(self) -> EtcdReader:
        return EtcdReader(self.seed, self.namespace)

    def observe(self) -> Observed:
        self.reach_seed()
        seen = self.reader.seen()
        if seen is None:
            return Observed()
        pods = pods_of(seen)
        pods = pods if pods.all_ready else self.reader.explained(self.reader.machines())
        return Observed(pods, self.members(pods), quota_of(seen.stateful_set), seen.pods)

    def members(self, pods: Pods) -> tuple[MemberStatus, ...]:
        """Those that answer."""
        if not pods.ready:
            return ()
        try:
            return self.etcdctl(min(pods.ready)).status(pods.ready)
        except EtcdRefused:
            return ()

    def etcdctl(self, through: int) -> Etcdctl:
        return Etcdctl(self.seed, self.namespace, through)

    def plan(self, observed: Observed) -> Plan:
        plan, undone = self.upkeep(observed)
        for line in undone:
            self.progress(line)
        return plan

    def upkeep(self, observed: Observed) -> tuple[Plan, list[str]]:
        """The plan, and what is left undone."""
        return decide.plan_upkeep(self.cluster, observed.pods, observed.members, observed.quota, interruption=self.params["interruption"])

    def apply(self, observed: Observed, plan: Plan) -> None:
        self.ordinals = sorted(member.ordinal for member in observed.members)
        self.quota = observed.quota
        super().apply(observed, plan)

    def apply_step(self, step: Step) -> None:
        match step.target:
            case decide.Compact(revision):
                self.etcdctl(self.ordinals[0]).compact(revision)
            case decide.Defragment(ordinal, needed):
                self.defragment(ordinal, needed=needed)
            case decide.Disarm(quota):
                decide.check_room(self.cluster, self.all_members(), quota)
                self.etcdctl(self.ordinals[0]).disarm()

    def defragment(self, ordinal: int, *, needed: bool) -> None:
        """Only while all others answer. The leader hands over first: the others would have to notice that it is silent."""
        members = self.all_members()
        before = next(member for member in members if member.ordinal == ordinal)
        if not needed and not decide.is_worthwhile(before, self.quota):
            return
        others = [member for member in members if member.ordinal != ordinal]
        if before.leads and others:
            self.etcdctl(ordinal).lead(others[0].id)
        begin = time.monotonic()
        self.telling(f"{member_name(ordinal)} is being defragmented", lambda: self.until_done(ordinal))
        after = next(member for member in self.all_members() if member.ordinal == ordinal)
        self.progress(f"{member_name(ordinal)} has {size(after.size)} instead of {size(before.size)} after {time.monotonic() - begin:.1f} s")

    def until_done(self, ordinal: int) -> None:
        """A connection that is cut, by a proxy for instance, doesn't end the defragmentation."""
        try:
            self.etcdctl(ordinal).defragment(timeout=MINUTES)
        except Unreachable as error:
            self.progress(f"{error.line()} Waiting for {member_name(ordinal)} to answer again.")

    def telling(self, what: str, work: Callable[[], None]) -> None:
        """Does it, and says from time to time that it goes on."""
        begin = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(work)
            while True:
                try:
                    return future.result(timeout=TELL_EVERY_SECONDS)
                except StillRunning:
                    if future.done():
                        raise
                    self.progress(f"{what}, for {time.monotonic() - begin:.0f} s now")

    def all_members(self) -> tuple[MemberStatus, ...]:
        """Waits until each of them answers."""
        begin = told = time.monotonic()
        while True:
            self.must_hold_lock()
            found = self.members(Pods(ready=frozenset(self.ordinals)))
            silent = sorted({*self.ordinals} - {member.ordinal for member in found})
            if not silent:
                return found
            now = time.monotonic()
            if now - begin > MINUTES:
                raise NotReady(f"Not seen after {now - begin:.0f} s: {', '.join(map(member_name, silent))} answers", where=f"namespace {self.namespace}",
                               fix="check the pods of etcd there; the next run continues from here")
            if now - told > TELL_EVERY_SECONDS:
                told = now
                self.progress(f"still waiting after {now - begin:.0f} s until {', '.join(map(member_name, silent))} answers")
            time.sleep(POLL)

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        """As it is now; in check mode and without changes that is what was observed."""
        members = observed.members if self.check_mode or not plan else self.members(Pods(ready=frozenset(self.ordinals)))
        return {"undone": self.upkeep(observed)[1], "etcd": etcd_status(self.cluster, observed.pods, observed.objects, observed.quota, members or None)}
