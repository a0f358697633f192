# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines as seed_machines
from unit.plugins.module_utils._seed.test_machine_rules import HOST

THREE = ["fra1-a", "fra1-b", "fra1-c"]


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_odd_numbers_are_fine(count):
    seed_machines.check_number("fra1", [f"fra1-{number}" for number in range(count)])


@pytest.mark.parametrize(("count", "part"), [
    (0, "has 0 control-plane machines (seed_nodes)"), (2, "Make it 1 or 3"), (4, "Make it 3 or 5"), (9, "Make it at most 7")])
def test_others_are_not(count, part):
    with pytest.raises(InvalidInput) as error:
        seed_machines.check_number("fra1", [f"fra1-{number}" for number in range(count)])
    assert part in error.value.line()
    assert "seed_role: worker" in error.value.line()


def test_a_seed_of_several_machines_is_not_reached_through_one_of_them():
    with pytest.raises(InvalidInput, match="is the address of the machine fra1-a alone"):
        seed_machines.check_address("fra1", THREE, "fra1-a", "198.51.100.10", "198.51.100.10")
    seed_machines.check_address("fra1", THREE, "fra1-a", "198.51.100.10", "198.51.100.99")
    seed_machines.check_address("fra1", ["fra1-a"], "fra1-a", "198.51.100.10", "198.51.100.10")


@pytest.mark.parametrize(("addresses", "source", "several", "hint", "expected"), [
    # one machine: the address that everybody uses, if it has it
    (("192.0.2.7", "198.51.100.10"), "192.0.2.7", False, "192.0.2.7", "198.51.100.10"),
    (("192.0.2.7",), "192.0.2.7", False, "203.0.113.1", "192.0.2.7"),
    # several: never the virtual address that is at this machine right now
    (("192.0.2.7", "198.51.100.10"), "198.51.100.10", True, "", "192.0.2.7"),
    (("192.0.2.7", "10.0.0.7"), "192.0.2.7", True, "10.0.0.7", "10.0.0.7"),
    (("fd00::7", "192.0.2.7"), "", True, "fra1-a.example.org", "192.0.2.7"),
    ((), "", True, "", ""),
])
def test_own_address(addresses, source, several, hint, expected):
    host = replace(HOST, addresses=addresses, source_address=source)
    assert seed_machines.own_address(host, seed_address="198.51.100.10", several=several, hint=hint) == expected
