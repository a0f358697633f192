# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who has to join, whose keys count, and what is left of machines that are gone."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import POOL_LABEL, NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

KEY = "ssh-ed25519 " + "A" * 68
OTHER_KEY = "ssh-ed25519 " + "B" * 68
POOL = NodePool("demo", "web", "digitalocean", 2, "fra1", "s-2vcpu-4gb", "debian-12-x64", labels={"disk": "ssd"})
EMPTY = Record("demo", "Running", "2026-01-01T00:00:00Z")


def machine(number: int, machine_id: int = 0, **more: Any) -> Machine:
    return Machine(str(machine_id or 100 + number), f"demo-web-{number}", "web", more.pop("state", State.RUNNING), f"2026-01-01T00:00:0{number}Z",
                   address=more.pop("address", f"203.0.113.{number}"), **more)


def node(name: str, *, ready: bool = True, removing: bool = False, **labels: str) -> dict[str, Any]:
    own = {"disk": "ssd", POOL_LABEL: "web", **labels}
    fields = {"f:metadata": {"f:labels": {f"f:{key}": {} for key in own}}}
    return {"metadata": {"name": name, "labels": own, "resourceVersion": "1",
                         "annotations": {node_object.REMOVING: "true"} if removing else {},
                         "managedFields": [{"manager": node_object.MANAGER, "operation": "Apply", "fieldsV1": fields}]},
            "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "Unknown", "message": "kubelet is silent"}]}}


def look(machines: list[Machine], nodes: list[dict[str, Any]], record: Record = EMPTY, told: tuple[str, ...] = (), **more: Any) -> pool_hosts.Picture:
    return pool_hosts.look([POOL], {"web": [(one, told) for one in machines]}, nodes, record, **more)


def pinned(*machines: Machine, key: str = KEY) -> Record:
    hosts = look(list(machines), []).hosts
    return pool_hosts.pinned(EMPTY, [replace(host, keys=(key,)) for host in hosts], ())


def reasons(picture: pool_hosts.Picture) -> dict[str, str]:
    return {host.name: host.join for host in picture.hosts}


def test_who_has_to_join():
    machines = [machine(number) for number in range(1, 7)]
    nodes = [node("demo-web-2", ready=False), node("demo-web-3"), node("demo-web-4", removing=True), node("demo-web-5", disk="hdd"),
             node("demo-web-6", old="label")]
    assert reasons(look(machines, nodes)) == {
        "demo-web-1": "it is not a node yet", "demo-web-2": "its node is not ready (kubelet is silent)", "demo-web-3": "",
        "demo-web-4": "its removal was interrupted", "demo-web-5": "its labels differ", "demo-web-6": "its labels differ"}


def test_labels_and_taints_of_all_nodes_come_to_those_of_the_pool():
    taint = {"key": "only", "effect": "NoSchedule"}
    host, = look([machine(1)], [node("demo-web-1")], labels={"place": "cellar", "disk": "hdd"}, taints=[taint]).hosts
    assert host.labels == {"place": "cellar", "disk": "ssd", POOL_LABEL: "web"} and host.taints == (taint,)


def test_a_machine_that_is_off_is_left_alone():
    picture = look([machine(1, state=State.OFF), machine(2, address="")], [])
    assert picture.hosts == () and picture.off == ("demo-web-1", "demo-web-2")


def test_a_pin_belongs_to_the_machine_and_not_to_its_address_or_name():
    record = pinned(machine(1))
    assert record.nodes == {"demo-web-1": {"pool": "web", "machine": "digitalocean-101", "host_keys": [KEY]}}
    same, = look([machine(1, address="203.0.113.99")], [node("demo-web-1")], record).hosts
    assert (same.keys, same.pinned) == ((KEY,), True)
    another, = look([machine(1, 900)], [], record).hosts
    assert (another.keys, another.pinned) == ((), False)


def test_a_key_that_the_provider_tells_is_known_before_first_contact_and_the_pin_counts_more():
    host, = look([machine(1)], [], told=(KEY,)).hosts
    assert (host.keys, host.pinned) == ((KEY,), False)
    host, = look([machine(1)], [], pinned(machine(1)), told=(OTHER_KEY,)).hosts
    assert host.keys == (KEY,)


def test_the_node_of_a_machine_that_was_made_again_under_its_name():
    record = pinned(machine(1))
    picture = look([machine(1, 900)], [node("demo-web-1")], record)
    assert picture.stale == ("demo-web-1",) and reasons(picture) == {"demo-web-1": "its node belongs to a machine that is gone"}


def test_what_is_left_of_a_machine_that_is_gone():
    record = pinned(machine(1), machine(2))
    picture = look([machine(1)], [node("demo-web-1"), node("demo-web-2", ready=False), node("web-9", ready=False)], record)
    assert picture.stale == picture.forgotten == ("demo-web-2",)
    # a list may be wrong, a node that reports is not
    picture = look([machine(1)], [node("demo-web-1"), node("demo-web-2")], record)
    assert picture.stale == ()
    assert set(pool_hosts.pinned(record, [], picture.forgotten).nodes) == {"demo-web-1"}


def test_nobody_else_is_let_in():
    host, = look([machine(1)], [], pinned(machine(1))).hosts
    assert pool_hosts.known_hosts([host]) == f"digitalocean-101 {KEY}\n"
    words = pool_hosts.strict(host, "/tmp/a b/known_hosts")
    assert "StrictHostKeyChecking=yes" in words and "HostKeyAlias=digitalocean-101" in words
    assert """'UserKnownHostsFile="/tmp/a b/known_hosts"'""" in words


RSA, ECDSA = "ssh-rsa " + "C" * 372, "ecdsa-sha2-nistp256 " + "D" * 139


@pytest.mark.parametrize(("told", "pin"), [((RSA, ECDSA, KEY), KEY), ((RSA, ECDSA), ECDSA), ((RSA,), RSA), ((), None)])
def test_one_key_of_a_machine_is_pinned(told: tuple[str, ...], pin: str | None):
    host, = look([machine(1)], [], told=told).hosts
    assert host.keys == ((pin,) if pin else ())
    assert pool_hosts.known_hosts([host]) == (f"digitalocean-101 {pin}\n" if pin else "")


def test_of_many_keys_that_an_earlier_release_pinned_all_are_believed_and_one_is_kept():
    pins = {name: {"pool": "web", "machine": f"digitalocean-{number}", "host_keys": [RSA, KEY]} for name, number in (("demo-web-1", 101), ("demo-web-2", 102))}
    record = replace(EMPTY, nodes={**pins, "odd": 7, "bare": {}})
    host, = look([machine(1)], [], record).hosts
    assert (host.keys, host.pinned) == ((RSA, KEY), True)
    assert pool_hosts.pinned(record, [], ["demo-web-2"]).nodes == {"demo-web-1": {**pins["demo-web-1"], "host_keys": [KEY]}, "odd": 7, "bare": {}}


def test_what_is_no_key_or_no_id():
    assert pool_hosts.host_keys([KEY + " comment", "ssh-dss AAAA", "# machine", 7, KEY, "@cert-authority * " + KEY]) == (KEY,)
    assert pool_hosts.host_keys("text") == ()
    with pytest.raises(InvalidInput):
        pool_hosts.alias("digitalocean", "1 -oProxyCommand=id")


PRIVATE = replace(POOL, network="vpc-1")


@pytest.mark.parametrize(("pool", "has", "found"), [
    (POOL, (), ""), (PRIVATE, (), "10.114.0.3"), (replace(POOL, node_address="private"), (), "10.114.0.3"), (replace(PRIVATE, node_address="public"), (), ""),
    # a node keeps what it has
    (PRIVATE, ("203.0.113.1",), ""), (POOL, ("10.114.0.3",), "10.114.0.3"), (PRIVATE, ("203.0.113.1", "10.114.0.3"), "10.114.0.3"),
    # what a node says that is no address of the machine is nothing
    (PRIVATE, ("192.0.2.1",), "10.114.0.3"), (POOL, ("192.0.2.1",), ""),
    (replace(POOL, provider="aws", network="vpc-1"), (), "")])
def test_nodes_talk_to_each_other_over_the_private_network(pool: NodePool, has: tuple[str, ...], found: str):
    nodes = [{**node("demo-web-1"), "status": {"addresses": [{"type": "InternalIP", "address": one} for one in has]}}] if has else []
    host, = pool_hosts.look([pool], {"web": [(machine(1, private_address="10.114.0.3"), ())]}, nodes, EMPTY).hosts
    assert host.node_address == found


def test_a_machine_without_a_private_network_is_told():
    with pytest.raises(InvalidInput, match="Machine demo-web-1 has no address in a private network"):
        pool_hosts.look([PRIVATE], {"web": [(machine(1), ())]}, [], EMPTY)
