# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lock of a cluster as a Lease in its namespace: taken by compare-and-swap, renewed while work goes on, never taken from the living."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import labels
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, LockHeld, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock import DURATION, RENEW_AFTER, Lock, held_by_another, person
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi

API, KIND, NAME = "coordination.k8s.io/v1", "Lease", "cluster-lock"
# runs of one ansible-playbook write the same Lease at the same moment: each attempt that fails means that another succeeded
ATTEMPTS = 20
# between two looks of the renewing thread at the clock
LOOK_SECONDS = 5.0
# the lock is sure for so long after it was written: the seed may be slow, and what is begun now takes its time
SURE = DURATION * 0.7


def now() -> datetime:
    return datetime.now(UTC)


def passing() -> float:
    """Seconds that pass also while this machine sleeps."""
    try:
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):
        return time.monotonic()


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def lock_of(lease: dict[str, Any]) -> Lock:
    spec = lease.get("spec") or {}
    stamps = [moment(entry.get("time")) for entry in lease["metadata"].get("managedFields") or []]
    return Lock(holder=spec.get("holderIdentity") or "", acquired=moment(spec.get("acquireTime")), renewed=moment(spec.get("renewTime")),
                written=max((stamp for stamp in stamps if stamp), default=None),
                duration=timedelta(seconds=spec.get("leaseDurationSeconds") or DURATION.total_seconds()))


