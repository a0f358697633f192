# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed machine, and a cluster with two nodes."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from e2e.world import World, lab_of
from e2e_renew.aging import Aging
from lab import customer_inventory

LAB = os.environ.get("E2E_LAB", "e2e-renew")


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=1, hosts=2) as directory:
        yield World(directory, customer_inventory.write(directory, {"demo": [f"{LAB}-host-1", f"{LAB}-host-2"]}))


@pytest.fixture(scope="session")
def demo(world: World) -> World:
    world.playbook("create_seed").must_succeed()
    world.playbook("create_cluster", "-e", "cluster=demo").must_succeed()
    world.playbook("kubeconfig", "-e", "cluster=demo", "-e", f"path={world.kubeconfig('demo')}").must_succeed()
    return world


@pytest.fixture(scope="session")
def aging(demo: World) -> Aging:
    return Aging(demo, LAB)
