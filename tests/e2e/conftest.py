# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed machine and three hosts, the shipped playbooks, and what they make of them."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.world import LAB, VERSIONS, World, lab_of
from lab import customer_inventory

HERE = Path(__file__).resolve().parent
# All files share one lab and tell one story, so they run in this order, whatever their names are. A file also runs alone: it asks for the state that it begins
# with (the fixtures world, seed and demo).
ORDER = (
    # the machines are fresh, then the seed is empty
    "test_look_at_empty_seed.py",
    # the cluster demo is made, and stays until test_two_clusters.py deletes it
    "test_demo_cluster.py",
    "test_second_run.py",
    # the third host is still nobody's
    "test_bad_hosts.py",
    "test_other_lives.py",
    "test_two_runs.py",
    # makes the cluster other without nodes, and deletes it
    "test_role_alone.py",
    "test_sizes.py",
    # makes the cluster other with the third host as its node, and ends with a seed without clusters and three free hosts
    "test_two_clusters.py",
    # each begins with hosts that are nobody's and makes a cluster of its own
    "test_broken_runs.py",
    "test_later_release.py",
    "test_secrets.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts tests of the files above, each at a place that one of them had; within a file they stay as they are written."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE and item.path.name in ORDER]
    in_order = sorted((items[place] for place in places), key=lambda item: ORDER.index(item.path.name))
    for place, item in zip(places, in_order, strict=True):
        items[place] = item


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
