# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer, who is cluster-admin, wants the cluster's kube-apiserver to connect into the seed's network. Whatever he writes, his own nodes do it for him."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.world import World, eventually
from e2e_vip import attempts
from e2e_vip.api_servers import api_servers
from e2e_vip.attempts import Traps
from e2e_vip.layout import CLUSTER, LAB, NODE
from lab.hosts import state


@pytest.fixture(scope="module")
def machine(demo: World) -> str:
    """One with a kube-apiserver of the cluster."""
    return api_servers(demo, CLUSTER)[0].machine


@pytest.fixture(scope="module")
def targets(demo: World, machine: str) -> dict[str, str]:
    """The machine of the seed as nodes see it, and the same in the network of the seed's pods, to which nodes have no way."""
    inside = demo.lab("exec", LAB, machine, "--", "ip", "-4", "-brief", "address", "show", "dev", "cni0").split()[2]
    return {"machine": state.existing(LAB).host(machine).address, "pods": inside.partition("/")[0]}


@pytest.fixture(scope="module")
def traps(demo: World, machine: str, targets: dict[str, str]) -> Iterator[Traps]:
    """After all attempts."""
    made = attempts.attempts(list(targets.values()))
    with Traps(demo, LAB, machine) as traps:
        try:
            attempts.all_made(demo, CLUSTER, made)
            yield traps
        finally:
            attempts.all_gone(demo, CLUSTER, made)


@pytest.mark.parametrize("kind", list(attempts.MADE))
def test_an_attempt_ends_at_the_customers_own_node(traps: Traps, targets: dict[str, str], kind: str):
    # so it was a real one: kube-apiserver did go where it was sent, by way of a node
    came = eventually(lambda: traps.seen().get((kind, targets["machine"])), seconds=30)
    assert came == {state.existing(LAB).host(NODE).address}
    assert (kind, targets["pods"]) not in traps.seen()


def test_a_connection_from_the_pod_of_the_api_server_would_have_been_seen(traps: Traps, targets: dict[str, str]):
    """The network of this seed enforces no NetworkPolicy: only because it is sent elsewhere, kube-apiserver does not come."""
    process = traps.on("pgrep -f '^kube-apiserver .*--secure-port=3' | head -n 1").strip()
    kind = next(iter(attempts.MADE))
    before = traps.seen()
    for target in targets.values():
        traps.on(f"nsenter --net=/proc/{process}/ns/net socat -u /dev/null TCP:{target}:{attempts.FIRST_PORT},connect-timeout=3")
    for target in targets.values():
        assert eventually(lambda target=target: traps.seen().get((kind, target), set()) - before.get((kind, target), set())), target
