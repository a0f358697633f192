# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Behind a virtual address all agents of konnectivity come to one machine of the seed, and yet each kube-apiserver reaches what is the customer's."""
from __future__ import annotations

import json
import threading
import time

import pytest

from e2e.world import World, eventually
from e2e_ha.prober import Prober
from e2e_vip.api_servers import ApiServer, api_servers
from e2e_vip.layout import CLUSTER, MACHINES
from e2e_vip.virtual_address import VirtualAddress

NAMESPACE = f"cluster-{CLUSTER}"


def nothing_lacks(server: ApiServer) -> bool:
    lacks = server.lacks()
    assert not lacks, f"{server.pod} on {server.machine} does not reach {lacks}"
    return True


def all_reach_everything(world: World, seconds: float) -> list[ApiServer]:
    servers = eventually(lambda: len(found := api_servers(world, CLUSTER)) == 2 and found)
    for server in servers:
        eventually(lambda server=server: server.agents() == 1, seconds)
        eventually(lambda server=server: nothing_lacks(server), seconds)
    return servers


def test_two_api_servers_on_two_machines_reach_webhook_aggregated_api_and_kubelet(demo: World):
    servers = all_reach_everything(demo, 120)
    assert len({server.machine for server in servers}) == 2


@pytest.mark.parametrize("machine", [MACHINES[1], MACHINES[2], MACHINES[0]])
def test_so_they_do_when_the_address_has_moved(demo: World, address: VirtualAddress, machine: str, record_property):
    with Prober(demo.kubeconfig(CLUSTER)) as prober:
        time.sleep(2)
        address.move_to(machine)
        time.sleep(10)
    print(f"moved to {machine}:", prober.summary())
    record_property("summary", prober.summary())
    assert prober.longest_gap() <= 5, prober.summary()
    all_reach_everything(demo, 60)


class Asker:
    """Asks the webhook again and again, through one kube-apiserver."""

    def __init__(self, server: ApiServer) -> None:
        self.server, self.failures, self.asked = server, [], 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Asker:
        self.thread.start()
        return self

    def __exit__(self, *dummy: object) -> None:
        self.over.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.over.is_set():
            self.asked += 1
            self.failures += [lack for lack in self.server.lacks() if lack.startswith("webhook")]


def test_the_port_of_konnectivity_moves_to_a_service_of_its_own_and_nobody_notices(demo: World):
    """From the one Service for both that older releases made."""
    service = json.loads(demo.kubectl(None, "-n", NAMESPACE, "get", "service", "kube-apiserver", "-o", "json").stdout)
    alone = json.loads(demo.kubectl(None, "-n", NAMESPACE, "get", "service", "konnectivity-server", "-o", "json").stdout)
    demo.kubectl(None, "-n", NAMESPACE, "delete", "service", "konnectivity-server")
    file = demo.directory / "service.json"
    file.write_text(json.dumps({**service, "spec": {**service["spec"], "ports": [*service["spec"]["ports"], *alone["spec"]["ports"]]}}))
    demo.kubectl(None, "replace", "-f", str(file))
    first, second = api_servers(demo, CLUSTER)
    with Asker(first) as one, Asker(second) as other:
        time.sleep(5)
        output = demo.playbook("create_cluster").must_succeed().output
        time.sleep(5)
    assert f"Move port {alone['spec']['ports'][0]['nodePort']} from Service {NAMESPACE}/kube-apiserver to Service {NAMESPACE}/konnectivity-server" in output
    print(f"asked {one.asked} and {other.asked} times")
    assert (one.failures, other.failures) == ([], [])
    assert min(one.asked, other.asked) > 5
    assert [server.agents() for server in api_servers(demo, CLUSTER)] == [1, 1]
    assert demo.playbook("create_cluster").must_succeed().changed() == set()
