# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The control plane's command lines, as its manifests say them, with the certificates that the module pki made: do they come up together?

Processes stand in for pods: paths of mounts become directories, names of Services become the loopback address, ports become free ones.
"""
from __future__ import annotations

import base64
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import FIELD_MANAGER, KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi, free_port, program
from api.resources import Caller
from unit.roles.rendered import CLOUD, rendered, values

PROCESSES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
# both clouds at once, which no cluster has
AT_CLOUDS = sorted({template.removeprefix("cluster/").removesuffix(".yaml.j2") for add_ons in CLOUD.values() for templates in add_ons.values()
                    for template in templates})
LOOPBACK = "127.0.0.1"
# where nodes would find it; nothing listens there
OUTSIDE = "198.51.100.10"
START_TIMEOUT = 300


class Plane:
    """seed, namespace: where the module pki put its objects."""

    def __init__(self, directory: Path, seed: KubeApi, namespace: str) -> None:
        self.directory, self.seed, self.namespace = directory, seed, namespace
        self.port = free_port()
        self.ports = {number: free_port() for number in (2379, 2380, 2381, 10257, 10259)}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.values = values(address=OUTSIDE, port=self.port, cluster_audit_log=True, cloud_provider="digitalocean")
        self.configs: dict[str, dict[str, str]] = {name: self.seed.get("v1", "ConfigMap", name, namespace)["data"]
                                                   for name in ("ca-bundle", "kubelet-ca-bundle", "etcd-members")}

    def start(self) -> None:
        for name in PROCESSES:
            objects = [item for item in yaml.safe_load_all(rendered(f"seed/{name}.yaml.j2", self.values)) if item]
            self.configs.update({item["metadata"]["name"]: item["data"] for item in objects if item["kind"] == "ConfigMap"})
            workload = next(item for item in objects if item["kind"] in ("Deployment", "StatefulSet"))
            self._run(name, workload["spec"]["template"]["spec"])
            self._wait(name, workload["spec"]["template"]["spec"]["containers"][0])

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text()

    def api(self, user: str, *groups: str) -> KubeApi:
        ca, key = (self._secret("cluster-ca")[name] for name in ("tls.crt", "tls.key"))
        certificate, private = x509.issue(ca, key, cn=user, organizations=groups, days=1)
        return KubeApi.from_credentials(f"https://{LOOPBACK}:{self.port}", ca, certificate, private)

    def answer(self, path: str) -> int:
        """Status of a request by nobody in particular."""
        return status(f"https://{LOOPBACK}:{self.port}{path}")

    def _secret(self, name: str) -> dict[str, str]:
        data = self.seed.get("v1", "Secret", name, self.namespace)["data"]
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def _run(self, name: str, pod: dict[str, Any]) -> None:
        root = self.directory / name
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        container = pod["containers"][0]
        for mount in container["volumeMounts"]:
            directory = root / mount["mountPath"].lstrip("/")
            directory.mkdir(parents=True)
            for key, text in self._content(volumes.get(mount["name"], {})).items():
                self._write(directory / key, self._here(text, root))
        command = [self._here(self._with_config(word, container.get("env", [])), root) for word in container["command"]]
        with (self.directory / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen([str(program(command[0])), *command[1:]], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _with_config(self, word: str, environment: list[dict[str, Any]]) -> str:
        for item in environment:
            source = (item.get("valueFrom") or {}).get("configMapKeyRef")
            if source:
                word = word.replace(f"$({item['name']})", self.configs[source["name"]][source["key"]])
        return word

    def _content(self, volume: dict[str, Any]) -> dict[str, str]:
        if "secret" in volume:
            return self._secret(volume["secret"]["secretName"])
        return self.configs[volume["configMap"]["name"]] if "configMap" in volume else {}

    def _write(self, path: Path, text: str) -> None:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(text)

    def _here(self, text: str, root: Path) -> str:
        pod_name = "etcd-0"
        text = text.replace("$(POD_NAME)", pod_name).replace(f"{pod_name}.etcd.cluster-demo.svc", LOOPBACK).replace("//0.0.0.0:", f"//{LOOPBACK}:")
        text = text.replace("//kube-apiserver:", f"//{LOOPBACK}:")
        for directory in ("/etc/kubernetes/", "/var/lib/etcd", "/run/konnectivity-server"):
            text = text.replace(directory, f"{root}{directory}")
        for number, port in self.ports.items():
            text = text.replace(f":{number}", f":{port}").replace(f"--secure-port={number}", f"--secure-port={port}")
        return text

    def _wait(self, name: str, container: dict[str, Any]) -> None:
        probe = container["readinessProbe"]["httpGet"]
        number = next(port["containerPort"] for port in container["ports"] if port["name"] == probe["port"])
        url = f"{probe.get('scheme', 'HTTP').lower()}://{LOOPBACK}:{self.ports.get(number, number)}{probe['path']}"
        deadline = time.monotonic() + START_TIMEOUT
        while status(url) != 200:
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{name} is not ready at {url}: {self.log(name)[-3000:]}", pytrace=False)
            time.sleep(0.2)


def status(url: str) -> int:
    """HTTP status, 0 if nothing answers."""
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url, timeout=5, context=trusting) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture(scope="module")
def plane(bare_api: BareApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    seed = bare_api.api("system:setup")
    seed.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cluster-demo"}})
    caller = Caller(bare_api.kubeconfig(), "demo")
    caller.call(PkiResource, address=OUTSIDE, service_address="10.96.0.1")
    caller.call(EtcdMembersResource, etcd_replicas=1)
    plane = Plane(tmp_path_factory.mktemp("plane"), seed, "cluster-demo")
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()


def test_all_are_ready(plane: Plane):
    assert {name: process.poll() for name, process in plane.processes.items()} == dict.fromkeys(PROCESSES)
    assert plane.api("admin", "system:masters").server_version() == "1.36.3"


@pytest.mark.parametrize(("path", "code"), [
    ("/livez", 200), ("/readyz", 200), ("/livez?exclude=etcd", 200), ("/healthz", 200),
    ("/version", 401), ("/livez/etcd", 401), ("/api", 401), ("/.well-known/openid-configuration", 401)])
def test_nobody_in_particular_may_only_ask_for_health(plane: Plane, path: str, code: int):
    assert plane.answer(path) == code


def test_add_ons_apply_and_their_rights_hold(plane: Plane):
    admin = plane.api("admin", "system:masters")
    for template in ("rbac", "kubernetes-endpoint", "kube-proxy", "flannel", "konnectivity-agent", "coredns", "metrics-server", *AT_CLOUDS):
        for item in yaml.safe_load_all(rendered(f"cluster/{template}.yaml.j2", plane.values)):
            if item:
                admin.apply(item)
    operator = plane.api("jane", "kubermatic:cluster-admins")
    assert operator.allowed("delete", "", "nodes")
    kubelet_client = plane.api("kube-apiserver-kubelet-client", "kubermatic:kubelet-api-admin")
    assert kubelet_client.allowed("create", "", "nodes/proxy")
    assert not kubelet_client.allowed("get", "", "secrets", "kube-system")
    assert plane.api("system:konnectivity-server").allowed("create", "authentication.k8s.io", "tokenreviews")
    controller = plane.api("system:serviceaccount:kube-system:cloud-controller-manager")
    assert controller.allowed("patch", "", "nodes/status") and controller.allowed("update", "", "services/status")
    assert controller.allowed("create", "coordination.k8s.io", "leases", "kube-system")
    volumes = plane.api("system:serviceaccount:kube-system:csi-controller")
    assert volumes.allowed("create", "", "persistentvolumes") and volumes.allowed("patch", "storage.k8s.io", "volumeattachments/status")
    for one in (controller, volumes, plane.api("system:serviceaccount:kube-system:csi-node")):
        assert not one.allowed("get", "", "secrets", "kube-system")
    nobody = plane.api("somebody")
    with pytest.raises(Refused):
        nobody.list("v1", "Secret", "kube-system")


def test_the_service_kubernetes_leads_to_the_outside_address(plane: Plane):
    endpoints = plane.api("admin", "system:masters").get("v1", "Endpoints", "kubernetes", "default")
    assert endpoints["subsets"][0]["addresses"] == [{"ip": OUTSIDE}]
    assert endpoints["subsets"][0]["ports"][0]["port"] == plane.port


PATHS = {"endpoints": "/api/v1/namespaces/default/endpoints", "services": "/api/v1/namespaces/default/services",
         "endpointslices": "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"}


@pytest.fixture
def guarded(plane: Plane) -> Plane:
    """A new policy counts after a moment."""
    customer, deadline = plane.api("jane", "kubermatic:cluster-admins"), time.monotonic() + 30
    with pytest.raises(ApiError, match="without it no pod"):
        while time.monotonic() < deadline:
            customer.request("DELETE", f"{PATHS['services']}/kubernetes", {"dryRun": "All"})
            time.sleep(0.2)
    return plane


@pytest.mark.parametrize("name", ["/kubernetes", ""], ids=["one", "all"])
@pytest.mark.parametrize("resource", PATHS)
def test_a_customer_does_not_take_the_way_to_the_api_away_by_mistake(guarded: Plane, resource: str, name: str):
    """`kubectl delete all --all` in this namespace would: controllers delete the endpoints of a Service that is gone."""
    with pytest.raises(ApiError, match="without it no pod of this cluster reaches the API"):
        guarded.api("jane", "kubermatic:cluster-admins").request("DELETE", f"{PATHS[resource]}{name}")
    assert guarded.api("jane", "kubermatic:cluster-admins").request("GET", f"{PATHS[resource]}/kubernetes")
    test_the_service_kubernetes_leads_to_the_outside_address(guarded)


@pytest.mark.parametrize("resource", ["endpoints", "endpointslices"])
def test_only_the_run_changes_where_the_service_kubernetes_leads(guarded: Plane, resource: str):
    plane, path = guarded, f"{PATHS[resource]}/kubernetes"
    other = {"endpoints": {"subsets": [{"addresses": [{"ip": "203.0.113.9"}], "ports": [{"name": "https", "port": 1}]}]},
             "endpointslices": {"endpoints": [{"addresses": ["203.0.113.9"]}]}}[resource]
    for user in (("jane", "kubermatic:cluster-admins"), ("jane", "system:masters"), ("kubermatic-caas", "kubermatic:cluster-admins")):
        with pytest.raises(ApiError, match="without it no pod"):
            plane.api(*user).request("PATCH", path, body=other, content_type="application/merge-patch+json")
    run = plane.api(FIELD_MANAGER, "system:masters")
    before = run.request("GET", path)
    run.request("PATCH", path, body=other, content_type="application/merge-patch+json")
    run.replace({**before, "metadata": {key: value for key, value in before["metadata"].items() if key != "resourceVersion"}})
    # others of the namespace are a customer's own
    customer = plane.api("jane", "kubermatic:cluster-admins")
    customer.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"}, "spec": {"ports": [{"port": 80}]}})
    assert customer.delete("v1", "Service", "web", "default")


def test_controllers_work(plane: Plane):
    """The controller manager makes the ConfigMap with the cluster's authority, and the pods of a Deployment; both lead."""
    admin = plane.api("admin", "system:masters")
    deadline = time.monotonic() + 30
    while not (admin.get("v1", "ConfigMap", "kube-root-ca.crt", "kube-system") and admin.list("v1", "Pod", "kube-system", "k8s-app=kube-dns")):
        assert time.monotonic() < deadline, plane.log("kube-controller-manager")[-2000:]
        time.sleep(0.2)
    assert admin.get("v1", "ConfigMap", "kube-root-ca.crt", "kube-system")["data"]["ca.crt"].strip() == plane.configs["ca-bundle"]["ca.crt"].strip()
    leases = {lease["metadata"]["name"] for lease in admin.list("coordination.k8s.io/v1", "Lease", "kube-system")}
    assert {"kube-controller-manager", "kube-scheduler"} <= leases


