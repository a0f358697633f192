# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module as a user runs it: by ansible-playbook, in real time, with the lab's cloud. Nobody sees the token, and a killed run does no harm."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.clock import Clock
from ansible_collections.kubermatic.caas.plugins.module_utils._door.cluster_lock import ClusterLockDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.cluster_record import ClusterRecordDoor
from ansible_collections.kubermatic.caas.plugins.module_utils._door.namespace import NamespaceDoor
from api.bare_api import BareApi
from api.doors import Caller
from api.kill import kill_with_workers
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN, Cloud
from lab.cloud.faults import Fault, once

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
_numbers = iter(range(1, 10_000))
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Machines
      kubermatic.caas.digitalocean_node_pool:
        seed_kubeconfig: "{{ seed_kubeconfig }}"
        cluster: "{{ cluster }}"
        pool: web
        node_count: "{{ node_count }}"
        region: fra1
        size: "{{ size | default('s-2vcpu-4gb') }}"
        image: debian-12-x64
        allowed_stages: [alpha]
        digitalocean_url: "{{ url }}"
      register: web
    - name: Names
      ansible.builtin.debug:
        msg: "there are {{ web.machines | map(attribute='name') | sort | join(' ') }}"
"""


@pytest.fixture
def caller(bare_api: BareApi) -> Caller:
    """Of a cluster of its own for each account: an account gives its ids anew, and the notes of a cluster hold for the next minute
    that a machine with an id that was removed is to go."""
    found = Caller(bare_api.kubeconfig(), f"playbook{next(_numbers)}")
    found.call(NamespaceDoor)
    found.call(ClusterRecordDoor, phase="Running")
    found.call(ClusterLockDoor, state="free")
    return found


@pytest.fixture
def cloud(caller: Caller) -> Iterator[Cloud]:
    clock = Clock()
    with Cloud(Api(Account(clock.now, boots=lambda: 0.5)), clock) as found:
        yield found


def started(caller: Caller, cloud: Cloud, directory: Path, *options: str, **variables: Any) -> subprocess.Popen[str]:
    (directory / "play.yml").write_text(PLAY)
    given = {"seed_kubeconfig": caller.seed_kubeconfig, "cluster": caller.cluster, "url": cloud.url, **variables}
    environment = {**os.environ, "DIGITALOCEAN_TOKEN": TOKEN, "HOME": str(directory), "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"), "ANSIBLE_NOCOLOR": "1",
                   "ANSIBLE_LOG_PATH": str(directory / "ansible.log")}
    return subprocess.Popen([PLAYBOOK, "-i", "localhost,", "-c", "local", *options, "-e", json.dumps(given), directory / "play.yml"], env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def played(*args: Any, **more: Any) -> tuple[int, str]:
    process = started(*args, **more)
    output = process.communicate(timeout=300)[0]
    return process.returncode, output


def names(cloud: Cloud) -> list[str]:
    return sorted(one.name for one in cloud.api.account.live())


def test_up_twice_checked_and_down(caller: Caller, cloud: Cloud, tmp_path: Path):
    code, output = played(caller, cloud, tmp_path, "--check", "--diff", node_count=2)
    assert code == 0 and f"+{caller.cluster}-web-2 s-2vcpu-4gb fra1 0.03571 USD an hour" in output, output
    assert cloud.writes == []
    code, output = played(caller, cloud, tmp_path, node_count=2)
    assert code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2" in output, output
    writes = len(cloud.writes)
    code, output = played(caller, cloud, tmp_path, node_count=2)
    assert code == 0 and "changed=0" in output and len(cloud.writes) == writes, output
    code, output = played(caller, cloud, tmp_path, node_count=0)
    assert code == 0 and names(cloud) == []


def test_nobody_sees_the_token(caller: Caller, cloud: Cloud, tmp_path: Path):
    for variables in ({"node_count": 1}, {"node_count": 2, "size": "s-9"}, {"node_count": 0}):
        process = started(caller, cloud, tmp_path, "-vvvv", "--diff", **variables)
        seen = []
        while process.poll() is None and len(seen) < 200:
            seen += [path.read_bytes() for path in [Path(f"/proc/{process.pid}/cmdline")] if path.exists()]
            time.sleep(0.05)
        output = process.communicate(timeout=300)[0]
        assert "Machines" in output and TOKEN not in output
        assert seen and all(TOKEN.encode() not in line for line in seen)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "ansible.log" in written
    assert [path for path in written if TOKEN in path.read_text(errors="replace")] == []
    assert json.dumps(caller.door(ClusterRecordDoor).seed.list("v1", "ConfigMap", f"cluster-{caller.cluster}")).count(TOKEN) == 0


def test_a_mistake_is_one_line(caller: Caller, cloud: Cloud, tmp_path: Path):
    code, output = played(caller, cloud, tmp_path, node_count=1, size="s-9")
    assert code == 2 and "There is no size 's-9'" in output and "Traceback" not in output
    assert cloud.writes == []


def test_killed_right_after_it_asked_for_machines(caller: Caller, cloud: Cloud, tmp_path: Path):
    """Signal 9 while the reply is on its way; the list is behind by as long as the next run needs to begin."""
    cloud.faults, cloud.late, cloud.api.account.lag = once(Fault.LATE_AFTER, lambda request: request.method == "POST"), 10.0, 8.0
    process = started(caller, cloud, tmp_path, node_count=3)
    # noted when all three are there, and not replied to yet
    while not cloud.writes:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)
    kill_with_workers(process.pid)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    code, output = played(caller, cloud, tmp_path, node_count=3)
    assert code == 0, output
    assert names(cloud) == [f"{caller.cluster}-web-{number}" for number in (1, 2, 3)], output
    assert len(cloud.writes) == 1, output
