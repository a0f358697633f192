# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A lab of its own: a seed, and a cloud that sells hosts of the lab."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.world import lab_of
from e2e_cloud.place import LAB, Place, inventory


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    with lab_of(LAB, "--cloud", "digitalocean", "aws", seed_hosts=1, hosts=0) as directory:
        place = Place(directory, directory / "inventory")
        inventory(directory, str(place.ask("GET", "v2/account/keys")["ssh_keys"][0]["fingerprint"]))
        place.playbook("create_seed").must_succeed()
        yield place


@pytest.fixture(scope="session")
def demo(place: Place) -> Place:
    """The cluster demo, with one machine that came with it."""
    place.first_output = place.playbook("create_cluster", "-e", "cluster=demo").must_succeed().output
    place.playbook("kubeconfig", "-e", "cluster=demo", "-e", f"path={place.kubeconfig('demo')}").must_succeed()
    return place
