# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""cluster_spec against a real API: finds out beforehand, and writes nothing."""
from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld, NotReady, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines
from api.bare_api import BareApi, free_port
from api.resources import Caller
from api.test_info import set_status

OFFER = Path(__file__).resolve().parents[2] / "roles" / "seed" / "templates" / "seed-offer.yaml.j2"
WANTED: dict[str, Any] = {"kubernetes_version": "1.36.3", "seed_address": "198.51.100.10"}


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    """A cluster that runs."""
    one = Caller(bare_api.kubeconfig(), f"spec-{cluster}")
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Running", spec=one.call(ClusterSpecResource, **WANTED)["cluster"])
    one.call(ClusterLockResource, state="free")
    return one


def test_an_empty_seed_gets_no_write(bare_api: BareApi):
    with bare_api.watched() as seen:
        result = Caller(bare_api.kubeconfig(), "fresh").call(ClusterSpecResource, **WANTED)
    assert seen.writes == [] and not result["changed"]
    cluster = result["cluster"]
    assert (cluster["namespace"], cluster["service_address"], cluster["dns_address"]) == ("cluster-fresh", "10.96.0.1", "10.96.0.10")
    assert cluster["add_ons"] == dict.fromkeys(["kube_proxy", "coredns", "flannel", "konnectivity", "metrics_server"], True)
    assert cluster["images"]["kube_apiserver"] == "registry.k8s.io/kube-apiserver:v1.36.3"


def test_a_cluster_that_runs_is_only_read(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        caller.call(ClusterSpecResource, **WANTED)
    assert seen.writes == []
    # its pods, to see whether they are to grow; in the end what the seed offers to clusters
    assert [request.split()[0] for request in seen.requests] == [*["get"] * 4, "list", "get"]


def claim_of(bare_api: BareApi, namespace: str, storage_class: str, provisioner: str) -> None:
    """A volume of a member of etcd, bound, as a provisioner leaves it."""
    api = bare_api.api("system:setup")
    api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {
        "name": "data-etcd-0", "namespace": namespace, "labels": {"app.kubernetes.io/name": "etcd"},
        "annotations": {"volume.kubernetes.io/storage-provisioner": provisioner}},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class, "volumeName": "pv-1", "resources": {"requests": {"storage": "4Gi"}}}})
    set_status(bare_api, f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-etcd-0",
               {"phase": "Bound", "capacity": {"storage": "4Gi"}, "accessModes": ["ReadWriteOnce"]})


def test_a_cluster_keeps_its_storage_whatever_the_default_is(bare_api: BareApi, caller: Caller):
    spec = caller.call(ClusterSpecResource, **WANTED, etcd_storage="8Gi")["cluster"]
    caller.call(ClusterRecordResource, phase="Running", spec=spec)
    kept = caller.call(ClusterSpecResource, **WANTED)["cluster"]
    assert (kept["etcd_storage"], kept["etcd_quota_bytes"]) == ("8Gi", 4 * 2**30)
    with pytest.raises(InvalidInput, match="etcd_storage can't shrink from 8Gi to 4Gi"):
        caller.call(ClusterSpecResource, **WANTED, etcd_storage="4Gi")


@pytest.mark.parametrize(("expands", "provisioner", "grows"), [
    (True, "ebs.csi.aws.com", True), (False, "ebs.csi.aws.com", False), (False, "rancher.io/local-path", True)])
def test_the_seed_says_whether_storage_may_grow_before_anything_is_made(bare_api: BareApi, caller: Caller, expands: bool, provisioner: str, grows: bool):
    name = f"fast-{caller.cluster}"
    bare_api.api("system:setup").create({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
                                         "provisioner": provisioner, "allowVolumeExpansion": expands})
    claim_of(bare_api, f"cluster-{caller.cluster}", name, provisioner)
    with bare_api.watched() as seen:
        if grows:
            assert caller.call(ClusterSpecResource, **WANTED, etcd_storage="8Gi")["cluster"]["etcd_quota_bytes"] == 4 * 2**30
        else:
            line = r"etcd_storage can't grow from 4Gi to 8Gi \(cluster .*only dynamically provisioned pvc can be resized.*Write etcd_storage: 4Gi, or let"
            with pytest.raises(InvalidInput, match=line):
                caller.call(ClusterSpecResource, **WANTED, etcd_storage="8Gi")
    assert [request for request in seen.requests if request.startswith("patch")] in ([], [f"patch persistentvolumeclaims cluster-{caller.cluster}/data-etcd-0"])
    claim = bare_api.api("system:judge").get("v1", "PersistentVolumeClaim", "data-etcd-0", f"cluster-{caller.cluster}")
    assert claim["spec"]["resources"]["requests"]["storage"] == "4Gi"


