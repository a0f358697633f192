# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: three machines for a seed behind a load balancer, and three clusters to be."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from e2e.world import World
from e2e_ha.layout import CLUSTERS, LAB
from lab import customer_inventory
from lab.hosts import state


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    lab = [sys.executable, "tests/lab/lab.py"]
    subprocess.run([*lab, "up", LAB, "--seed-hosts", "3", "--hosts", "0", *(["--keep"] if os.environ.get("KEEP") else [])], check=True)
    directory = state.lab_directory(LAB)
    inventory = customer_inventory.write(directory, {name: [] for name in CLUSTERS})
    for name, variables in CLUSTERS.items():
        file = inventory / "host_vars" / f"{name}.yml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(variables))
    yield World(directory, inventory)
    if not os.environ.get("KEEP"):
        subprocess.run([*lab, "down", LAB], check=True)


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
