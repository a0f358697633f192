# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Host keys and Nodes of machines, in a real record and a real cluster. Machines whose keys their provider tells need no first contact."""
from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.hosts_resource import NodePoolHostsResource
from api import clusters
from api.bare_api import BareApi, free_port

POOL: dict[str, Any] = {"name": "web", "provider": "digitalocean", "node_count": 2, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
KEY, OTHER_KEY = "ssh-ed25519 " + "A" * 68, "ssh-ed25519 " + "B" * 68
# this machine itself may have an sshd
NOBODY = f"-p {free_port()}"
_numbers = iter(range(1, 10_000))


class Pool:
    def __init__(self, bare: BareApi, directory: Path) -> None:
        self.bare, self.api = bare, bare.api("system:setup")
        self.caller = clusters.running(bare, f"hosts{next(_numbers)}", free=True)
        self.known_hosts = directory / "known_hosts"
        self.nodes: list[str] = []
        clusters.describe_cluster(bare, str(self.caller.cluster))

    def machine(self, number: int, machine_id: int, key: str = KEY) -> dict[str, Any]:
        return {"id": str(machine_id), "name": f"{self.caller.cluster}-web-{number}", "pool": "web", "state": "running", "created": "2026-03-01T12:00:00Z",
                "address": "127.0.77.1", "host_keys": [key]}

    def call(self, *machines: dict[str, Any], check_mode: bool = False, **options: Any) -> dict[str, Any]:
        return self.caller.call(NodePoolHostsResource, check_mode, pools=[POOL], machines={"web": list(machines)}, known_hosts=str(self.known_hosts),
                                ssh_arguments=NOBODY, ssh_timeout=0, **options)

    def pins(self) -> dict[str, Any]:
        found = self.bare.api().get("v1", "ConfigMap", "cluster-record", f"cluster-{self.caller.cluster}")
        return json.loads(found["data"]["record.json"])["nodes"]

    def node(self, number: int) -> str:
        name = f"{self.caller.cluster}-web-{number}"
        self.api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
        self.nodes.append(name)
        return name


@pytest.fixture
def pool(bare_api: BareApi, tmp_path: Path) -> Iterator[Pool]:
    pool = Pool(bare_api, tmp_path)
    yield pool
    # others count the nodes of this API
    for name in pool.nodes:
        pool.api.delete("v1", "Node", name)


def test_a_key_is_pinned_once(bare_api: BareApi, pool: Pool):
    machine = pool.machine(1, 101)
    with bare_api.watched() as seen:
        checked = pool.call(machine, check_mode=True)
    assert seen.writes == [] and checked["steps"] == [f"Pin the host key of machine {machine['name']} (101) at 127.0.77.1"]
    host, = pool.call(machine)["hosts"]
    assert (host["alias"], host["join"], host["user"]) == ("digitalocean-101", "it is not a node yet", "root")
    assert pool.pins() == {machine["name"]: {"pool": "web", "machine": "digitalocean-101", "host_keys": [KEY]}}
    assert pool.known_hosts.read_text() == f"digitalocean-101 {KEY}\n" and stat.S_IMODE(pool.known_hosts.stat().st_mode) == 0o600
    with bare_api.watched() as seen:
        # whatever the provider says later, the pin counts
        again = pool.call({**machine, "host_keys": [OTHER_KEY], "address": "127.0.77.2"})
    assert not again["changed"] and seen.writes == [] and pool.known_hosts.read_text() == f"digitalocean-101 {KEY}\n"


def test_a_machine_that_was_made_again_under_its_name(pool: Pool):
    pool.call(pool.machine(1, 101))
    name = pool.node(1)
    done = pool.call(pool.machine(1, 202, OTHER_KEY))
    assert done["steps"] == [f"Delete node {name}, whose machine is gone", f"Pin the host key of machine {name} (202) at 127.0.77.1"]
    assert pool.api.get("v1", "Node", name) is None
    assert pool.pins()[name] == {"pool": "web", "machine": "digitalocean-202", "host_keys": [OTHER_KEY]}
    assert pool.known_hosts.read_text() == f"digitalocean-202 {OTHER_KEY}\n"


def test_what_is_left_of_a_machine_that_is_gone(bare_api: BareApi, pool: Pool):
    pool.call(pool.machine(1, 101), pool.machine(2, 102))
    name, stranger = pool.node(2), pool.node(7)
    done = pool.call(pool.machine(1, 101))
    assert done["steps"] == [f"Delete node {name}, whose machine is gone"] and set(pool.pins()) == {f"{pool.caller.cluster}-web-1"}
    # never pinned by us: somebody else's
    assert pool.api.get("v1", "Node", name) is None and pool.api.get("v1", "Node", stranger)
    with bare_api.watched() as seen:
        assert not pool.call(pool.machine(1, 101))["changed"]
    assert seen.writes == []


def test_a_machine_that_nobody_hears_of(pool: Pool):
    done = pool.call({**pool.machine(1, 101), "host_keys": []})
    assert done["hosts"] == [] and done["waiting"] == [f"{pool.caller.cluster}-web-1"] and not pool.known_hosts.exists()
    assert "doesn't answer over SSH (127.0.77.1, port 22)" in done["errors"][0] and pool.pins() == {}
