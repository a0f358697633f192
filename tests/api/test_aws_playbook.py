# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module as a user runs it: by ansible-playbook, in real time, with EC2 of the lab. Nobody sees the secret key, and a killed run does no harm."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api import clusters
from api.bare_api import BareApi
from api.cloud_play import CloudPlay
from api.resources import Caller
from lab.cloud.aws.ec2 import IMAGE, REGION, Ec2
from lab.cloud.aws.server import ACCESS_KEY, SECRET_KEY, Cloud
from lab.cloud.faults import Fault, once

_numbers = iter(range(1, 10_000))
PLAY = f"""
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/kubermatic.caas.caas:
      seed_kubeconfig: "{{{{ seed_kubeconfig }}}}"
  tasks:
    - name: Machines
      kubermatic.caas.node_pool:
        provider: aws
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
    return clusters.running(bare_api, f"ec2playbook{next(_numbers)}", free=True)


@pytest.fixture
def cloud(caller: Caller) -> Iterator[Cloud]:
    clock = Clock()
    with Cloud(Ec2(clock.now, boots=lambda: 0.5), clock) as found:
        yield found


@pytest.fixture
def cloud_play(caller: Caller, cloud: Cloud, tmp_path: Path) -> CloudPlay:
    credentials = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION}
    return CloudPlay(caller, cloud.url, tmp_path, PLAY, credentials, SECRET_KEY)


def test_up_twice_checked_and_away(caller: Caller, cloud: Cloud, cloud_play: CloudPlay):
    ended = cloud_play.run("--check", "--diff", node_count=2)
    assert ended.code == 0 and f"+{caller.cluster}-web-2 t3.medium {REGION}" in ended.output and "+tcp 22 from 203.0.113.7/32" in ended.output, ended.output
    assert cloud.writes == []
    ended = cloud_play.run(node_count=2)
    assert ended.code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2." in ended.output, ended.output
    writes = len(cloud.writes)
    ended = cloud_play.run(node_count=2)
    assert ended.code == 0 and "changed=0" in ended.output and len(cloud.writes) == writes, ended.output


def test_nobody_sees_the_secret_key(cloud: Cloud, cloud_play: CloudPlay):
    made, refused = cloud_play.run_unseen(node_count=1), cloud_play.run_unseen(node_count=2, size="t3.gigantic")
    assert made.code == 0 and len(cloud.ec2.instances) == 1, made.output
    assert refused.code == 2 and "There is no size 't3.gigantic'" in refused.output and "Traceback" not in refused.output, refused.output
    assert cloud_play.kept_secret()
    assert all(SECRET_KEY not in value for one in cloud.ec2.instances.values() for value in one.request.values())


def test_killed_right_after_it_asked_for_machines(caller: Caller, cloud: Cloud, cloud_play: CloudPlay):
    """Signal 9 while the reply is on its way; the list is behind by as long as the next run needs to begin."""
    cloud.faults, cloud.late, cloud.ec2.lag = once(Fault.LATE_AFTER, lambda request: request.action == "RunInstances"), 10.0, 8.0
    cloud_play.run_killed(lambda: cloud.ec2.instances, node_count=3)
    ended = cloud_play.run(node_count=3)
    assert ended.code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2 {caller.cluster}-web-3." in ended.output, ended.output
    assert len(cloud.ec2.instances) == 3 and sum(one.path == "RunInstances" for one in cloud.heard) == 1
