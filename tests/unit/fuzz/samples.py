# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Good answers of a Kubernetes API, a host and a cloud, with all that anybody here reads in them."""
from __future__ import annotations

from typing import Any

UID = "11111111-1111-1111-1111-111111111111"


def metadata(name: str = "web-1", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "default", "uid": UID, "resourceVersion": "7", "generation": 2, "creationTimestamp": "2026-03-01T12:00:00Z",
            "labels": {"app": "web", "kubermatic.caas/pool": "web"}, "annotations": {"kubermatic.caas/taints": "[]", "a": "b"}, "finalizers": ["x/y"],
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": UID, "controller": True}],
            "managedFields": [{"manager": "kubermatic-caas", "operation": "Apply", "time": "2026-03-01T12:00:00Z",
                               "fieldsV1": {"f:metadata": {"f:labels": {"f:app": {}}}}}], **more}


def conditions(kind: str = "Ready") -> list[dict[str, Any]]:
    return [{"type": kind, "status": "True", "reason": "Good", "message": "it is well"}]


NODE: dict[str, Any] = {
    "metadata": metadata(), "spec": {"podCIDR": "10.244.1.0/24", "providerID": "digitalocean://3164444", "unschedulable": True,
                                     "taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]},
    "status": {"conditions": conditions(), "addresses": [{"type": "InternalIP", "address": "203.0.113.21"}],
               "nodeInfo": {"machineID": "abc", "kubeletVersion": "v1.36.3", "osImage": "Debian GNU/Linux 12 (bookworm)", "architecture": "amd64"}}}
_CONTAINER = {"name": "web", "ready": False, "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
              "lastState": {"terminated": {"reason": "Error", "exitCode": 1, "message": "no"}}}
POD = {"metadata": metadata(), "spec": {"nodeName": "web-1"},
       "status": {"conditions": conditions("PodScheduled"), "phase": "Running", "podIP": "10.244.1.7", "containerStatuses": [_CONTAINER],
                  "initContainerStatuses": [_CONTAINER]}}
WORKLOAD = {"metadata": metadata(), "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "updateStrategy": {
    "type": "RollingUpdate", "rollingUpdate": {"partition": 0}}, "template": {"metadata": {"labels": {"app": "web"}}}},
    "status": {"observedGeneration": 2, "replicas": 2, "readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1, "desiredNumberScheduled": 1,
               "updatedNumberScheduled": 1, "numberAvailable": 1, "conditions": conditions("Available")}}
VOLUME = {"metadata": metadata(annotations={"pv.kubernetes.io/provisioned-by": "dobs.csi.digitalocean.com"}),
          "spec": {"csi": {"driver": "dobs.csi.digitalocean.com", "volumeHandle": "v1"}, "persistentVolumeReclaimPolicy": "Delete",
                   "claimRef": {"name": "a", "namespace": "default", "uid": UID}}}
SERVICE = {"metadata": metadata(annotations={"kubernetes.digitalocean.com/load-balancer-id": "b1"}),
           "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.7", "ports": [{"name": "a", "port": 80, "nodePort": 30080}]},
           "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.99"}]}}}
CONTENT = {"metadata": metadata(), "spec": {"driver": "ebs.csi.aws.com", "source": {"volumeHandle": "v1"}}, "status": {"snapshotHandle": "s1"}}
BUDGET = {"metadata": metadata(), "spec": {"selector": {"matchLabels": {"app": "web"}}}}
EVENT = {"metadata": metadata(), "type": "Warning", "reason": "Failed", "message": "it failed", "lastTimestamp": "2026-03-01T12:00:00Z"}
SECRET = {"metadata": metadata(), "type": "Opaque", "data": {"a": "eA=="}}
LEASE = {"metadata": metadata("cluster-lock"), "spec": {"holderIdentity": "a@b pid 1 1/2/3", "renewTime": "2026-03-01T12:00:00.000000Z",
                                                        "acquireTime": "2026-03-01T12:00:00.000000Z", "leaseDurationSeconds": 300, "leaseTransitions": 1}}
OF_KIND: dict[str, dict[str, Any]] = {"nodes": NODE, "pods": POD, "deployments": WORKLOAD, "secrets": SECRET}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "AnyList", "apiVersion": "v1", "metadata": {"resourceVersion": "9"}, "items": [item, item]}


