# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bytes of a record with thousands of machines: counted before the first of them is made."""
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_room
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import specs as pool_specs
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

# what the console of a machine at AWS shows
KEYS = ("ssh-rsa " + "C" * 544, "ecdsa-sha2-nistp256 " + "D" * 139 + "=", "ssh-ed25519 " + "A" * 68)
EMPTY = Record("demo", "Running", "2026-01-01T00:00:00Z")


def pools(*counts: int, cluster: str = "demo") -> list[NodePool]:
    return [NodePool(cluster, f"web{number}", "aws", count, "eu-central-1", "t3.medium", "ami-0123456789abcdef0") for number, count in enumerate(counts)]


def pinned(record: Record, *of: NodePool) -> Record:
    """With the pins of all machines of these pools, as runs make them."""
    for pool in of:
        machines = [(Machine(f"i-{number:017x}", pool.machine_name(number), pool.name, State.RUNNING, "2026-01-01T00:00:00Z", "203.0.113.1"), KEYS)
                    for number in range(1, pool.node_count + 1)]
        record = pool_hosts.pinned(pool_specs.noted(record, [pool]), pool_hosts.look([pool], {pool.name: machines}, [], record).hosts, ())
    return record


def size(record: Record) -> int:
    return len(record.stored().encode())


def test_a_thousand_machines_of_aws_and_several_pools_fit():
    assert size(pinned(EMPTY, *pools(1000))) < 200_000
    four = pinned(EMPTY, *pools(1000, 1000, 1000, 1000))
    assert len(four.nodes) == 4000 and size(four) < 800_000 < record_room.MOST
    assert Record.of(four.stored()) == four == Record.of(four.text())


def test_what_is_reckoned_is_no_less_than_what_will_be():
    for wanted in (pools(10), pools(1000, 500), pools(300, cluster="a-name-of-as-many-letters-as-there-may-b")):
        assert size(record_room.with_machines(EMPTY, wanted)) >= size(pinned(EMPTY, *wanted)) - 2000


def test_what_does_not_fit_is_refused_before_it_is_made():
    record_room.check(EMPTY, pools(1000, 1000, 1000, 1000))
    with pytest.raises(InvalidInput, match=r"Cluster demo can't have so many machines: .* of 6000, .* KiB .*Ask for fewer machines"):
        record_room.check(EMPTY, pools(*[1000] * 6))
    with pytest.raises(InvalidInput, match="of 6000"):
        record_room.check(pinned(EMPTY, *pools(1000, 1000, 1000)), pools(0, 0, 0, 1000, 1000, 1000))


def test_keys_that_an_earlier_release_pinned_do_not_count_three_times():
    pins = {f"demo-web0-{number}": {"pool": "web0", "machine": f"aws-i-{number:017x}", "host_keys": list(KEYS)} for number in range(1, 1101)}
    old = replace(EMPTY, nodes=pins)
    assert size(old) > record_room.MOST
    record_room.check(old, pools(1000))
    assert size(pool_hosts.pinned(old, [], [])) < 220_000


def test_a_small_record_is_stored_as_people_read_it():
    assert EMPTY.stored() == EMPTY.text() and size(pinned(EMPTY, *pools(100))) == len(pinned(EMPTY, *pools(100)).text())
