# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""etcd_maintenance with three real members that are full. They are processes, so that etcdctl runs beside them instead of in their pods."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.etcdctl_client import Etcdctl, client_url
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.maintenance_resource import EtcdMaintenanceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import Evidence, loss
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.pod_exec_client import Ended
from api.bare_api import BareApi, free_port, program
from api.clusters import running
from api.resources import Caller
from api.test_etcd_members import LABELS
from api.test_info import set_status

MIB = 2**20
QUOTA = 24 * MIB


class Etcds:
    """Three members on loopback addresses."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.ports, self.peers = directory, [free_port() for dummy in range(3)], [free_port() for dummy in range(3)]
        cluster = ",".join(f"etcd-{number}=http://127.0.0.1:{port}" for number, port in enumerate(self.peers))
        self.cluster = cluster
        self.processes = [self.started(number) for number in range(3)]

    def started(self, number: int, *words: str) -> subprocess.Popen[bytes]:
        client, peer = self.url(number), f"http://127.0.0.1:{self.peers[number]}"
        with (self.directory / f"etcd-{number}.log").open("wb") as log:
            return subprocess.Popen([
                program("etcd"), f"--name=etcd-{number}", f"--data-dir={self.directory}/etcd-{number}", f"--listen-client-urls={client}",
                f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
                f"--initial-cluster={self.cluster}", f"--quota-backend-bytes={QUOTA}", "--feature-gates=InitialCorruptCheck=true,CompactHashCheck=true",
                *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def restarted(self, number: int, *, emptied: bool, words: tuple[str, ...] = ()) -> str:
        """The log of a member that was killed and started again, as its pod would start it, when it has ended or after some seconds."""
        self.processes[number].kill()
        self.processes[number].wait()
        if emptied:
            shutil.rmtree(self.directory / f"etcd-{number}")
        self.processes[number] = self.started(number, "--initial-cluster-state=existing", *words)
        end = time.monotonic() + 15
        while self.processes[number].poll() is None and time.monotonic() < end:
            time.sleep(0.2)
        return (self.directory / f"etcd-{number}.log").read_text()

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def ctl(self, *words: str, endpoints: str = "", data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([program("etcdctl"), f"--endpoints={endpoints or self.url(0)}", *words], input=data, capture_output=True, check=False)

    def leader(self) -> int:
        said = json.loads(self.ctl("endpoint", "status", "-w", "json", endpoints=",".join(map(self.url, range(3)))).stdout)
        return next(self.ports.index(urlsplit(one["Endpoint"]).port) for one in said if one["Status"]["leader"] == one["Status"]["header"]["member_id"])

    def url(self, ordinal: int) -> str:
        return f"http://127.0.0.1:{self.ports[ordinal]}"

    def fill(self, keys: int, size: int = MIB, begin: int = 0) -> str:
        """The first complaint. keys: how many there are, which change all the time."""
        for number in range(begin, begin + 500):
            done = self.ctl("put", f"key-{number % keys}", data=os.urandom(size))
            if done.returncode:
                return done.stderr.decode()
        raise AssertionError("it is never full")


@pytest.fixture
def etcds(tmp_path: Path) -> Iterator[Etcds]:
    found = Etcds(tmp_path)
    try:
        end = time.monotonic() + 60
        while found.ctl("endpoint", "health", endpoints=",".join(map(found.url, range(3)))).returncode:
            assert time.monotonic() < end, (tmp_path / "etcd-0.log").read_text()[-2000:]
            time.sleep(0.3)
        yield found
    finally:
        found.stop()


@pytest.fixture
def caller(bare_api: BareApi, cluster: str, etcds: Etcds, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A cluster whose etcd is this one, as far as its seed shows."""
    one, api = running(bare_api, f"full-{cluster}"), bare_api.api("system:setup")
    namespace = f"cluster-{one.cluster}"
    container = {"name": "etcd", "image": "etcd:1", "command": ["etcd", f"--quota-backend-bytes={QUOTA}"],
                 "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True,
                                     "seccompProfile": {"type": "RuntimeDefault"}}}
    api.create({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "etcd", "namespace": namespace, "labels": LABELS},
                "spec": {"serviceName": "etcd", "replicas": 3, "selector": {"matchLabels": LABELS},
                         "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}}})
    for number in range(3):
        api.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"etcd-{number}", "namespace": namespace, "labels": LABELS},
                    "spec": {"containers": [container], "automountServiceAccountToken": False}})
        set_status(bare_api, f"/api/v1/namespaces/{namespace}/pods/etcd-{number}", {"conditions": [{"type": "Ready", "status": "True"}]})

    def ended(self: Etcdctl, *words: str, timeout: float, endpoints: str = "") -> Ended:
        """Like in the pod: without endpoints it is the member of the pod. Answers carry the names that the seed knows."""
        del timeout
        for number in range(3):
            endpoints = endpoints.replace(client_url(number, namespace), etcds.url(number))
        done = etcds.ctl("-w", "json", *words, endpoints=endpoints or etcds.url(int(self.pod.rpartition("-")[2])))
        output = done.stdout.decode()
        for number in range(3):
            output = output.replace(etcds.url(number), client_url(number, namespace))
        return Ended(done.returncode, output, done.stderr.decode())

    monkeypatch.setattr(Etcdctl, "ended", ended)
    return one