def test_a_minor_release_becomes_its_newest_patch(bare_api: BareApi):
    one = Caller(bare_api.kubeconfig(), "fresh")
    result = one.call(ClusterSpecResource, **{**WANTED, "kubernetes_version": "1.36"})
    assert (result["cluster"]["kubernetes_version"], result["resolved_from"], result["stage"]) == ("1.36.3", "1.36", "beta")
    assert one.lines == ["Kubernetes 1.36 is 1.36.3, the newest patch that this release knows"]


@pytest.mark.parametrize(("change", "line"), [
    ({"pod_cidr": "10.200.0.0/16"}, r"pod_cidr can't change from '10.244.0.0/16' to '10.200.0.0/16'"),
    ({"service_cidr": "10.97.0.0/16"}, "service_cidr can't change"),
    ({"cluster_dns_domain": "example.org"}, "cluster_dns_domain can't change"),
    ({"key_type": "rsa-2048"}, "key_type can't change"),
    ({"kubernetes_version": "1.37.2"},
     "runs Kubernetes 1.36.3, and 1.37.2 is wanted.*does not change the version of a cluster that runs. Write kubernetes_version: '1.36.3'"),
], ids=lambda value: "-".join(value) if isinstance(value, dict) else "")
def test_what_the_record_contradicts_is_refused(bare_api: BareApi, caller: Caller, change: dict[str, str], line: str):
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=line):
        caller.call(ClusterSpecResource, **{**WANTED, **change})
    assert seen.writes == []


