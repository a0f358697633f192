# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module as a user runs it: by ansible-playbook, in real time, with EC2 of the lab. Nobody sees the secret key, and a killed run does no harm."""
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
from lab.cloud.aws.ec2 import IMAGE, REGION, Ec2
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY, Cloud
from lab.cloud.faults import Fault, once

PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
_numbers = iter(range(1, 10_000))
PLAY = f"""
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/kubermatic.caas.caas:
      seed_kubeconfig: "{{{{ seed_kubeconfig }}}}"
  tasks:
    - name: Machines
      kubermatic.caas.aws_node_pool:
        cluster: "{{{{ cluster }}}}"
        pool: web
        state: "{{{{ state | default('present') }}}}"
        node_count: "{{{{ node_count | default(omit) }}}}"
        size: "{{{{ size | default('t3.medium') }}}}"
        image: {IMAGE}
        ssh_cidrs: [203.0.113.7/32]
        allowed_stages: [alpha]
        aws_url: "{{{{ url }}}}"
      register: web
    - name: Names
      ansible.builtin.debug:
        msg: "there are {{{{ web.machines | map(attribute='name') | sort | join(' ') }}}}."
"""


@pytest.fixture
def caller(bare_api: BareApi) -> Caller:
    found = Caller(bare_api.kubeconfig(), f"ec2playbook{next(_numbers)}")
    found.call(NamespaceDoor)
    found.call(ClusterRecordDoor, phase="Running")
    found.call(ClusterLockDoor, state="free")
    return found


@pytest.fixture
def cloud(caller: Caller) -> Iterator[Cloud]:
    clock = Clock()
    with Cloud(Ec2(clock.now, boots=lambda: 0.5), clock) as found:
        yield found


def started(caller: Caller, cloud: Cloud, directory: Path, *options: str, **variables: Any) -> subprocess.Popen[str]:
    (directory / "play.yml").write_text(PLAY)
    given = {"seed_kubeconfig": caller.seed_kubeconfig, "cluster": caller.cluster, "url": cloud.url, **variables}
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION, "HOME": str(directory),
                   "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOG_PATH": str(directory / "ansible.log")}
    return subprocess.Popen([PLAYBOOK, "-i", "localhost,", "-c", "local", *options, "-e", json.dumps(given), directory / "play.yml"], env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def played(*args: Any, **more: Any) -> tuple[int, str]:
    process = started(*args, **more)
    output = process.communicate(timeout=300)[0]
    return process.returncode, output


def test_up_twice_checked_and_away(caller: Caller, cloud: Cloud, tmp_path: Path):
    code, output = played(caller, cloud, tmp_path, "--check", "--diff", node_count=2)
    assert code == 0 and f"+{caller.cluster}-web-2 t3.medium {REGION}" in output and "+tcp 22 from 203.0.113.7/32" in output, output
    assert cloud.writes == []
    code, output = played(caller, cloud, tmp_path, node_count=2)
    assert code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2." in output, output
    writes = len(cloud.writes)
    code, output = played(caller, cloud, tmp_path, node_count=2)
    assert code == 0 and "changed=0" in output and len(cloud.writes) == writes, output


def test_nobody_sees_the_secret_key(caller: Caller, cloud: Cloud, tmp_path: Path):
    for variables in ({"node_count": 1}, {"node_count": 2, "size": "t3.gigantic"}):
        process = started(caller, cloud, tmp_path, "-vvvv", "--diff", **variables)
        seen = []
        while process.poll() is None and len(seen) < 200:
            seen += [path.read_bytes() for path in [Path(f"/proc/{process.pid}/cmdline")] if path.exists()]
            time.sleep(0.05)
        output = process.communicate(timeout=300)[0]
        assert "Machines" in output and SECRET_KEY not in output
        assert seen and all(SECRET_KEY.encode() not in line for line in seen)
    assert "There is no size 't3.gigantic'" in output and "Traceback" not in output
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "ansible.log" in written
    assert [path for path in written if SECRET_KEY in path.read_text(errors="replace")] == []
    assert json.dumps(caller.door(ClusterRecordDoor).seed.list("v1", "ConfigMap", f"cluster-{caller.cluster}")).count(SECRET_KEY) == 0
    assert all(SECRET_KEY not in value for one in cloud.ec2.instances.values() for value in one.request.values())


def test_killed_right_after_it_asked_for_machines(caller: Caller, cloud: Cloud, tmp_path: Path):
    """Signal 9 while the reply is on its way; the list is behind by as long as the next run needs to begin."""
    cloud.faults, cloud.late, cloud.ec2.lag = once(Fault.LATE_AFTER, lambda request: request.action == "RunInstances"), 10.0, 8.0
    process = started(caller, cloud, tmp_path, node_count=3)
    while not cloud.ec2.instances:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)
    kill_with_workers(process.pid)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    code, output = played(caller, cloud, tmp_path, node_count=3)
    assert code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2 {caller.cluster}-web-3." in output, output
    assert len(cloud.ec2.instances) == 3 and sum(one.path == "RunInstances" for one in cloud.heard) == 1