def test_secrets_are_stored_encrypted(plane: Plane):
    plain = "a long and unlikely text in a secret"
    plane.api("admin", "system:masters").create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "plain", "namespace": "default"},
                                                 "stringData": {"word": plain}})
    pki = plane.directory / "kube-apiserver" / "etc" / "kubernetes" / "pki"
    stored = subprocess.run([program("etcdctl"), "--endpoints", f"https://{LOOPBACK}:{plane.ports[2379]}", "--cacert", pki / "ca-bundle" / "etcd-ca.crt",
                             "--cert", pki / "etcd-client" / "tls.crt", "--key", pki / "etcd-client" / "tls.key",
                             "get", "/registry/secrets/default/plain", "--print-value-only"], check=True, capture_output=True).stdout
    assert stored.startswith(b"k8s:enc:secretbox:v1:1:")
    assert plain.encode() not in stored


def test_etcd_serves_nobody_without_a_certificate(plane: Plane):
    assert status(f"https://{LOOPBACK}:{plane.ports[2379]}/version") == 0


def test_the_audit_log_is_on_standard_output(plane: Plane):
    assert '"auditID"' in plane.log("kube-apiserver")
    assert "a long and unlikely text" not in plane.log("kube-apiserver")


def test_the_api_ends_without_a_long_wait(plane: Plane):
    begin = time.monotonic()
    plane.processes["kube-apiserver"].terminate()
    plane.processes["kube-apiserver"].wait(timeout=60)
    assert time.monotonic() - begin < 15
