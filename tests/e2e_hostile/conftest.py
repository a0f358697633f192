# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed with two customers, each with a host. One of them is hostile."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from api.hostile_api import HostileApi, answer
from e2e.world import World, eventually, lab_of
from e2e_hostile.neighbours import GOOD, HOSTILE, LAB
from lab import customer_inventory
from lab.hosts import state


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=1, hosts=2) as directory:
        inventory = customer_inventory.write(directory, {GOOD: [f"{LAB}-host-1"], HOSTILE: [f"{LAB}-host-2"]})
        yield World(directory, inventory)


@pytest.fixture(scope="session")
def server(world: World) -> Iterator[HostileApi]:
    """What the hostile customer leads a part of his API to."""
    here = state.existing(LAB)
    os.environ["no_proxy"] = "*"
    server = HostileApi(lambda method, path: [answer({"kind": "Status", "code": 404, "reason": "NotFound"}, status="404 No")], address=here.gateway)
    yield server
    server.close()


@pytest.fixture(scope="session")
def clusters(world: World, server: HostileApi) -> World:
    """Both are there and well, and their administrators have kubeconfigs."""
    world.playbook("create_seed").must_succeed()
    world.playbook("create_cluster").must_succeed()
    for name in (GOOD, HOSTILE):
        world.playbook("kubeconfig", "-e", f"cluster={name}", "-e", f"path={world.kubeconfig(name)}").must_succeed()
    eventually(lambda: len(world.objects(GOOD, "nodes")) == 1)
    return world
