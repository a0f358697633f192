# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a customer, who is cluster-admin, writes to make the cluster's kube-apiserver connect to an address of his choice; and traps that see who comes."""
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from e2e.world import World, eventually

NAMESPACE = "attempts"
FIRST_PORT = 20001
# stands for a file with an object of the attempt's own kind
THING = "THING"
Manifests = list[dict[str, Any]]


@dataclass(frozen=True)
class Attempt:
    """name: also of what is made for it. target, port: where kube-apiserver is to go. calls: words for kubectl, after which it has gone there."""

    kind: str
    name: str
    target: str
    port: int

    def prepare(self, world: World, cluster: str) -> None:
        file = world.directory / f"{self.name}.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": MADE[self.kind](self)}))
        world.kubectl(cluster, "apply", "-f", str(file))
        for words in STATUS.get(self.kind, lambda dummy: [])(self):
            world.kubectl(cluster, *words)

    def call(self, world: World, cluster: str) -> str:
        thing = world.directory / f"{self.name}-thing.json"
        thing.write_text(json.dumps({"apiVersion": f"{self.name}.example.com/v2", "kind": "Thing", "metadata": {"name": "one"}}))
        words = [str(thing) if word == THING else word for word in CALLS[self.kind](self)]
        return world.kubectl(cluster, "--request-timeout=8s", *words, check=False).stderr

    def clean(self, world: World, cluster: str) -> None:
        world.kubectl(cluster, "delete", "--wait=false", "--force", "--ignore-not-found", "-f", str(world.directory / f"{self.name}.json"), check=False)


def attempts(targets: Sequence[str]) -> list[Attempt]:
    """Of each kind one to each target. The port tells which it was."""
    return [Attempt(kind, f"{kind}-{number}", target, FIRST_PORT + place) for number, target in enumerate(targets) for place, kind in enumerate(MADE)]


def all_made(world: World, cluster: str, made: Sequence[Attempt]) -> None:
    """Each of them, side by side."""
    world.kubectl(cluster, "create", "namespace", NAMESPACE)
    eventually(lambda: world.kubectl(cluster, "-n", NAMESPACE, "get", "serviceaccount", "default"))
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda attempt: attempt.prepare(world, cluster), made))
        list(pool.map(lambda attempt: attempt.call(world, cluster), made))


def all_gone(world: World, cluster: str, made: Sequence[Attempt]) -> None:
    for attempt in made:
        attempt.clean(world, cluster)
    world.kubectl(cluster, "delete", "namespace", NAMESPACE, "--wait=false", "--ignore-not-found")


class Traps:
    """Listen on a machine at the port of each kind of attempt, at all its addresses, and write down who came."""

    SEEN, UNIT = "/run/attempts", "attempts"

    def __init__(self, world: World, lab: str, machine: str) -> None:
        self.world, self.lab, self.machine = world, lab, machine

    def __enter__(self) -> Traps:
        ports = " ".join(str(FIRST_PORT + place) for place in range(len(MADE)))
        listen = f"socat TCP-LISTEN:$port,fork,reuseaddr SYSTEM:'echo $SOCAT_SOCKPORT $SOCAT_SOCKADDR $SOCAT_PEERADDR >>{self.SEEN}' &"
        script = f"for port in {ports}; do {listen} done; wait"
        self.on(f"systemctl stop {self.UNIT} 2>/dev/null; rm -f {self.SEEN}; printf %s {quoted(script)} >/run/attempts.sh")
        self.on(f"systemd-run --quiet --collect --unit={self.UNIT} sh /run/attempts.sh")
        return self

    def __exit__(self, *dummy: object) -> None:
        self.on(f"systemctl stop {self.UNIT}")

    def on(self, command: str) -> str:
        return self.world.lab("exec", self.lab, self.machine, "--", "sh", "-c", command)

    def seen(self) -> dict[tuple[str, str], set[str]]:
        """(kind of the attempt, address at which it came) -> addresses from which it came."""
        found: dict[tuple[str, str], set[str]] = {}
        for line in self.on(f"cat {self.SEEN} 2>/dev/null || true").splitlines():
            port, at, peer = line.split()
            found.setdefault((list(MADE)[int(port) - FIRST_PORT], at), set()).add(peer)
        return found


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def webhook(attempt: Attempt, client: dict[str, Any]) -> dict[str, Any]:
    """Asked about the ConfigMap that has the attempt's name, and about nothing else."""
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": attempt.name},
            "webhooks": [{"name": f"{attempt.name}.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail",
                          "timeoutSeconds": 3, "clientConfig": client, "matchConditions": [{"name": "own", "expression": f"request.name == '{attempt.name}'"}],
                          "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE"], "scope": "*"}]}]}


