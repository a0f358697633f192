# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: three machines for a seed behind a load balancer, and three clusters to be."""
from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from e2e.world import World, lab_of
from e2e_ha.layout import CLUSTERS, LAB
from lab import customer_inventory


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=3, hosts=0) as directory:
        inventory = customer_inventory.write(directory, {name: [] for name in CLUSTERS})
        for name, variables in CLUSTERS.items():
            file = inventory / "host_vars" / f"{name}.yml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(variables))
        yield World(directory, inventory)


@pytest.fixture(scope="session")
def seed(world: World) -> World:
    world.playbook("create_seed").must_succeed()
    return world


@pytest.fixture(scope="session")
def clusters(seed: World) -> World:
    """All three made at once, with their administrators' kubeconfigs."""
    seed.first_output = seed.playbook("create_cluster").must_succeed().output
    for name in CLUSTERS:
        seed.playbook("kubeconfig", "-e", f"cluster={name}", "-e", f"path={seed.kubeconfig(name)}").must_succeed()
    return seed