def test_after_a_creation_that_did_not_end_well_what_runs_stays(bare_api: BareApi, cluster: str):
    """A release before this one noted what runs only if every node had joined; and a run may be killed at any moment."""
    one, newer = Caller(bare_api.kubeconfig(), f"half-{cluster}"), {**WANTED, "kubernetes_version": "1.37.2"}
    one.call(NamespaceResource)
    spec = one.call(ClusterSpecResource, **WANTED)["cluster"]
    one.call(ClusterRecordResource, phase="Creating", spec=spec, last_error="web-1 could not be reached")
    # nothing runs yet, so the user may choose anew
    assert one.call(ClusterSpecResource, **newer)["cluster"]["kubernetes_version"] == "1.37.2"
    api, labels = bare_api.api("system:kubelet"), {"app": "kube-apiserver"}
    deployment = api.create({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "kube-apiserver", "namespace": f"cluster-half-{cluster}"},
        "spec": {"selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels}, "spec": {"containers": [{"name": "kube-apiserver", "image": spec["images"]["kube_apiserver"]}]}}}})
    assert one.call(ClusterSpecResource, **newer)
    api.request("PATCH", f"/apis/apps/v1/namespaces/cluster-half-{cluster}/deployments/kube-apiserver/status", content_type="application/merge-patch+json",
                body={"status": {"replicas": 1, "readyReplicas": 1, "observedGeneration": deployment["metadata"]["generation"]}})
    with pytest.raises(InvalidInput, match=r"runs Kubernetes 1\.36\.3, and 1\.37\.2 is wanted"):
        one.call(ClusterSpecResource, **newer)
    # the rest of the creation is for what runs
    one.call(ClusterRecordResource, spec=one.call(ClusterSpecResource, **WANTED)["cluster"], runs=True)
    api.delete("apps/v1", "Deployment", "kube-apiserver", f"cluster-half-{cluster}")
    with pytest.raises(InvalidInput, match=r"runs Kubernetes 1\.36\.3, and 1\.37\.2 is wanted"):
        one.call(ClusterSpecResource, **newer)
    one.call(ClusterLockResource, state="free")


def test_a_cluster_does_not_change_its_seed(bare_api: BareApi, second_api: BareApi, caller: Caller):
    seeds = {"away": "/nowhere/kubeconfig", "fra1": bare_api.kubeconfig()}
    moved = Caller(second_api.kubeconfig(), caller.cluster)
    with second_api.watched() as seen, pytest.raises(InvalidInput, match=f"Cluster {caller.cluster} is in seed fra1, and .*Write seed: fra1, or"):
        moved.call(ClusterSpecResource, **WANTED, other_seeds=seeds)
    assert seen.writes == []
    assert len(moved.lines) == 1 and moved.lines[0].startswith(f"Could not check whether seed away has a cluster {caller.cluster}: ")
    # where it lives nobody else is asked
    caller.call(ClusterSpecResource, **WANTED, other_seeds={"fra2": second_api.kubeconfig()})
    assert Caller(second_api.kubeconfig(), "fresh").call(ClusterSpecResource, **WANTED, other_seeds={"fra1": bare_api.kubeconfig()})


@pytest.mark.parametrize(("change", "line"), [
    ({"kubernetes_version": "1.33.13"}, r"kubernetes_version: 1\.33\.13 is deprecated and will be removed on 2026-12-28\. The allowed stages are beta "
                                        r"and public\. "
                                        r"Write kubernetes_version: 1\.37\.2, or set allowed_stages: \[beta, public, deprecated\]"),
    ({"expose": "load_balancer"}, "expose: load_balancer is alpha.*Write expose: node_port, or"),
    ({"allowed_stages": ["public"]}, "expose: node_port is beta"),
], ids=lambda value: "-".join(value) if isinstance(value, dict) else "")
def test_a_stage_that_is_not_allowed_is_refused_by_name(bare_api: BareApi, change: dict[str, Any], line: str):
    with bare_api.watched() as seen, pytest.raises(InvalidInput, match=line):
        Caller(bare_api.kubeconfig(), "fresh").call(ClusterSpecResource, **{**WANTED, **change})
    assert seen.writes == []


def test_a_stage_that_is_allowed_tells_when_it_ends(bare_api: BareApi):
    one = Caller(bare_api.kubeconfig(), "fresh")
    result = one.call(ClusterSpecResource, **{**WANTED, "kubernetes_version": "1.33.13", "allowed_stages": ["beta", "public", "deprecated"]})
    assert (result["stage"], result["features"]["kubernetes_version: 1.33.13"]) == ("deprecated", {"stage": "deprecated", "end_of_life": "2026-12-28"})
    assert one.lines == ["kubernetes_version: 1.33.13 is deprecated and will be removed on 2026-12-28. You can still manage what runs with it after "
                         "that day, but "
                         "upstream no longer fixes it. Upgrade to kubernetes_version: 1.37.2 (playbook upgrade)"]


def test_what_a_cluster_uses_already_is_not_refused(bare_api: BareApi, cluster: str):
    one, deprecated = Caller(bare_api.kubeconfig(), f"stage-{cluster}"), {**WANTED, "kubernetes_version": "1.33.13"}
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Running", spec=one.call(ClusterSpecResource, **deprecated, allowed_stages=["deprecated", "beta"])["cluster"])
    one.call(ClusterLockResource, state="free")
    assert one.call(ClusterSpecResource, **deprecated)["stage"] == "deprecated"
    told, = one.call(ClusterInfoResource)["clusters"]
    assert told["stage"] == "deprecated" and len(told["leaving"]) == 1 and told["features"]["expose: node_port"] == {"stage": "beta", "end_of_life": ""}
    with pytest.raises(InvalidInput, match=r"uses features that are not allowed: add_ons: \{flannel: false\} is alpha\. The allowed stages are"):
        one.call(ClusterSpecResource, **deprecated, add_ons={"flannel": False})


def test_a_cluster_that_another_run_changes(bare_api: BareApi, caller: Caller):
    other = Caller(caller.seed_kubeconfig, caller.cluster, holder="bob@ops2 pid 22 2/bbbbbbbb")
    other.call(ClusterLockResource)
    with bare_api.watched() as seen, pytest.raises(LockHeld, match="being changed by bob@ops2 pid 22"):
        caller.call(ClusterSpecResource, **WANTED)
    assert seen.writes == []
    assert other.call(ClusterSpecResource, **WANTED)["cluster"]["name"] == caller.cluster


def test_a_namespace_of_somebody_else(bare_api: BareApi, cluster: str):
    with pytest.raises(InvalidInput, match=f"Namespace cluster-{cluster} exists and belongs to another owner"):
        Caller(bare_api.kubeconfig(), cluster).call(ClusterSpecResource, **WANTED)


def test_too_few_rights(bare_api: BareApi, cluster: str):
    nobody = bare_api.kubeconfig("nobody", ())
    with pytest.raises(Refused, match=f"may not create secrets, .* in namespace cluster-{cluster}"):
        Caller(nobody, cluster).call(ClusterSpecResource, **WANTED)


def test_a_seed_that_does_not_answer(bare_api: BareApi, tmp_path: Path):
    config, port = tmp_path / "kubeconfig", free_port()
    config.write_text(re.sub(r"https://127.0.0.1:\d+", f"https://127.0.0.1:{port}", Path(bare_api.kubeconfig()).read_text()))
    with pytest.raises(Unreachable) as error:
        Caller(str(config), "fresh").call(ClusterSpecResource, **WANTED)
    assert error.value.line() == (f"The seed can't be reached (https://127.0.0.1:{port}, kubeconfig {config}). Nothing listens there "
                                  "(connection refused). Check the address in the kubeconfig, the network, and that the server runs.")


def test_a_kubeconfig_that_is_not_there():
    with pytest.raises(CaasError, match=r"kubeconfig can't be read \(/nowhere/kubeconfig\)"):
        Caller("/nowhere/kubeconfig", "fresh").call(ClusterSpecResource, **WANTED)


def test_wrong_input_is_found_before_the_seed_is_asked():
    with pytest.raises(InvalidInput, match="Cluster name 'De_mo'"):
        Caller("/nowhere/kubeconfig", "De_mo").call(ClusterSpecResource, **WANTED)


@pytest.fixture
def machine(bare_api: BareApi) -> Iterator[Callable[..., None]]:
    """Makes the seed's only machine, with these conditions and fields of its spec."""
    api = bare_api.api("system:setup")

    def make(*, spec: dict[str, Any] | None = None, **conditions: str) -> None:
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "fra1-a"}, "spec": spec or {}})
        # the admission plugin TaintNodesByCondition taints what was not ready when it was made
        api.request("PATCH", "/api/v1/nodes/fra1-a", body={"spec": {"taints": (spec or {}).get("taints")}}, content_type="application/merge-patch+json")
        status = {"conditions": [{"type": kind, "status": value} for kind, value in {"Ready": "True", **conditions}.items()],
                  "allocatable": {"cpu": "1", "memory": "1Gi"}}
        api.request("PATCH", "/api/v1/nodes/fra1-a/status", body={"status": status}, content_type="application/merge-patch+json")

    yield make
    api.delete("v1", "Node", "fra1-a")


