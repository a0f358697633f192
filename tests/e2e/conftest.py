# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed machine and three hosts, the shipped playbooks, and what they make of them."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from e2e.world import LAB, VERSIONS, World
from lab import customer_inventory
from lab.hosts import state


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The lab is up, its hosts are untouched or as a former run with KEEP=1 left them."""
    lab = [sys.executable, "tests/lab/lab.py"]
    subprocess.run([*lab, "up", LAB, "--seed-hosts", "1", "--hosts", "3", *(["--keep"] if os.environ.get("KEEP") else [])], check=True)
    directory = state.lab_directory(LAB)
    inventory = customer_inventory.write(directory, {"demo": [f"{LAB}-host-1", f"{LAB}-host-2"], "other": [f"{LAB}-host-3"]},
                                         versions=VERSIONS)
    yield World(directory, inventory)
    if not os.environ.get("KEEP"):
        subprocess.run([*lab, "down", LAB], check=True)


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