def leader(result: dict[str, Any]) -> str:
    """The member that was defragmented last."""
    return [step.split()[1].rstrip(",") for step in result["steps"] if step.startswith("Defragment")][-1]


def full(etcd: Etcdctl) -> tuple[MemberStatus, ...]:
    """What the members say when each has read in the log of raft what the leader already knew as it refused to write."""
    end = time.monotonic() + 20
    while True:
        statuses = etcd.status(range(3))
        # how large a file is differs from member to member, by what each wrote at once
        if all("NOSPACE" in member.alarms for member in statuses):
            return statuses
        assert time.monotonic() < end, statuses
        time.sleep(0.1)


def test_an_etcd_that_is_full_can_be_written_to_again(caller: Caller, etcds: Etcds):
    assert "database space exceeded" in etcds.fill(keys=3)
    statuses = full(Etcdctl(None, f"cluster-{caller.cluster}", 0))
    looked = caller.call(EtcdMaintenanceResource, check_mode=True)
    assert looked["etcd"]["alarms"] == ["NOSPACE"]
    done = caller.call(EtcdMaintenanceResource)
    assert [step.split(",")[0] for step in done["steps"]] == [step.split(",")[0] for step in looked["steps"]]
    assert [step.split()[0] for step in done["steps"]] == ["Compact", "Defragment", "Defragment", "Defragment", "Disarm"]
    assert leader(done) == f"etcd-{next(member.ordinal for member in statuses if member.leads)}"
    assert (done["etcd"]["alarms"], done["etcd"]["notes"]) == ([], [])
    assert done["etcd"]["size"] < 6 * MIB
    for number in range(3):
        assert etcds.ctl("put", "after", "x", endpoints=etcds.url(number)).returncode == 0
        assert etcds.ctl("get", "--print-value-only", "after", endpoints=etcds.url(number)).stdout == b"x\n"
    again = caller.call(EtcdMaintenanceResource)
    assert (again["changed"], again["steps"], again["undone"]) == (False, [], [])


def test_one_that_is_full_of_what_is_in_use_keeps_its_alarm_and_says_what_to_do(caller: Caller, etcds: Etcds):
    with pytest.raises(NotReady, match=r"is full, and all of it is in use .*MiB of 24 MiB are in use after its defragmentation\. Delete objects"):
        for turn in range(6):
            etcds.fill(keys=9999, size=MIB // 4, begin=turn * 1000)
            caller.call(EtcdMaintenanceResource)
    # what the line says is possible
    assert etcds.ctl("del", "--prefix", "key-1").returncode == 0
    assert etcds.ctl("del", "--prefix", "key-2").returncode == 0
    assert caller.call(EtcdMaintenanceResource)["etcd"]["alarms"] == []
    assert etcds.ctl("put", "after", "x").returncode == 0


def test_a_member_that_does_not_answer_is_not_waited_for_where_etcd_is_full(caller: Caller, etcds: Etcds, bare_api: BareApi):
    etcds.fill(keys=3)
    etcds.processes[2].kill()
    set_status(bare_api, f"/api/v1/namespaces/cluster-{caller.cluster}/pods/etcd-2", {"conditions": [{"type": "Ready", "status": "False"}]})
    end = time.monotonic() + 20
    while etcds.ctl("endpoint", "health", endpoints=",".join(map(etcds.url, range(2)))).returncode and time.monotonic() < end:
        time.sleep(0.3)
    done = caller.call(EtcdMaintenanceResource)
    assert sorted(step.split()[1].rstrip(",") for step in done["steps"] if step.startswith("Defragment")) == ["etcd-0", "etcd-1"]
    assert etcds.ctl("put", "after", "x").returncode == 0


def test_what_an_etcd_says_whose_disk_was_emptied_is_known_and_what_others_say_is_not(etcds: Etcds):
    """By its last words a member is replaced, and its volume deleted."""
    for number in range(20):
        assert etcds.ctl("put", f"key-{number}", "x").returncode == 0
    # one that led has a successor, who knows nothing of what it had, and so it comes back by itself
    follower, other = sorted(set(range(3)) - {etcds.leader()})
    lost = etcds.restarted(follower, emptied=True)
    assert proves_loss(lost), lost[-3000:]
    assert not proves_loss(etcds.restarted(other, emptied=False))
    assert not proves_loss(etcds.restarted(other, emptied=False, words=("--quota-backend-bytes=many",)))


def proves_loss(log: str) -> bool:
    pod = {"metadata": {"name": "etcd-2"}, "status": {"containerStatuses": [{"restartCount": 9, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}}
    return bool(loss(pod, {}, 2, datetime.now(UTC), Evidence(logs={2: log})))