# the longest path first
ANSWERS: tuple[tuple[str, Any], ...] = (
    ("/api/v1/nodes/", NODE), ("/api/v1/nodes", listed(NODE)), ("/api/v1/namespaces/default/pods/", POD), ("/api/v1/pods", listed(POD)),
    ("/api/v1/namespaces/default/pods", listed(POD)), ("/api/v1/persistentvolumes", listed(VOLUME)), ("/api/v1/services", listed(SERVICE)),
    ("/apis/snapshot.storage.k8s.io/v1/", listed(CONTENT)),
    ("/apis/snapshot.storage.k8s.io/v1", {"resources": [{"name": "volumesnapshotcontents", "kind": "VolumeSnapshotContent", "namespaced": False}]}),
    ("/apis/example.org/v1", {"resources": [{"name": "things", "kind": "Thing", "namespaced": False}]}),
    ("/apis/policy/v1", listed(BUDGET)), ("/api/v1/namespaces/default/events", listed(EVENT)), ("/api/v1/namespaces/default/secrets", listed(SECRET)),
    ("/apis/coordination.k8s.io/v1/namespaces/default/leases/", LEASE), ("/version", {"gitVersion": "v1.36.3"}),
    *((f"/apis/apps/v1/namespaces/default/{plural}/", WORKLOAD) for plural in ("deployments", "statefulsets", "daemonsets")),
    ("/apis/apiregistration.k8s.io/v1/apiservices/", {"metadata": metadata(), "status": {"conditions": conditions("Available")}}),
    ("/apis/apps/v1/", listed(WORKLOAD)), ("/apis/authorization", {"status": {"allowed": True}}))

FACTS: dict[str, str] = {
    "epoch": "1772366400", "os_id": "debian", "os_version": "12", "os_name": "Debian GNU/Linux 12 (bookworm)",
    "kernel": "6.1.0-18-amd64", "architecture": "x86_64",
    "init": "systemd", "systemd": "252", "cgroup_version": "2", "memory_mib": "4096", "cpus": "2", "free_mib_usr": "20000", "free_mib_containerd": "20000",
    "free_mib_kubelet": "20000", "free_percent_containerd": "60", "free_percent_kubelet": "60", "free_mib_downloads": "20000", "swap": "no",
    "hostname": "web-1",
    "machine_id": "abc", "addresses": "eth0=203.0.113.21/24 eth1=10.0.0.5/8,passing eth0=2001:db8::1/64", "source_address": "203.0.113.21",
    "nameservers": "9.9.9.9 ", "ports_in_use": "10250 ", "cap_sys_resource": "yes", "oom_score_lowerable": "yes", "overlay": "yes", "br_netfilter": "yes",
    "module_directory": "yes", "systemd_resolved": "no", "missing_tools": "", "containerd_unit": "", "kubelet_unit": "", "containerd_active": "no",
    "kubelet_active": "no", "kubeadm_node": "no", "installed_kubelet": "1.36.3", "checksum_kubelet": "0" * 64, "mark": "cluster=demo\nca=abc\n",
    "ca_bundle": "",
    "serving_certificate": "", "serving_pair": "no", "client_certificate": "", "client_pair": "no"}

SEED_FACTS: dict[str, str] = {
    "seed_mark": "seed=fra1\nmachine=fra1-a\nkubernetes_version=1.37.2\nstate=complete\nrole=control-plane\n", "kubeadm_remains": "",
    "kubeadm_config": "kind: InitConfiguration\nlocalAPIEndpoint:\n  advertiseAddress: 203.0.113.21\nnodeRegistration:\n  taints: []\n---\n"
                      "kind: ClusterConfiguration\ncontrolPlaneEndpoint: 203.0.113.21:6443\nkubernetesVersion: 1.37.2\n"}
_TAGS = [f"kubermatic-caas:{UID}", "kubermatic-caas-pool:web", f"k8s:{UID}"]
CLOUD: tuple[tuple[str, Any], ...] = (
    ("droplets/", {"actions": [{"type": "create", "status": "errored"}]}),
    ("droplets", {"droplets": [{"id": 7, "name": "demo-web-1", "status": "active", "tags": _TAGS, "created_at": "2026-03-01T12:00:00Z", "networks": {
        "v4": [{"type": "public", "ip_address": "203.0.113.7"}, {"type": "private", "ip_address": "10.0.0.7"}]}, "region": {"slug": "fra1"},
        "size_slug": "s-2vcpu-4gb"}], "links": {}, "meta": {"total": 1}}),
    ("load_balancers", {"load_balancers": [{"id": "b1", "name": "a1", "tags": _TAGS, "droplet_ids": [7], "tag": ""}], "links": {}, "meta": {"total": 1}}),
    ("volumes", {"volumes": [{"id": "v1", "name": "pvc-1", "tags": _TAGS, "droplet_ids": [7], "region": {"slug": "fra1"}}], "links": {}}),
    ("snapshots", {"snapshots": [{"id": "s1", "name": "x", "tags": _TAGS, "resource_id": "v1"}], "links": {}}),
    ("firewalls", {"firewalls": [{"id": "f1", "name": f"k8s-{UID}-x", "tags": _TAGS, "droplet_ids": [7]}], "links": {}}),
    ("tags", {"tags": [{"name": _TAGS[0], "resources": {"count": 1}}], "tag": {"name": _TAGS[0], "resources": {"count": 1}}, "links": {}}),
    ("account/keys", {"ssh_keys": [{"id": 1, "name": "x", "fingerprint": "aa", "public_key": "ssh-ed25519 AAAA"}], "links": {}}),
    ("reserved_ips", {"reserved_ips": [{"ip": "203.0.113.9", "droplet": {"id": 7, "tags": _TAGS}}], "links": {}}))
