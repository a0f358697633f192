# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.places import Machine, hostnames_of, machines_of, must_spread, usable
from unit.plugins.module_utils._etcd.test_pods import NETWORK, local, node

ROWS = {
    "a new cluster on a seed with a machine for each member": (3, None, False, 3, True),
    "a new cluster on a seed with too few machines": (3, None, False, 2, False),
    "a new cluster on one machine": (1, None, False, 1, False),
    "a single member that may get company": (1, None, False, 3, True),
    "five members on three machines": (5, None, False, 3, False),
    "it was so, and a machine left the seed": (3, True, False, 2, True),
    "it was so, and nobody may look": (3, True, False, None, True),
    "nobody may look": (3, None, False, None, False),
    "members that share a machine could not start there again": (3, False, True, 3, False),
    "members that have machines of their own by luck": (3, False, False, 3, True),
    "a single member need not start again": (1, False, False, 3, False),
}


@pytest.mark.parametrize(("wanted", "live", "shared", "machines", "spread"), ROWS.values(), ids=ROWS)
def test_when_each_member_must_have_a_machine_of_its_own(wanted, live, shared, machines, spread):
    seed = None if machines is None else tuple(Machine(f"m{number}", f"m{number}") for number in range(machines))
    assert must_spread(wanted, live, shared, seed) == spread


def test_machines_that_are_cordoned_or_not_ready_count_and_those_kept_for_others_do_not():
    seed = machines_of([node("m0"), node("m1", cordoned=True), node("m2", ready=False), node("m3", taint="node-role.kubernetes.io/control-plane")])
    assert [machine.name for machine in usable(seed)] == ["m0"]
    assert must_spread(3, None, False, seed)
    assert not must_spread(4, None, False, seed)


def test_which_machines_can_reach_a_volume():
    assert hostnames_of(local("m2")) == {"m2"}
    assert hostnames_of(NETWORK) == hostnames_of({"spec": {}}) == frozenset()
