# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed machine and three hosts, the shipped playbooks, and what they make of them."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.world import LAB, VERSIONS, World, lab_of
from lab import customer_inventory


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=1, hosts=3) as directory:
        yield World(directory, customer_inventory.write(directory, {"demo": [f"{LAB}-host-1", f"{LAB}-host-2"], "other": [f"{LAB}-host-3"]},
                                                        versions=VERSIONS))


@pytest.fixture(scope="session")
def seed(world: World) -> World:
    """The seed is there, and nothing but the seed."""
    world.playbook("create_seed").must_succeed()
    world.seed_before = world.wide_objects()
    return world


@pytest.fixture(scope="session")
def demo(seed: World) -> World:
    """The cluster demo is there, with its two nodes and an administrator's kubeconfig."""
    seed.first_output = seed.playbook("create_cluster", "-e", "cluster=demo", "--diff").must_succeed().output
    seed.playbook("kubeconfig", "-e", "cluster=demo", "-e", f"path={seed.kubeconfig('demo')}").must_succeed()
    return seed
