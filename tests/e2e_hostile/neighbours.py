# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who lives beside whom, and what the hostile one does."""
from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.hostile_api import HostileApi, Reply, answer, slowly, without_end
from e2e.world import World
from lab import customer_inventory

LAB = os.environ.get("E2E_LAB", "hostile")
GOOD, HOSTILE = "alice", "mallory"


def leisurely(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A megabyte a second: all programs of that cluster read it all the time, and at full speed they and this server would take the two CPUs of a lab."""
    for piece in pieces:
        yield piece
        time.sleep(1.0)


def at_work(reply: Reply) -> Reply:
    """Of an API that kube-apiserver holds for one that works, as it looks at its list of resources only."""
    nodes = {"name": "nodes", "kind": "Node", "namespaced": False, "verbs": ["get", "list"]}
    resources = answer({"kind": "APIResourceList", "groupVersion": "v1", "resources": [nodes]})
    return lambda method, path: [resources] if path.partition("?")[0].rstrip("/") == "/api/v1" else reply(method, path)


ANSWERS: dict[str, Reply] = {
    "slow": at_work(lambda method, path: slowly(answer({"kind": "NodeList", "items": []}), pause=1.0)),
    "endless": at_work(lambda method, path: leisurely(without_end())),
    "nonsense": at_work(lambda method, path: [answer({"items": [1], "status": "boo", "metadata": 7})]),
}


def redirected(server: HostileApi, address: str) -> str:
    """Manifests by which a customer leads all of /api/v1 of his own cluster to that server: he is its cluster-admin."""
    place = {"namespace": "default", "name": "hostile"}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": place, "spec": {"ports": [{"port": 443, "targetPort": server.port}]}}
    endpoints = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": [{"addresses": [address]}],
                 "metadata": {**place, "labels": {"kubernetes.io/service-name": "hostile"}}, "ports": [{"port": server.port, "protocol": "TCP"}]}
    legacy = {"apiVersion": "v1", "kind": "Endpoints", "metadata": place, "subsets": [{"addresses": [{"ip": address}], "ports": [{"port": server.port}]}]}
    return "\n---\n".join(map(json.dumps, (service, endpoints, legacy)))


def api_service(to: str | None) -> str:
    """to: name of the Service, None for kube-apiserver itself, as it was."""
    spec = {"version": "v1", "groupPriorityMinimum": 18000, "versionPriority": 1}
    elsewhere = {"service": {"namespace": "default", "name": to, "port": 443}, "insecureSkipTLSVerify": True} if to else {}
    return json.dumps({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1."}, "spec": {**spec, **elsewhere}})


def applied(world: World, tmp_path: Path, manifests: str) -> None:
    file = tmp_path / "manifests.json"
    file.write_text(manifests)
    world.kubectl(HOSTILE, "apply", "--validate=false", "-f", str(file))


@contextmanager
def newcomer(world: World, name: str, address: str) -> Iterator[Path]:
    """An inventory beside the lab's with a cluster that is not made yet. Its host takes connections, and that is all."""
    with socket.create_server((address, 0)) as listener:
        host = {"ansible_host": address, "ansible_port": listener.getsockname()[1]}
        children = {
            "clusters": {"hosts": {name: {"ansible_connection": "local", "seed": "lab", "kubernetes_version": customer_inventory.KUBERNETES_VERSION}}},
            "nodes": {"hosts": {f"{name}-1": host}},
            customer_inventory.group(name): {"hosts": {name: {}, f"{name}-1": {}}, "vars": {"cluster": name}}}
        file = world.directory / f"{name}.json"
        file.write_text(json.dumps({"all": {"children": children}}))
        yield file


@contextmanager
def silent(world: World, host: str) -> Iterator[None]:
    """It lets everybody in and lets sudo pass; what the run then starts says nothing."""
    program = "/usr/local/bin/sh"
    world.lab("exec", LAB, host, "--", "dash", "-c", f"printf '#!/bin/dash\\nexec sleep 100000\\n' >{program} && chmod 755 {program}")
    try:
        yield
    finally:
        world.lab("exec", LAB, host, "--", "rm", "-f", program)