@pytest.mark.parametrize(("found", "line"), [
    ({"DiskPressure": "True"}, r"Cluster crowded can't be created now: no machine of the seed takes pods .*Its machines: fra1-a has disk-pressure\. Make room"),
    ({"Ready": "Unknown"}, ": fra1-a is not ready"),
    ({"spec": {"unschedulable": True}}, ": fra1-a is cordoned"),
    ({"spec": {"taints": [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]}}, ": fra1-a has disk-pressure"),
    ({"spec": {"taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}}, ": fra1-a has the taint dedicated:NoSchedule"),
], ids=str)
def test_a_seed_that_takes_no_pods_is_named_before_anything_begins(bare_api: BareApi, machine: Callable[..., None], found: dict[str, Any], line: str):
    machine(**found)
    begin = time.monotonic()
    with bare_api.watched() as seen, pytest.raises(NotReady, match=line):
        Caller(bare_api.kubeconfig(), "crowded").call(ClusterSpecResource, **WANTED)
    assert seen.writes == []
    assert time.monotonic() - begin < 5


def test_a_seed_without_room_is_named_before_anything_begins(bare_api: BareApi, machine: Callable[..., None]):
    machine()
    one = Caller(bare_api.kubeconfig(), "crowded")
    assert one.call(ClusterSpecResource, **WANTED)
    line = (r"no room for cluster crowded .*ask for 1\.05 CPUs and 1\.9 GiB of memory, "
            r"and no machine has more than 1\.00 CPUs or 1 GiB left")
    with pytest.raises(NotReady, match=line):
        one.call(ClusterSpecResource, **WANTED, control_plane_size="medium")


def small_pods(bare_api: BareApi, namespace: str) -> None:
    """Those of a small control plane, each on the machine fra1-a."""
    requests = {"etcd": ("25m", "128Mi"), "kube-apiserver": ("55m", "416Mi"), "kube-controller-manager": ("20m", "96Mi"), "kube-scheduler": ("10m", "64Mi")}
    for name, (cpu, memory) in requests.items():
        container = {"name": "one", "image": "example.org/one", "resources": {"requests": {"cpu": cpu, "memory": memory}},
                     "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
        spec = {"nodeName": "fra1-a", "containers": [container], "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
        bare_api.api("system:setup").create({"apiVersion": "v1", "kind": "Pod", "spec": spec,
                                             "metadata": {"name": f"{name}-0", "namespace": namespace, "labels": {"app.kubernetes.io/name": name}}})


def test_a_cluster_that_can_not_grow_is_named_before_its_first_pod_is_replaced(bare_api: BareApi, caller: Caller, machine: Callable[..., None]):
    machine()
    small_pods(bare_api, f"cluster-{caller.cluster}")
    caller.call(ClusterRecordResource, phase="Running", runs=True, spec=caller.call(ClusterSpecResource, **WANTED)["cluster"])
    with bare_api.watched() as seen:
        assert caller.call(ClusterSpecResource, **WANTED)
    # machines and pods of the whole seed are asked for only if something is to grow
    assert [request for request in seen.requests if "nodes" in request or (request.startswith("list pods") and "cluster-" not in request)] == []
    line = (rf"The control plane of cluster {caller.cluster} can't grow .*A pod of kube-apiserver is to ask for 0\.905 CPUs and 0\.4 GiB of memory beside the "
            r"one that runs until it is ready, and no machine has more than 0\.\d+ CPUs or 0\.\d GiB left; it runs on as it is\. Add a machine to the seed")
    with bare_api.watched() as seen, pytest.raises(NotReady, match=line):
        caller.call(ClusterSpecResource, **WANTED, control_plane_resources={"kube_apiserver": {"cpu": "900m"}})
    assert seen.writes == []
    assert caller.call(ClusterSpecResource, **WANTED, control_plane_resources={"kube_scheduler": {"cpu": "30m"}})


def test_a_storage_class_that_is_not_there_is_named(bare_api: BareApi):
    with pytest.raises(NotReady, match=r"The seed has no storage class slow .*It has .*fast.*\. Write one of them"):
        Caller(bare_api.kubeconfig(), "crowded").call(ClusterSpecResource, **WANTED, etcd_storage_class="slow")


def test_a_cluster_that_runs_is_looked_after_whatever_its_seed_has(bare_api: BareApi, caller: Caller, machine: Callable[..., None]):
    machine(DiskPressure="True")
    assert caller.call(ClusterSpecResource, **WANTED)


def test_the_priority_that_a_seed_offers_is_taken(bare_api: BareApi, caller: Caller):
    setup = bare_api.api("system:setup")
    assert caller.call(ClusterSpecResource, **WANTED)["cluster"]["priority_class"] == ""
    # as the role seed has it, readable for everybody
    for document in yaml.safe_load_all(OFFER.read_text()):
        namespace = document["metadata"]["namespace"]
        if setup.get("v1", "Namespace", namespace) is None:
            setup.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        setup.apply(document)
    try:
        assert caller.call(ClusterSpecResource, **WANTED)["cluster"]["priority_class"] == "system-cluster-critical"
        assert caller.call(ClusterSpecResource, **WANTED, control_plane_priority_class="mine")["cluster"]["priority_class"] == "mine"
        nobody = KubeApi.from_kubeconfig(bare_api.kubeconfig("nobody", ()))
        assert seed_machines.offer(nobody) == {"control_plane_priority_class": "system-cluster-critical"}
    finally:
        setup.delete("v1", "ConfigMap", "kubermatic-caas", "kube-public")
        setup.delete("rbac.authorization.k8s.io/v1", "Role", "kubermatic-caas", "kube-public")
