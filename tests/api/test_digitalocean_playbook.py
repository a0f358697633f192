# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The module as a user runs it: by ansible-playbook, in real time, with the lab's cloud. Nobody sees the token, and a killed run does no harm."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api import clusters
from api.bare_api import BareApi
from api.cloud_play import CloudPlay
from api.resources import Caller
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN, Cloud
from lab.cloud.faults import Fault, once

_numbers = iter(range(1, 10_000))
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Machines
      kubermatic.caas.node_pool:
        provider: digitalocean
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
    return clusters.running(bare_api, f"playbook{next(_numbers)}", free=True)


@pytest.fixture
def cloud(caller: Caller) -> Iterator[Cloud]:
    clock = Clock()
    with Cloud(Api(Account(clock.now, boots=lambda: 0.5)), clock) as found:
        yield found


@pytest.fixture
def cloud_play(caller: Caller, cloud: Cloud, tmp_path: Path) -> CloudPlay:
    return CloudPlay(caller, cloud.url, tmp_path, PLAY, {"DIGITALOCEAN_TOKEN": TOKEN}, TOKEN)


def names(cloud: Cloud) -> list[str]:
    return sorted(one.name for one in cloud.api.account.live())


def test_up_twice_checked_and_down(caller: Caller, cloud: Cloud, cloud_play: CloudPlay):
    ended = cloud_play.run("--check", "--diff", node_count=2)
    assert ended.code == 0 and f"+{caller.cluster}-web-2 s-2vcpu-4gb fra1 0.03571 USD an hour" in ended.output, ended.output
    assert cloud.writes == []
    ended = cloud_play.run(node_count=2)
    assert ended.code == 0 and f"there are {caller.cluster}-web-1 {caller.cluster}-web-2" in ended.output, ended.output
    writes = len(cloud.writes)
    ended = cloud_play.run(node_count=2)
    assert ended.code == 0 and "changed=0" in ended.output and len(cloud.writes) == writes, ended.output
    ended = cloud_play.run(node_count=0)
    assert ended.code == 0 and names(cloud) == []


def test_nobody_sees_the_token(cloud: Cloud, cloud_play: CloudPlay):
    for variables, code, count in (({"node_count": 1}, 0, 1), ({"node_count": 2, "size": "s-9"}, 2, 1), ({"node_count": 0}, 0, 0)):
        ended = cloud_play.run_unseen(**variables)
        assert ended.code == code and len(names(cloud)) == count, ended.output
    assert cloud_play.kept_secret()


def test_a_mistake_is_one_line(cloud: Cloud, cloud_play: CloudPlay):
    ended = cloud_play.run(node_count=1, size="s-9")
    assert ended.code == 2 and "There is no size 's-9'" in ended.output and "Traceback" not in ended.output
    assert cloud.writes == []


def test_killed_right_after_it_asked_for_machines(caller: Caller, cloud: Cloud, cloud_play: CloudPlay):
    """Signal 9 while the reply is on its way; the list is behind by as long as the next run needs to begin."""
    cloud.faults, cloud.late, cloud.api.account.lag = once(Fault.LATE_AFTER, lambda request: request.method == "POST"), 10.0, 8.0
    # noted when all three are there, and not replied to yet
    cloud_play.run_killed(lambda: cloud.writes, node_count=3)
    ended = cloud_play.run(node_count=3)
    assert ended.code == 0, ended.output
    assert names(cloud) == [f"{caller.cluster}-web-{number}" for number in (1, 2, 3)], ended.output
    assert len(cloud.writes) == 1, ended.output
