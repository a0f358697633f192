# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed machine, a cluster with two nodes and two replicas, and three clusters without nodes."""
from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from e2e.world import World, lab_of
from lab import customer_inventory

LAB = os.environ.get("E2E_LAB", "e2e-upgrade")
OLD, NEW = customer_inventory.KUBERNETES_VERSION, customer_inventory.NEWEST_KUBERNETES_VERSION
NODES = [f"{LAB}-host-1", f"{LAB}-host-2"]
RING = ("one", "two", "three")


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=1, hosts=2) as directory:
        inventory = customer_inventory.write(directory, {"demo": NODES, **{name: [] for name in RING}})
        (inventory / "host_vars").mkdir(exist_ok=True)
        (inventory / "host_vars" / "demo.yml").write_text("control_plane_replicas: 2\n")
        yield World(directory, inventory)


@pytest.fixture(scope="session")
def clusters(world: World) -> World:
    world.playbook("create_seed").must_succeed()
    # one after the other, as this machine has few cores
    for name in ("demo", *RING):
        world.playbook("create_cluster", "-e", f"cluster={name}").must_succeed()
        world.playbook("kubeconfig", "-e", f"cluster={name}", "-e", f"path={world.kubeconfig(name)}").must_succeed()
    return world
