# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a module is given: it does it, or says in one line why not, and then nothing was written.

The same examples every time. FUZZ=1000 tries as many new ones for each module.
"""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.kubeconfig_resource import KubeconfigResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import check_limits
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import Resource, run
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.maintenance_resource import EtcdMaintenanceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.snapshot_resource import EtcdSnapshotResource
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.hosts_resource import NodePoolHostsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pools_resource import NodePoolsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.renewal_resource import ClusterCertificatesResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.credentials_resource import CloudCredentialsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.dns_spread_resource import SeedSpreadResource
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.info_resource import SeedInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_ADMISSION, SEED_CERTIFICATES, SEED_NODE
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready_resource import SeedReadyResource
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.plan_resource import UpgradePlanResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.leave import Leave
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.preflight import Preflight
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.renew import Renew
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.admission import Admission
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.certificates import SeedCertificates
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.first import FirstMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.joining import JoiningMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.seed.machine import SeedMachine
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Remote
from api.attempts import FAST, SLOW, try_all
from api.bare_api import BareApi
from api.resources import Caller
from api.strange_input import manifest_texts, options

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"a": "1"}},
              "data": {"key": "value"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, "type": "Opaque", "data": {"key": "dmFsdWU="}, "stringData": {"other": "value"}}
SPEC = {"kubernetes_version": "1.36.3", "seed_address": "198.51.100.10", "pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/16",
        "cluster_dns_domain": "cluster.local", "expose": "node_port", "control_plane_replicas": 1,
        "control_plane_size": "small", "control_plane_resources": {"etcd": {"cpu": "1"}},
        "control_plane_priority_class": "customers", "etcd_replicas": 1, "etcd_storage": "1Gi",
        "etcd_storage_class": "fast", "etcd_storage_moves": True,
        "add_ons": {"coredns": True}, "cluster_audit_log": False, "kube_proxy_config": {"mode": "iptables"},
        "kubernetes_registry": "registry.k8s.io", "flannel_registry": "ghcr.io/flannel-io", "key_type": "ecdsa-p256",
        "cloud_provider": "none", "cloud_credentials": "secret", "digitalocean_registry": "docker.io/digitalocean"}
POOL = {"name": "web", "provider": "digitalocean", "node_count": 1, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
MACHINE = {"id": "3164000", "name": "anyinput-web-1", "pool": "web", "state": "running", "created": "2026-03-01T12:00:00Z", "address": "127.0.77.1"}
RESOURCES: dict[str, tuple[type[Resource], dict[str, Any]]] = {
    "cloud_credentials": (CloudCredentialsResource, {"state": "present", "cloud_provider": "aws", "cloud_credentials": "secret", "wait_timeout": 0,
                                                     "cluster_aws_access_key": "AKIDOFATESTTHATOPENSNOTHING",
                                                     "cluster_aws_secret_key": "a-long-and-unlikely-key-of-a-test"}),
    "cluster_certificates": (ClusterCertificatesResource, {"renew_within_days": 182, "wait_timeout": 0}),
    "cluster_info": (ClusterInfoResource, {}),
    "cluster_lock": (ClusterLockResource, {"state": "held"}),
    "cluster_record": (ClusterRecordResource, {"phase": "Running", "spec": SPEC, "last_error": "it broke"}),
    "cluster_spec": (ClusterSpecResource, SPEC),
    "endpoint": (EndpointResource, {"address": "198.51.100.10", "expose": "node_port", "wait_timeout": 0}),
    "etcd_maintenance": (EtcdMaintenanceResource, {"interruption": False}),
    "etcd_members": (EtcdMembersResource, {"etcd_replicas": 3, "wait_timeout": 0}),
    "etcd_snapshot": (EtcdSnapshotResource, {"state": "present", "snapshot_directory": "snapshots", "snapshot_encrypted": False, "snapshots_kept": 7}),
    "kubeconfig": (KubeconfigResource, {"path": "somebody.kubeconfig", "lifetime": "8h", "user": "jane", "group": "developers"}),
    "namespace": (NamespaceResource, {"state": "absent", "confirm": "NAME", "wait_timeout": 0}),
    "node_pools": (NodePoolsResource, {"state": "noted", "node_pools": [POOL], "pool": "web", "node_count": 2, "allowed_stages": ["alpha"]}),
    "node_pool_hosts": (NodePoolHostsResource, {"pools": [POOL], "machines": {"web": [MACHINE]}, "known_hosts": "known_hosts", "ssh_timeout": 0,
                                                "node_labels": {"disk": "ssd"}, "contact": False}),
    "pki": (PkiResource, {"address": "198.51.100.10", "service_address": "10.96.0.1", "dns_domain": "cluster.local", "etcd_size_max": 5,
                          "renew_within_days": 30}),
    "seed_info": (SeedInfoResource, {"require": False}),
    "seed_ready": (SeedReadyResource, {"wait_timeout": 0}),
    "seed_spread": (SeedSpreadResource, {}),
    "upgrade_plan": (UpgradePlanResource, {
        "kubernetes_version": "1.37.2", "accept_gates": ["webhooks"], "inventory_nodes": ["web-1"], "pinned": {"web-1": "1.36.3"}, "max_api_gap": 1.5,
        "max_unavailable": 1, "wait_timeout": 0, "allowed_stages": ["public"]}),
}
NODE_OPTIONS: dict[str, Any] = {
    "node_name": "web-1", "state": "present", "kubernetes_version": "1.36.3", "node_address": "203.0.113.21", "node_labels": {"disk": "ssd"},
    "node_provider_id": "digitalocean://3164444",
    "node_taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}], "kubelet_config": {"maxPods": 50}, "registry_mirrors": {"docker.io": "http://a"},
    "artefact_sha256": {"kubelet": "0" * 64}, "node_drain": True, "node_forget": False, "ready_timeout": 1}
SEED_NODE_OPTIONS: dict[str, Any] = {
    "seed_kubeconfig": "seed.kubeconfig", "seed": "fra1", "machine": "fra1-a", "seed_address": "198.51.100.10", "seed_kubernetes_version": "1.36.3",
    "seed_pod_cidr": "10.240.0.0/16", "seed_service_cidr": "10.241.0.0/16", "seed_audit_log": True, "seed_schedulable": True,
    "seed_kubelet_config": {"maxPods": 50}, "kube_proxy_config": {"mode": "iptables"}, "kubernetes_registry": "registry.k8s.io",
    "registry_mirrors": {"docker.io": "http://a"}, "artefact_sha256": {"kubelet": "0" * 64}, "state": "present", "seed_role": "worker",
    "control_planes": ["fra1-a"], "workers": ["fra1-b"], "machine_address": "198.51.100.10", "server": "https://198.51.100.10:6443",
    "encryption_goal": "write", "encryption_config": "", "admission": {"certificate": "", "ca": "", "keys": ""}}
OVER_SSH = {"node": NODE, "seed_node": SEED_NODE, "seed_admission": SEED_ADMISSION, "seed_certificates": SEED_CERTIFICATES}
SEED_ADMISSION_OPTIONS: dict[str, Any] = {
    "seed": "fra1", "machine": "fra1-a", "request": {
        "machine": "fra1-b", "seed_role": "worker", "address": "198.51.100.11", "recipient": "",
        "request": x509.request(x509.new_key(), cn="system:node:fra1-b", organizations=["system:nodes"])}}


@pytest.fixture(scope="module")
def caller(bare_api: BareApi) -> Caller:
    """A cluster that runs, as far as it can without pods."""
    one = Caller(bare_api.kubeconfig(), "anyinput")
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Running", spec=one.call(ClusterSpecResource, kubernetes_version="1.36.3", seed_address="198.51.100.10")["cluster"])
    one.call(EndpointResource, address="127.0.0.1")
    one.call(PkiResource, address="127.0.0.1", service_address="10.96.0.1")
    return one


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files with strange names are written here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_every_module_is_tried():
    names = {path.stem for path in MODULES.glob("*.py")} - {"__init__"}
    # what needs a cloud: with that cloud, in the test of each; cluster_result and cluster_overview read what other modules said, and
    # look_ahead only calls others
    assert names == {*RESOURCES, "manifests", "node", "seed_node", "seed_admission", "seed_certificates", "cloud_resources", "node_pool", "cluster_result",
                     "cluster_overview", "look_ahead"}


def carried_out(caller: Caller, name: str, resource: type[Resource], given: dict[str, Any]) -> dict[str, Any]:
    params = validated(name, resource.ARGUMENT_SPEC, resource.CONSTRAINTS, given)
    if "wait_timeout" in params:
        # nothing runs here that could be waited for, and an empty one means the default of minutes
        params["wait_timeout"] = min(params["wait_timeout"], 1)
    return run(resource(params, holder=caller.holder, check_mode=False, progress=caller.lines.append))


def good_options(caller: Caller, resource: type[Resource] | None, given: dict[str, Any]) -> dict[str, Any]:
    cluster = {"cluster": caller.cluster} if resource is None or "cluster" in resource.ARGUMENT_SPEC else {}
    confirm = {"confirm": caller.cluster} if "confirm" in given else {}
    return {"seed_kubeconfig": caller.seed_kubeconfig, **cluster, **given, **confirm}


@pytest.mark.parametrize("name", RESOURCES)
def test_any_options(bare_api: BareApi, caller: Caller, name: str):
    resource, given_options = RESOURCES[name]
    good = good_options(caller, resource, given_options)

    try_all(bare_api, options(good, sorted(resource.ARGUMENT_SPEC)), lambda given: carried_out(caller, name, resource, given), FAST)


def test_any_manifests(bare_api: BareApi, caller: Caller):
    good = good_options(caller, None, {"set": "fuzz", "namespace": f"cluster-{caller.cluster}", "wait_timeout": 0, "prune": True})
    texts = st.lists(st.one_of(manifest_texts(CONFIG_MAP), manifest_texts(SECRET)), min_size=1, max_size=2)

    both = st.tuples(st.one_of(st.just(good), options(good, ["set", "namespace", "target", "wait_timeout", "prune"])), texts)
    try_all(bare_api, both, lambda given: carried_out(caller, "manifests", ManifestsResource, {**given[0], "manifests": given[1]}),
            {**FAST, "max_examples": 2 * FAST["max_examples"]})


def checked(module: str, given: dict[str, Any]) -> dict[str, Any]:
    """As its action gets them."""
    params = validated(module, argument_spec(OVER_SSH[module]), {}, given)
    check_limits(OVER_SSH[module], params)
    return params


def this_machine() -> Remote:
    """A look at this machine: only scripts that plan are run on it."""
    def execute(command: str, data: bytes) -> dict[str, Any]:
        assert b"\nmode=plan\n" in data
        done = subprocess.run(command.split(), input=data, capture_output=True, check=False)
        return {"rc": done.returncode, "stdout": done.stdout.decode(errors="replace"), "stderr": done.stderr.decode(errors="replace")}

    return Remote(execute, "web-1")


@pytest.mark.parametrize("kind", [Join, Leave, Preflight, Renew])
def test_any_node(bare_api: BareApi, caller: Caller, kind: type[Join] | type[Leave]):
    good = good_options(caller, None, NODE_OPTIONS)

    def look(given: dict[str, Any]) -> None:
        params = checked("node", given)
        run(kind(params, holder=caller.holder, check_mode=True, progress=caller.lines.append, remote=this_machine(), warn=caller.lines.append))

    try_all(bare_api, options(good, sorted(argument_spec(NODE))), look, SLOW)


@pytest.mark.parametrize("kind", [SeedMachine, FirstMachine, JoiningMachine])
def test_any_machine_of_a_seed(bare_api: BareApi, caller: Caller, kind: type[SeedMachine]):
    def look(given: dict[str, Any]) -> None:
        kind(this_machine(), checked("seed_node", given), caller.lines.append).run(check_mode=True)

    try_all(bare_api, options(SEED_NODE_OPTIONS, sorted(argument_spec(SEED_NODE))), look, SLOW)


def test_any_admission_to_a_seed(bare_api: BareApi, caller: Caller):
    def look(given: dict[str, Any]) -> None:
        Admission(this_machine(), checked("seed_admission", given), caller.lines.append).run(check_mode=True)

    try_all(bare_api, options(SEED_ADMISSION_OPTIONS, sorted(argument_spec(SEED_ADMISSION))), look, SLOW)


def test_any_certificates_of_a_seed(bare_api: BareApi, caller: Caller):
    def look(given: dict[str, Any]) -> None:
        SeedCertificates(this_machine(), checked("seed_certificates", given), caller.lines.append).run(check_mode=True)

    good = {"seed": "fra1", "machine": "fra1-a", "seed_kubeconfig": "seed.kubeconfig", "renew_within_days": 30}
    try_all(bare_api, options(good, sorted(argument_spec(SEED_CERTIFICATES))), look, SLOW)