def service(attempt: Attempt) -> Manifests:
    """Whose endpoints are not pods but an address of the customer's choice."""
    metadata, port = {"name": attempt.name, "namespace": NAMESPACE}, {"name": "web", "port": attempt.port}
    return [{"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{**port, "port": 443, "targetPort": attempt.port}]}},
            {"apiVersion": "v1", "kind": "Endpoints", "metadata": {**metadata, "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}},
             "subsets": [{"addresses": [{"ip": attempt.target, "targetRef": {"kind": "Pod", **metadata}}], "ports": [port]}]},
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {**metadata, "labels": {"kubernetes.io/service-name": attempt.name}},
             "addressType": "IPv4", "endpoints": [{"addresses": [attempt.target]}], "ports": [port]}]


def webhook_by_service(attempt: Attempt) -> Manifests:
    return [*service(attempt), webhook(attempt, {"service": {"name": attempt.name, "namespace": NAMESPACE}})]


def aggregated_api(attempt: Attempt) -> Manifests:
    group = f"{attempt.name}.example.com"
    return [*service(attempt), {
        "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": f"v1.{group}"},
        "spec": {"group": group, "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 100, "insecureSkipTLSVerify": True,
                 "service": {"name": attempt.name, "namespace": NAMESPACE}}}]


def converted(attempt: Attempt) -> Manifests:
    """A kind of which one version is stored and another one asked for."""
    group, plural = f"{attempt.name}.example.com", "things"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return [{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"{plural}.{group}"},
             "spec": {"group": group, "scope": "Cluster", "names": {"plural": plural, "kind": "Thing"},
                      "versions": [{"name": name, "served": True, "storage": name == "v1", "schema": schema} for name in ("v1", "v2")],
                      "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"],
                                                                        "clientConfig": {"url": f"https://{attempt.target}:{attempt.port}/"}}}}}]


def node(attempt: Attempt) -> Manifests:
    return [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": attempt.name}, "spec": {"unschedulable": True}}]


def pod(attempt: Attempt, node_name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": attempt.name, "namespace": NAMESPACE},
            "spec": {"nodeName": node_name, "tolerations": [{"operator": "Exists"}], "containers": [{"name": "main", "image": "example.com/none"}]}}


def node_status(attempt: Attempt) -> list[list[str]]:
    status = {"addresses": [{"type": "InternalIP", "address": attempt.target}], "daemonEndpoints": {"kubeletEndpoint": {"Port": attempt.port}}}
    return [["patch", "node", attempt.name, "--subresource=status", "--type=merge", "-p", json.dumps({"status": status})]]


def pod_status(attempt: Attempt) -> list[list[str]]:
    status = {"phase": "Running", "podIP": attempt.target, "podIPs": [{"ip": attempt.target}]}
    return [["-n", NAMESPACE, "patch", "pod", attempt.name, "--subresource=status", "--type=merge", "-p", json.dumps({"status": status})]]


def thing(attempt: Attempt) -> list[list[str]]:
    return [["wait", "--for=condition=Established", f"crd/things.{attempt.name}.example.com", "--timeout=30s"]]


MADE: dict[str, Callable[[Attempt], Manifests]] = {
    "webhook-by-url": lambda attempt: [webhook(attempt, {"url": f"https://{attempt.target}:{attempt.port}/"})],
    "webhook-by-service": webhook_by_service,
    "conversion-by-url": converted,
    "aggregated-api": aggregated_api,
    "node-proxy": node,
    "node-logs": lambda attempt: [*node(attempt), pod(attempt, attempt.name)],
    "pod-proxy": lambda attempt: [pod(attempt, "nowhere")],
    # endpoints that are no pods are left out by kube-apiserver itself
    "service-proxy": lambda attempt: [pod(attempt, "nowhere"), *service(attempt)],
}
STATUS: dict[str, Callable[[Attempt], list[list[str]]]] = {
    "node-proxy": node_status, "node-logs": node_status, "pod-proxy": pod_status, "service-proxy": pod_status, "conversion-by-url": thing}
CALLS: dict[str, Callable[[Attempt], list[str]]] = {
    "webhook-by-url": lambda attempt: ["-n", NAMESPACE, "create", "configmap", attempt.name],
    "webhook-by-service": lambda attempt: ["-n", NAMESPACE, "create", "configmap", attempt.name],
    # what is sent in one version is stored in another
    "conversion-by-url": lambda attempt: ["create", "--raw", f"/apis/{attempt.name}.example.com/v2/things", "-f", THING],
    "aggregated-api": lambda attempt: ["get", "--raw", f"/apis/{attempt.name}.example.com/v1"],
    "node-proxy": lambda attempt: ["get", "--raw", f"/api/v1/nodes/{attempt.name}/proxy/healthz"],
    "node-logs": lambda attempt: ["-n", NAMESPACE, "logs", attempt.name],
    "pod-proxy": lambda attempt: ["get", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods/{attempt.name}:{attempt.port}/proxy/"],
    "service-proxy": lambda attempt: ["get", "--raw", f"/api/v1/namespaces/{NAMESPACE}/services/{attempt.name}:web/proxy/"],
}
