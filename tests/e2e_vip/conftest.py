# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed of three machines behind a virtual address, and a cluster with two replicas of its control plane and a node."""
from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from e2e.world import World, lab_of
from e2e_vip import webhook
from e2e_vip.layout import ADDRESS, CLUSTER, LAB, MACHINES, NODE, VARIABLES
from e2e_vip.virtual_address import VirtualAddress
from lab import customer_inventory
from lab.hosts import state


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with lab_of(LAB, seed_hosts=3, hosts=1) as directory:
        yield World(directory, customer_inventory.write(directory, {CLUSTER: [NODE]}, variables=VARIABLES))


@pytest.fixture(scope="session")
def address(world: World) -> VirtualAddress:
    """At the first machine; the inventory has it in place of the lab's load balancer."""
    virtual = VirtualAddress(LAB, ADDRESS, MACHINES)
    virtual.move_to(MACHINES[0])
    file = world.inventory / "host_vars" / "lab.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"seed_address": str(virtual)}))
    return virtual


@pytest.fixture(scope="session")
def demo(world: World, address: VirtualAddress) -> World:
    """The cluster is there, with an administrator's kubeconfig and a webhook."""
    world.playbook("create_seed").must_succeed()
    world.playbook("create_cluster").must_succeed()
    world.playbook("kubeconfig", "-e", f"cluster={CLUSTER}", "-e", f"path={world.kubeconfig(CLUSTER)}").must_succeed()
    webhook.start(world, CLUSTER, LAB, NODE, state.existing(LAB).host(NODE).address)
    return world
