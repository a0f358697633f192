# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a machine for a seed, whose kubelet has a small disk, and no hosts."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from e2e.world import World, lab_of
from lab import customer_inventory

LAB = os.environ.get("E2E_LAB", "e2e-seed")
MACHINE = f"{LAB}-seed-1"
DISK_MIB = 4096
# after a pressure is over; the kubelet's default is five minutes
PRESSURE_ENDS = "20s"


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=1, hosts=0) as directory:
        inventory = customer_inventory.write(directory, {"demo": [], "late": []})
        (inventory / "host_vars").mkdir(exist_ok=True)
        (inventory / "host_vars" / "lab.yml").write_text(json.dumps({"seed_kubelet_config": {"evictionPressureTransitionPeriod": PRESSURE_ENDS}}))
        yield World(directory, inventory)


def on_machine(world: World, command: str) -> str:
    return world.lab("exec", LAB, MACHINE, "--", "sh", "-c", command)


@pytest.fixture(scope="session")
def seed(world: World) -> World:
    # a memory file system is a disk of its own for the kubelet, and there is no other to be had within a container
    on_machine(world, f"mountpoint -q /mnt || {{ mount -t tmpfs -o size={DISK_MIB}m small /var/lib/kubelet && mount --bind /var/lib/kubelet /mnt; }}")
    world.playbook("create_seed").must_succeed()
    return world


@pytest.fixture(scope="session")
def demo(seed: World) -> World:
    """The cluster demo is there, with its administrator's kubeconfig."""
    seed.playbook("create_cluster", "-e", "cluster=demo").must_succeed()
    seed.playbook("kubeconfig", "-e", "cluster=demo", "-e", f"path={seed.kubeconfig('demo')}").must_succeed()
    return seed