class ClusterLock:
    """The lock of one cluster, as one run sees it. Safe to use from two threads and from many processes of the same run."""

    def __init__(self, api: KubeApi, cluster: str, namespace: str, holder: str, *,
                 is_gone: Callable[[str], bool], progress: Callable[[str], None]) -> None:
        """is_gone: tells whether the run of a holder has certainly ended; progress: prints one line."""
        self.api, self.cluster, self.namespace, self.holder = api, cluster, namespace, holder
        self.is_gone, self.progress = is_gone, progress
        self.lost: LockHeld | None = None
        # when the lock was last known to be ours, None as long as it was not taken
        self._known: float | None = None
        self._checking, self._renewing = threading.RLock(), False
        # whether the last take() found that this run did not hold it
        self.was_free = False

    def read(self) -> Lock | None:
        lease = self._lease()
        return lock_of(lease) if lease else None

    def check(self) -> None:
        """Raises LockHeld if another live run holds the lock. Sends no write request."""
        lock = self.read()
        if lock and self._is_anothers(lock) and not lock.is_expired(now() + self.api.ahead):
            raise held_by_another(self.cluster, lock, now(), where=self._where())

    def take(self) -> bool:
        """Holds the lock, or raises LockHeld. False if there is no namespace yet, and so nothing to lock."""
        self.was_free, self.lost, self._known = False, None, None
        for _attempt in range(ATTEMPTS):
            begin, lease = passing(), self._lease()
            self.was_free |= lease is None or lock_of(lease).holder != self.holder
            try:
                if lease is None:
                    self.api.create(self._new())
                elif not self._take_over(lease):
                    begin -= lock_of(lease).age(now())
            except ApiError as error:
                if error.status == 409:
                    continue
                if error.status == 404 and lease is None:
                    return False
                raise
            self._known = begin
            return True
        raise LockHeld(f"The lock of cluster {self.cluster} can't be taken, because other processes keep changing it", where=self._where(),
                       fix="find out which ones, then run this again")

    def free(self) -> bool:
        """Gives the lock back if this run holds it. False if there was nothing to give back."""
        lease = self._lease()
        if lease is None or lock_of(lease).holder != self.holder:
            return False
        spec = {**lease["spec"], "holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": written(now())}
        try:
            self.api.replace({**lease, "spec": spec})
        except ApiError as error:
            if error.status == 404:
                return False
            if error.status != 409:
                raise
            return self.free()
        return True

    @contextmanager
    def renewed(self) -> Iterator[ClusterLock]:
        """While inside, a thread renews the lock."""
        end = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(end,), name="cluster-lock", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            end.set()
            thread.join(timeout=5)
            self._known = None

    def still_held(self) -> None:
        """To be called before each write. Raises LockHeld if another run has the lock, or may have it: this machine may have slept."""
        with self._checking:
            if self._renewing:
                return
            if self.lost:
                raise self.lost
            if self._known is not None and passing() - self._known > SURE.total_seconds():
                self._renew()

    def _renew_until(self, end: threading.Event) -> None:
        while not end.wait(min(LOOK_SECONDS, RENEW_AFTER.total_seconds())) and not self.lost:
            if self._known is None or passing() - self._known < RENEW_AFTER.total_seconds():
                continue
            # the seed may be away for a moment, or something in between may answer in its place; the lock outlasts several attempts
            with self._checking, suppress(Exception):
                self._renew()

    def _renew(self) -> None:
        """Raises LockHeld, which is also remembered, if the lock is or may be another's."""
        self._renewing = True
        try:
            self._known = self._renewed_at()
        except LockHeld as error:
            self._lose(error)
        except Exception as error:
            silent = passing() - (self._known or 0.0)
            if silent > DURATION.total_seconds():
                self._lose(LockHeld(f"The lock of cluster {self.cluster} may be another's by now", where=self._where(),
                                    why=f"it could not be renewed for {silent:.0f} s ({error})", fix="run this again, it resumes where it stopped"))
            raise
        finally:
            self._renewing = False

    def _renewed_at(self) -> float:
        """When the lock was certainly ours."""
        for attempt in range(ATTEMPTS):
            begin, lease = passing(), self._lease()
            try:
                if lease is None:
                    # it was deleted, or the namespace is terminating, and then no run can take it
                    with suppress(Refused):
                        self.api.create(self._new())
                elif not self._take_over(lease, takes=False):
                    begin -= lock_of(lease).age(now())
            except ApiError as error:
                if error.status == 409 and attempt < ATTEMPTS - 1:
                    continue
                if error.status != 404:
                    raise
            return begin
        return begin

    def _lose(self, error: LockHeld) -> None:
        if self.lost is None:
            self.lost = error
            self.progress(f"The lock is lost, so this run changes nothing more. {error.line()}")
        raise self.lost

    def _take_over(self, lease: dict[str, Any], *, takes: bool = True) -> bool:
        """Writes our name and the time into the Lease; False if that was not needed. takes: also if another's run ended."""
        lock, moment_now = lock_of(lease), now()
        ours = lock.holder == self.holder
        if ours and lock.is_fresh(moment_now):
            return False
        if not lock.holder and not takes:
            raise LockHeld(f"The lock of cluster {self.cluster} was released while this run still needed it", where=self._where(),
                           fix="run this again, it resumes where it stopped")
        if not ours and (not takes or (self._is_anothers(lock) and not lock.is_expired(self._now_of_seed()))):
            raise held_by_another(self.cluster, lock, moment_now, where=self._where())
        spec = {**(lease.get("spec") or {}), "holderIdentity": self.holder, "renewTime": written(moment_now),
                "leaseDurationSeconds": int(DURATION.total_seconds())}
        if not ours:
            spec["acquireTime"] = written(moment_now)
            spec["leaseTransitions"] = (spec.get("leaseTransitions") or 0) + 1
        self.api.replace({**lease, "spec": spec})
        if lock.holder and not ours:
            why = "which has ended" if self.is_gone(lock.holder) else "which let it expire"
            self.progress(f"Take over the lock of cluster {self.cluster} from {person(lock.holder)}, {why}")
        return True

    def _is_anothers(self, lock: Lock) -> bool:
        """Held by a run that may still go on."""
        return bool(lock.holder) and lock.holder != self.holder and not self.is_gone(lock.holder)

    def _now_of_seed(self) -> datetime:
        """The time by the clock of the seed: it stamps what it would create."""
        draft = self._new()
        draft["metadata"] = {"generateName": f"{NAME}-", "namespace": self.namespace}
        return moment(self.api.create(draft, dry_run=True)["metadata"].get("creationTimestamp")) or now()

    def _lease(self) -> dict[str, Any] | None:
        return self.api.get(API, KIND, NAME, self.namespace)

    def _new(self) -> dict[str, Any]:
        moment_now = written(now())
        return {"apiVersion": API, "kind": KIND, "metadata": {"name": NAME, "namespace": self.namespace, "labels": labels(self.cluster)},
                "spec": {"holderIdentity": self.holder, "acquireTime": moment_now, "renewTime": moment_now, "leaseTransitions": 0,
                         "leaseDurationSeconds": int(DURATION.total_seconds())}}

    def _where(self) -> str:
        return f"Lease {self.namespace}/{NAME} on {self.api.server}"
