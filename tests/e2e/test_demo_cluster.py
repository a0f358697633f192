# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The customer's cluster is a real one: pods find each other, and the API server reaches the kubelets."""
from __future__ import annotations

import json
import subprocess
import time
import urllib.request

import pytest

from e2e.world import LAB, World, eventually
from lab.hosts import state

IMAGE = "docker.io/library/busybox:1.37"


# of the customer, see the page about a datacenter of one's own
OWN_DNS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "coredns-custom", "namespace": "kube-system"},
           "data": {"corp.server": "corp.example:53 {\n    hosts {\n        192.0.2.7 intranet.corp.example\n    }\n}\n"}}


def pod(name: str, node: str, *command: str) -> dict:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"nodeName": node, "terminationGracePeriodSeconds": 0,
                     "containers": [{"name": "main", "image": IMAGE, "command": list(command)}]}}


@pytest.fixture(scope="module")
def pods(demo: World) -> World:
    """A web server on the first node, a client on the second."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
    serve = "echo it works >/tmp/index.html; echo serving; exec httpd -f -v -p 80 -h /tmp"
    manifests = {"apiVersion": "v1", "kind": "List", "items": [
        pod("web", f"{LAB}-host-1", "sh", "-c", serve), pod("client", f"{LAB}-host-2", "sleep", "36000"), service, OWN_DNS]}
    file = demo.directory / "pods.json"
    file.write_text(json.dumps(manifests))
    demo.kubectl("demo", "apply", "-f", str(file))
    demo.kubectl("demo", "wait", "--for=condition=Ready", "pod/web", "pod/client", "--timeout=120s")
    return demo


def test_two_nodes_are_ready(demo: World):
    nodes = demo.objects("demo", "nodes")
    assert sorted(node["metadata"]["name"] for node in nodes) == [f"{LAB}-host-1", f"{LAB}-host-2"]
    for node in nodes:
        assert {"type": "Ready", "status": "True"}.items() <= next(c for c in node["status"]["conditions"] if c["type"] == "Ready").items()
        assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.3"


def test_pods_on_different_nodes_reach_each_other_by_service_name(pods: World):
    answer = eventually(lambda: pods.kubectl("demo", "exec", "client", "--", "timeout", "10", "wget", "-qO-", "http://web.default.svc.cluster.local/").stdout)
    assert answer == "it works\n"


def test_dns_is_on_both_nodes(demo: World):
    """Although both pods of CoreDNS waited when the first node came."""
    def places() -> list[str]:
        return sorted(pod["spec"].get("nodeName", "") for pod in demo.objects("demo", "-n", "kube-system", "pods", "-lk8s-app=kube-dns"))

    assert eventually(lambda: places() == [f"{LAB}-host-1", f"{LAB}-host-2"]), places()


def test_logs_and_exec(pods: World):
    assert "serving" in pods.kubectl("demo", "logs", "web").stdout
    assert pods.kubectl("demo", "exec", "web", "--", "cat", "/tmp/index.html").stdout == "it works\n"


def test_port_forward(pods: World):
    command = [str(state.cache() / "bin" / "kubectl"), "--kubeconfig", str(pods.kubeconfig("demo")), "port-forward", "pod/web", ":80"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            port = forward.stdout.readline().split(" -> ")[0].rpartition(":")[2]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as reply:
                assert reply.read() == b"it works\n"
        finally:
            forward.terminate()


def test_top_nodes(pods: World):
    def measured() -> list[str]:
        return sorted(line.split()[0] for line in pods.kubectl("demo", "top", "nodes", "--no-headers").stdout.splitlines())

    assert eventually(measured, seconds=120) == [f"{LAB}-host-1", f"{LAB}-host-2"]


def test_a_customer_adds_a_name_to_the_dns(pods: World):
    """CoreDNS looks at what is mounted every half minute, a kubelet brings it there within a minute and a half."""
    def answer() -> bool:
        return "Address: 192.0.2.7" in pods.kubectl("demo", "exec", "client", "--", "nslookup", "intranet.corp.example.", check=False).stdout

    assert eventually(answer, seconds=150)


def test_no_bootstrap_token_exists(demo: World):
    for cluster in ("demo", None):
        secrets = demo.objects(cluster, "secrets", "-A")
        assert [s["metadata"]["name"] for s in secrets if s["type"] == "bootstrap.kubernetes.io/token"] == []


def test_a_kubelet_with_a_forged_serving_certificate_is_refused(pods: World):
    """Whoever takes a node's address but not its key must get nothing, and the real kubelet is trusted again afterwards."""
    host, files = f"{LAB}-host-1", "/var/lib/kubelet/pki/kubelet"
    forge = (f"cd /root && cp {files}.crt real.crt && cp {files}.key real.key && openssl req -x509 -newkey rsa:2048 -nodes -days 2 "
             f"-subj /O=system:nodes/CN=system:node:{host} -addext subjectAltName=DNS:{host} -keyout {files}.key -out {files}.crt 2>/dev/null "
             "&& systemctl restart kubelet")
    pods.lab("exec", LAB, host, "--", "sh", "-c", forge)
    try:
        refused = eventually(lambda: (done := pods.kubectl("demo", "logs", "web", check=False)).returncode and "certificate" in done.stderr and done.stderr)
        assert "x509" in refused or "tls" in refused
    finally:
        pods.lab("exec", LAB, host, "--", "sh", "-c", f"cd /root && mv real.crt {files}.crt && mv real.key {files}.key && systemctl restart kubelet")
    eventually(lambda: pods.kubectl("demo", "logs", "web", check=False).returncode == 0)


def test_the_kubeconfig_is_private_and_ends(demo: World):
    path = demo.kubeconfig("demo")
    assert path.stat().st_mode & 0o777 == 0o600
    assert time.time() - path.stat().st_mtime < 86400


def test_nothing_of_ours_stays_in_the_seed_outside_of_namespaces(demo: World):
    assert demo.wide_objects() == demo.seed_before


def test_diff_shows_manifests_and_host_files_without_secrets(demo: World):
    output = demo.first_output
    for shown in ("kind: StatefulSet", "kind: DaemonSet", "/var/lib/kubelet/config.yaml", "clusterDomain: cluster.local", "SystemdCgroup"):
        assert shown in output, shown
    # a key as text and in base64, as Secrets hold it
    assert "PRIVATE KEY" not in output
    assert "LS0tLS1CRUdJTiBFQyBQUklWQVRF" not in output
