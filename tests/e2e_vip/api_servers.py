# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each kube-apiserver of a cluster by itself, whatever leads to them together: a tunnel to its pod, through the seed."""
from __future__ import annotations

import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from e2e.world import World
from e2e_vip.layout import NODE
from e2e_vip.webhook import WORD
from lab.hosts import state

KUBECTL = str(state.cache() / "bin" / "kubectl")
AGENTS = re.compile(r"^konnectivity_network_proxy_server_ready_backend_connections(?:{[^}]*})? (\d+)", re.MULTILINE)


@contextmanager
def tunnel(world: World, namespace: str, pod: str, port: int) -> Iterator[int]:
    """A port of this machine that leads to one of the pod."""
    command = [KUBECTL, "--kubeconfig", str(world.seed_kubeconfig), "-n", namespace, "port-forward", f"pod/{pod}", f":{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            yield int(forward.stdout.readline().split(" -> ")[0].rpartition(":")[2])
        finally:
            forward.terminate()


@dataclass(frozen=True)
class ApiServer:
    """One pod. address, port: of the cluster, the name in its certificate."""

    world: World
    cluster: str
    pod: str
    machine: str
    address: str
    port: int

    def kubectl(self, *words: str) -> subprocess.CompletedProcess[str]:
        with tunnel(self.world, f"cluster-{self.cluster}", self.pod, self.port) as local:
            return self.world.kubectl(self.cluster, "--server", f"https://127.0.0.1:{local}", "--tls-server-name", self.address, "--request-timeout=20s",
                                      *words, check=False)

    def agents(self) -> int:
        with tunnel(self.world, f"cluster-{self.cluster}", self.pod, 8133) as local, \
                urllib.request.urlopen(f"http://127.0.0.1:{local}/metrics", timeout=10) as reply:
            found = AGENTS.search(reply.read().decode())
        return int(found[1]) if found else 0

    def lacks(self) -> list[str]:
        """What it does not reach of the customer's: a webhook, an aggregated API, a kubelet."""
        asked = {
            "webhook": (WORD, self.kubectl("create", "configmap", "tell")),
            "aggregated API": ("NodeMetricsList", self.kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes")),
            "kubelet": ("ok", self.kubectl("get", "--raw", f"/api/v1/nodes/{NODE}/proxy/healthz")),
        }
        return [f"{what}: {answer.stdout[-300:]}{answer.stderr[-300:]}" for what, (sign, answer) in asked.items() if sign not in answer.stdout + answer.stderr]


def api_servers(world: World, cluster: str) -> list[ApiServer]:
    endpoint = world.objects(None, "-n", f"cluster-{cluster}", "configmaps", "--field-selector=metadata.name=endpoint")[0]["data"]
    pods = world.objects(None, "-n", f"cluster-{cluster}", "pods", "-lapp.kubernetes.io/name=kube-apiserver")
    return [ApiServer(world, cluster, pod["metadata"]["name"], pod["spec"]["nodeName"], endpoint["address"], int(endpoint["port"]))
            for pod in pods if "deletionTimestamp" not in pod["metadata"]]
