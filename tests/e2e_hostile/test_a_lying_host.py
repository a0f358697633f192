# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host that lies when it is asked what it is: it gets no certificate but its own, and the run ends with a line that can be read."""
from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from e2e.world import World
from e2e_hostile import lies
from e2e_hostile.neighbours import GOOD, HOSTILE, LAB
from lab.hosts import state
from playbook_runs.ended import Ended

HOST, NEIGHBOUR = f"{LAB}-host-2", f"{LAB}-host-1"
CREATE = ("create_cluster", "-e", f"cluster={HOSTILE}")
CERTIFICATE = "/var/lib/kubelet/pki/kubelet.crt"
OTHER, ADDRESS_OF_OTHER = "other", "198.51.100.77"


def on(world: World, host: str, command: str) -> str:
    return world.lab("exec", LAB, host, "--", "dash", "-c", command).strip()


def names(world: World) -> set[str]:
    """In the serving certificate that the host has now, empty if it has none."""
    told = on(world, HOST, f"test ! -f {CERTIFICATE} || openssl x509 -noout -ext subjectAltName -in {CERTIFICATE} | tail -n 1")
    return {one.strip() for one in told.split(",") if one.strip()}


def own_names() -> set[str]:
    return {f"DNS:{HOST}", f"IP Address:{state.existing(LAB).host(HOST).address}"}


def nodes(world: World) -> list[str]:
    return sorted(node["metadata"]["name"] for node in world.objects(HOSTILE, "nodes") if node["metadata"]["name"] != OTHER)


@pytest.fixture(scope="module")
def apart(clusters: World) -> World:
    """The host is no node, so that all is asked of it. In the cluster is another node, of which only the object exists."""
    clusters.kubectl(HOSTILE, "create", "-f", _file(clusters, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": OTHER}}))
    status = {"status": {"addresses": [{"type": "InternalIP", "address": ADDRESS_OF_OTHER}]}}
    clusters.kubectl(HOSTILE, "patch", "node", OTHER, "--subresource=status", "--type=merge", "-p", json.dumps(status))
    _taken_out(clusters)
    return clusters


def _file(world: World, manifest: dict[str, object]) -> str:
    file = world.directory / "other-node.json"
    file.write_text(json.dumps(manifest))
    return str(file)


def _taken_out(world: World) -> None:
    world.playbook("remove_node", "-e", f"cluster={HOSTILE}", "-e", f"node={HOST}").must_succeed()
    assert nodes(world) == [] and names(world) == set()


def ends_with_a_line(run: Ended) -> str:
    """What the run says of the host, "" if it is content."""
    assert "Traceback" not in run.output and "MODULE FAILURE" not in run.output, run.output[-5000:]
    if run.code:
        assert run.errors(), run.output[-5000:]
    return " ".join(run.errors())


@pytest.mark.parametrize("style", lies.STYLES)
def test_a_node_that_lies_in_every_fact(clusters: World, style: str):
    with lies.lying(clusters, HOST, lies.STYLES[style]):
        told = ends_with_a_line(clusters.playbook(*CREATE))
    print(f"\n{style}: {told[:300] or 'content'}")
    assert names(clusters) <= own_names()
    assert nodes(clusters) == [HOST]


def test_afterwards_the_truth_is_enough(clusters: World):
    clusters.playbook(*CREATE).must_succeed()
    assert names(clusters) == own_names()
    assert clusters.playbook(*CREATE).must_succeed().changed() == set()


@pytest.mark.parametrize("style", lies.STYLES)
def test_a_host_that_lies_in_every_fact_before_it_joins(apart: World, style: str):
    with lies.lying(apart, HOST, lies.STYLES[style]):
        told = ends_with_a_line(apart.playbook(*CREATE).must_fail())
    print(f"\n{style}: {told[:300]}")
    assert nodes(apart) == [] and names(apart) == set()


Lie = Callable[[World], list[str]]


def _encoded(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def _secret(world: World, name: str) -> str:
    return json.loads(world.kubectl(None, "-n", f"cluster-{HOSTILE}", "get", "secret", name, "-o", "json").stdout)["data"]["tls.crt"]


# what it claims -> how, and what the run says of it
REFUSED: dict[str, tuple[Lie, str]] = {
    "the address of the API": (lambda world: lies.address(state.existing(LAB).host(f"{LAB}-seed-1").address), "is that of the cluster's API"),
    "the address of another node": (lambda world: lies.address(ADDRESS_OF_OTHER), f"is that of node {OTHER} of this cluster"),
    "the address of Service kubernetes": (lambda world: lies.address("10.96.0.1"), "lies in service_cidr"),
    "an address of pods": (lambda world: lies.address("10.244.0.9"), "lies in pod_cidr"),
    "to be a node of another cluster": (
        lambda world: [lies.appears("text", f"mark {on(world, NEIGHBOUR, 'base64 -w 0 /etc/kubernetes/cluster')}")], f"It belongs to cluster {GOOD}"),
    "to live in another year": (lambda world: [lies.fact("epoch", "1000000000")], "clock"),
    "to have a kernel of ten years ago": (lambda world: [lies.fact("kernel", "2.6.32")], "2.6.32"),
}
# what it claims to have already, and gets all the same, for itself
IGNORED: dict[str, Lie] = {
    "the certificate of the API": lambda world: [lies.appears("text", f"serving_certificate {_secret(world, 'kube-apiserver')}"),
                                                 lies.fact("serving_pair", "yes")],
    "the certificate of an administrator": lambda world: [
        lies.appears("text", f"client_certificate {_encoded(administrators_certificate(world))}"), lies.fact("client_pair", "yes")],
    "the name of its neighbour": lambda world: [lies.fact("hostname", NEIGHBOUR)],
}


def administrators_certificate(world: World) -> str:
    """The certificate in the kubeconfig of the customer."""
    config = json.loads(world.kubectl(HOSTILE, "config", "view", "--raw", "-o", "json").stdout)
    return base64.b64decode(config["users"][0]["user"]["client-certificate-data"]).decode()


@pytest.mark.parametrize("claim", REFUSED)
def test_a_claim_is_refused(apart: World, claim: str):
    lie, said = REFUSED[claim]
    with lies.lying(apart, HOST, lie(apart)):
        told = ends_with_a_line(apart.playbook(*CREATE).must_fail())
    assert said in told
    assert nodes(apart) == [] and names(apart) == set()


@pytest.mark.parametrize("claim", IGNORED)
def test_a_claim_counts_for_nothing(apart: World, claim: str):
    with lies.lying(apart, HOST, IGNORED[claim](apart)):
        apart.playbook(*CREATE).must_succeed()
    assert names(apart) == own_names()
    assert nodes(apart) == [HOST]
    _taken_out(apart)


def test_an_honest_host_joins(apart: World):
    apart.kubectl(HOSTILE, "delete", "node", OTHER)
    apart.playbook(*CREATE).must_succeed()
    assert (names(apart), nodes(apart)) == (own_names(), [HOST])
    assert apart.playbook(*CREATE).must_succeed().changed() == set()
