# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lock of a cluster against a real API: one holder at a time, and never for longer than it lives."""
from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core import lock_store as lease
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import LockHeld, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.lock_store import ClusterLock
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import is_gone, of_process
from api.bare_api import BareApi
from api.resources import Caller

ALICE, BOB = "alice@ops1 pid 11 1/aaaaaaaa", "bob@ops2 pid 22 2/bbbbbbbb"


def held_by(bare_api: BareApi, cluster: str, holder: str, lines: list[str] | None = None) -> ClusterLock:
    return ClusterLock(bare_api.api(), cluster, f"cluster-{cluster}", holder, is_gone=is_gone, progress=(lines if lines is not None else []).append)


def rewrite(lock: ClusterLock, **spec: Any) -> None:
    """Changes the Lease behind the back of its holder. The seed's own stamp of the time becomes now."""
    found = lock.api.get(lease.API, lease.KIND, lease.NAME, lock.namespace)
    lock.api.replace({**found, "spec": {**found["spec"], **spec}})


def run_out(lock: ClusterLock) -> None:
    rewrite(lock, leaseDurationSeconds=1)
    time.sleep(2.1)


def test_the_second_run_fails_at_once_and_names_the_first(bare_api: BareApi, cluster: str):
    assert held_by(bare_api, cluster, ALICE).take()
    with pytest.raises(LockHeld) as error:
        held_by(bare_api, cluster, BOB).take()
    assert re.match(rf"Cluster {cluster} is being changed by alice@ops1 pid 11 "
                    r"\(since \d\d:\d\d:\d\d, lock expires \d\d:\d\d:\d\d\) .*\. Wait for it, and run this again\.$", error.value.line())


def test_all_hosts_of_one_run_hold_it_together_and_write_it_once(bare_api: BareApi, cluster: str):
    with bare_api.watched() as seen:
        first, second = held_by(bare_api, cluster, ALICE), held_by(bare_api, cluster, ALICE)
        assert first.take() and second.take()
        # who takes it anew looks again at what the plan was made of
        assert (first.was_free, second.was_free) == (True, False)
        held_by(bare_api, cluster, ALICE).check()
    assert seen.writes == [f"create leases cluster-{cluster}/cluster-lock"]


@pytest.mark.parametrize("what", ["new", "freed", "expired"])
def test_of_many_that_want_it_at_the_same_moment_one_gets_it(bare_api: BareApi, cluster: str, what: str):
    if what != "new":
        before = held_by(bare_api, cluster, ALICE)
        before.take()
        if what == "freed":
            before.free()
        else:
            run_out(before)
    start, got, refused = threading.Barrier(6), [], []

    def want(holder: str) -> None:
        lock = held_by(bare_api, cluster, holder)
        start.wait()
        try:
            lock.take()
        except LockHeld:
            refused.append(holder)
        else:
            got.append(holder)

    threads = [threading.Thread(target=want, args=(f"user{number}@ops{number} pid {number} 1/cccccccc",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 5)
    lock = held_by(bare_api, cluster, ALICE).read()
    assert lock is not None and lock.holder == got[0]


def test_the_lock_of_a_run_that_ended_on_this_machine_is_taken_over(bare_api: BareApi, cluster: str):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        holder = of_process(other.pid)
        assert held_by(bare_api, cluster, holder).take()
        with pytest.raises(LockHeld, match=f"pid {other.pid}"):
            held_by(bare_api, cluster, ALICE).take()
        assert other.stdin is not None
        other.stdin.close()
    lines: list[str] = []
    assert held_by(bare_api, cluster, ALICE, lines).take()
    assert len(lines) == 1 and f"pid {other.pid}, which has ended" in lines[0]


def test_a_lock_that_ran_out_is_taken_over(bare_api: BareApi, cluster: str):
    bob = held_by(bare_api, cluster, BOB)
    bob.take()
    with pytest.raises(LockHeld):
        held_by(bare_api, cluster, ALICE).take()
    run_out(bob)
    lines: list[str] = []
    alice = held_by(bare_api, cluster, ALICE, lines)
    alice.check()
    assert alice.take()
    assert lines == [f"Take over the lock of cluster {cluster} from bob@ops2 pid 22, which let it expire"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_of_the_seed_counts(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch, hours: int):
    """Bob's clock is wrong, Alice's is wrong in the other direction, and yet the lock is held for as long as it lives."""
    right = lease.now
    bob, alice = held_by(bare_api, cluster, BOB), held_by(bare_api, cluster, ALICE)
    monkeypatch.setattr(lease, "now", lambda: right() - timedelta(hours=hours))
    bob.take()
    monkeypatch.setattr(lease, "now", lambda: right() + timedelta(hours=hours))
    with bare_api.watched() as seen, pytest.raises(LockHeld):
        alice.take()
    assert seen.writes == []
    run_out(bob)
    assert alice.take()


def test_a_run_that_lost_its_lock_stops(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "RENEW_AFTER", timedelta(seconds=0.05))
    alice = held_by(bare_api, cluster, ALICE)
    alice.take()
    with alice.renewed():
        alice.still_held()
        rewrite(alice, holderIdentity=BOB)
        thread = next(one for one in threading.enumerate() if one.name == "cluster-lock")
        thread.join(timeout=10)
        with pytest.raises(LockHeld, match="bob@ops2"):
            alice.still_held()


def test_the_lock_of_another_pid_namespace_is_not_taken_over(bare_api: BareApi, cluster: str):
    """Two containers of one machine that have its name: neither sees the processes of the other."""
    code = "import sys; sys.path[:0] = sys.argv[1:]; import conftest, os\n" \
           "from ansible_collections.kubermatic.caas.plugins.module_utils._system.run_identity import of_process\n" \
           "print(of_process(os.getpid()), flush=True); input()"
    with subprocess.Popen(["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", code, str(Path(__file__).parents[1])],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as container:
        assert container.stdin is not None and container.stdout is not None
        holder = container.stdout.readline().strip()
        assert " pid 1 " in holder
        # process 1 is here another one, and began at another moment
        assert not is_gone(holder)
        held_by(bare_api, cluster, holder).take()
        with pytest.raises(LockHeld, match="pid 1"):
            held_by(bare_api, cluster, of_process(os.getpid())).take()
        container.stdin.close()


def asleep(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    right = lease.passing
    monkeypatch.setattr(lease, "passing", lambda: right() + seconds)


def test_who_slept_and_lost_the_lock_writes_nothing_more(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch):
    caller = Caller(bare_api.kubeconfig(), cluster, holder=ALICE)
    resource = caller.resource(ClusterRecordResource, phase="Creating")
    with resource.locked(Plan()):
        rewrite(held_by(bare_api, cluster, ALICE), holderIdentity=BOB)
        asleep(monkeypatch, 1000)
        with bare_api.watched() as seen, pytest.raises(LockHeld, match="bob@ops2"):
            resource.seed.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late", "namespace": f"cluster-{cluster}"}})
        assert seen.writes == []
        with bare_api.watched() as seen, pytest.raises(LockHeld):
            resource.seed.delete("v1", "ConfigMap", "late", f"cluster-{cluster}")
        assert seen.writes == []
    assert [line for line in caller.lines if "The lock is lost, so this run changes nothing more" in line]


def test_who_slept_and_still_has_the_lock_goes_on(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch):
    caller = Caller(bare_api.kubeconfig(), cluster, holder=ALICE)
    resource = caller.resource(ClusterRecordResource, phase="Creating")
    with resource.locked(Plan()):
        rewrite(held_by(bare_api, cluster, ALICE), renewTime=lease.written(lease.now() - timedelta(seconds=1000)))
        asleep(monkeypatch, 1000)
        with bare_api.watched() as seen:
            resource.seed.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late", "namespace": f"cluster-{cluster}"}})
    place = f"cluster-{cluster}"
    assert seen.writes == [f"update leases {place}/cluster-lock", f"patch configmaps {place}/late"]


@pytest.mark.parametrize("error", [ValueError("Expecting value: line 1"), KeyError("metadata"), RuntimeError("x"), Unreachable("It is away")])
def test_renewing_outlives_any_error(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch, error: Exception):
    monkeypatch.setattr(lease, "RENEW_AFTER", timedelta(seconds=0.05))
    alice = held_by(bare_api, cluster, ALICE)
    alice.take()
    rewrite(alice, renewTime=lease.written(lease.now() - timedelta(seconds=200)))
    read, errors, written = alice._lease, [error, error], threading.Event()

    def broken() -> Any:
        if errors:
            raise errors.pop()
        return read()

    replace = alice.api.replace
    monkeypatch.setattr(alice, "_lease", broken)
    monkeypatch.setattr(alice.api, "replace", lambda manifest: (replace(manifest), written.set()))
    with alice.renewed():
        assert written.wait(10)
    assert errors == []


def test_a_seed_that_is_away_for_longer_than_a_lock_lives_has_perhaps_given_it_to_another(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch):
    alice = held_by(bare_api, cluster, ALICE)
    alice.take()

    def away() -> Any:
        raise Unreachable("It is away")

    monkeypatch.setattr(alice, "_lease", away)
    asleep(monkeypatch, 250)
    with pytest.raises(Unreachable):
        alice.still_held()
    asleep(monkeypatch, 250)
    with pytest.raises(LockHeld, match=r"may be another's by now.*could not be renewed for 50"):
        alice.still_held()


def test_it_is_renewed_while_work_goes_on(bare_api: BareApi, cluster: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "RENEW_AFTER", timedelta(seconds=0.05))
    alice = held_by(bare_api, cluster, ALICE)
    alice.take()
    rewrite(alice, renewTime=lease.written(lease.now() - timedelta(seconds=200)))
    written = threading.Event()
    replace = alice.api.replace
    monkeypatch.setattr(alice.api, "replace", lambda manifest: (replace(manifest), written.set()))
    with alice.renewed():
        assert written.wait(10)
    lock = alice.read()
    assert lock is not None and lock.renewed is not None and lease.now() - lock.renewed < timedelta(seconds=60)


def test_freeing(bare_api: BareApi, cluster: str):
    alice, bob = held_by(bare_api, cluster, ALICE), held_by(bare_api, cluster, BOB)
    assert alice.free() is False
    alice.take()
    assert bob.free() is False
    assert alice.free() is True
    assert alice.free() is False
    assert bob.take()


def test_without_a_namespace_there_is_nothing_to_lock(bare_api: BareApi):
    assert held_by(bare_api, "nowhere", ALICE).take() is False


def test_resources_take_it_with_their_first_write_and_leave_it(bare_api: BareApi, cluster: str):
    caller = Caller(bare_api.kubeconfig(), cluster, holder=of_process(os.getpid()))
    with bare_api.watched() as seen:
        assert caller.call(ClusterRecordResource, phase="Creating")["changed"]
        assert not caller.call(ClusterRecordResource, phase="Creating")["changed"]
    place = f"cluster-{cluster}"
    assert seen.writes == [f"create leases {place}/cluster-lock", f"create configmaps {place}/cluster-record"]
    lock = caller.resource(ClusterRecordResource).lock.read()
    assert lock is not None and lock.holder == caller.holder


def test_a_resource_frees_it_once(bare_api: BareApi, cluster: str):
    caller = Caller(bare_api.kubeconfig(), cluster)
    other = Caller(bare_api.kubeconfig(), cluster, holder=BOB)
    with bare_api.watched() as seen:
        assert not caller.call(ClusterLockResource, state="free")["changed"]
        assert caller.call(ClusterLockResource, check_mode=True)["steps"] == [f"Take the lock of cluster {cluster}"]
    assert seen.writes == []
    assert caller.call(ClusterLockResource)["holder"] == caller.holder
    assert not caller.call(ClusterLockResource)["changed"]
    with pytest.raises(LockHeld):
        other.call(ClusterLockResource, check_mode=True)
    assert not other.call(ClusterLockResource, state="free")["changed"]
    with pytest.raises(LockHeld):
        other.call(ClusterRecordResource, phase="Running")
    assert caller.call(ClusterLockResource, state="free")["changed"]
    with bare_api.watched() as seen:
        assert not caller.call(ClusterLockResource, state="free")["changed"]
    assert seen.writes == []
    assert other.call(ClusterRecordResource, phase="Running")["changed"]
