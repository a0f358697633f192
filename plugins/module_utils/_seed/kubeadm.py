# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Configuration of kubeadm (API kubeadm.k8s.io/v1beta4) for the machines of a seed, as plain data."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import API_PORT, CONTROL_PLANE, Seed

KUBEADM = "kubeadm.k8s.io/v1beta4"
AUDIT_POLICY = "/etc/kubernetes/audit-policy.yaml"
AUDIT_DIRECTORY = "/var/log/kubernetes/audit"
# in the directory that kubeadm mounts into the API server anyway; made on the machine, see seed_encryption.sh
ENCRYPTION_CONFIG = "/etc/kubernetes/pki/encryption-config.yaml"
# a Service with externalIPs would take connections to other customers' node ports (CVE-2020-8554)
ADMISSION_PLUGINS = ("NodeRestriction", "DenyServiceExternalIPs")
# ended pods that the seed remembers; each eviction leaves one
ENDED_PODS = 100
AUDIT_FLAGS = {"audit-policy-file": AUDIT_POLICY, "audit-log-path": f"{AUDIT_DIRECTORY}/audit.log",
               "audit-log-maxsize": "256", "audit-log-maxbackup": "3"}
# the short-lived access with which a machine joins
JOIN_KUBECONFIG = "/var/lib/kubermatic-caas/join/kubeconfig"
PATCHES = "/etc/kubernetes/kubeadm-patches"
CRI_SOCKET = "unix:///run/containerd/containerd.sock"
# below these a kubelet takes no pods, and ends those that are not critical
EVICTION = {"memory.available": "200Mi", "nodefs.available": "2Gi", "nodefs.inodesFree": "2%", "imagefs.available": "2Gi", "imagefs.inodesFree": "2%"}
# what an existing seed keeps: kubeadm itself, or the objects that are stored, would not follow
FIXED = ("clusterName", "kubernetesVersion", "networking.", "localAPIEndpoint.", "controlPlaneEndpoint", "nodeRegistration.name",
         "encryptionAlgorithm", "etcd.")


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """base with over laid on it; mappings are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


def documents(seed: Seed, capability: Capability, *, machine: str, address: str) -> list[dict[str, Any]]:
    """The documents of the file for `kubeadm init --config`.

    machine: name of the Node; address: the machine's own, as it was measured.
    """
    return [init_configuration(seed, capability, machine=machine, address=address), cluster_configuration(seed, address=address),
            kubelet_configuration(seed, capability), kube_proxy_configuration(seed, capability)]


def init_configuration(seed: Seed, capability: Capability, *, machine: str, address: str) -> dict[str, Any]:
    return {
        "apiVersion": KUBEADM,
        "kind": "InitConfiguration",
        # kubeadm insists on a token; this one's group has no rights, and it is deleted right after
        "bootstrapTokens": [{"ttl": "10m0s", "usages": ["signing", "authentication"], "groups": ["system:bootstrappers:nobody"]}],
        "localAPIEndpoint": {"advertiseAddress": address, "bindPort": API_PORT},
        "nodeRegistration": registration(seed, capability, machine=machine, taints=not seed.schedulable),
    }


def registration(seed: Seed, capability: Capability, *, machine: str, taints: bool) -> dict[str, Any]:
    return {
        "name": machine,
        "criSocket": CRI_SOCKET,
        # they are fetched before; kubeadm's own list has another sandbox image than the one containerd is configured for
        "imagePullPolicy": "Never",
        "ignorePreflightErrors": ignored_checks(seed, capability),
        **({} if taints else {"taints": []}),
    }


def join_configuration(seed: Seed, capability: Capability, *, machine: str, address: str, role: str) -> dict[str, Any]:
    """The document of the file for `kubeadm join --config`. It holds no secret: the access lies in a file of its own, for as long as it is needed."""
    local = {"controlPlane": {"localAPIEndpoint": {"advertiseAddress": address, "bindPort": API_PORT}}} if role == CONTROL_PLANE else {}
    return {
        "apiVersion": KUBEADM,
        "kind": "JoinConfiguration",
        "discovery": {"file": {"kubeConfigPath": JOIN_KUBECONFIG}},
        "nodeRegistration": registration(seed, capability, machine=machine, taints=role == CONTROL_PLANE and not seed.schedulable),
        # the seed keeps the first machine's kubelet configuration; this machine may need other switches
        "patches": {"directory": PATCHES},
        **local,
    }


def ignored_checks(seed: Seed, capability: Capability) -> list[str]:
    return [*(["SystemVerification"] if capability.has("cgroup_v1") else []), *(["Swap"] if seed.swap_allowed else [])]


def cluster_configuration(seed: Seed, *, address: str) -> dict[str, Any]:
    return {
        "apiVersion": KUBEADM,
        "kind": "ClusterConfiguration",
        "clusterName": seed.name,
        "kubernetesVersion": f"v{seed.kubernetes_version}",
        "imageRepository": seed.registry,
        "controlPlaneEndpoint": f"{seed.endpoint or address}:{API_PORT}",
        "encryptionAlgorithm": "ECDSA-P256",
        "networking": {"podSubnet": seed.pod_cidr, "serviceSubnet": seed.service_cidr, "dnsDomain": "cluster.local"},
        "etcd": {"local": {"dataDir": "/var/lib/etcd", "imageTag": seed.components.etcd}},
        "dns": {"imageRepository": f"{seed.registry}/coredns", "imageTag": seed.components.coredns},
        # the same on all machines; kubeadm adds each one's own address
        "apiServer": api_server(seed, address=address),
        "controllerManager": {"extraArgs": arguments({"profiling": "false", "terminated-pod-gc-threshold": str(ENDED_PODS)})},
        "scheduler": {"extraArgs": arguments({"profiling": "false"})},
    }


def arguments(flags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in flags.items()]


def api_server(seed: Seed, *, address: str) -> dict[str, Any]:
    flags = {
        "enable-admission-plugins": ",".join(ADMISSION_PLUGINS),
        "encryption-provider-config": ENCRYPTION_CONFIG,
        # another order of its providers needs no restart
        "encryption-provider-config-automatic-reload": "true",
        "profiling": "false",
        **(AUDIT_FLAGS if seed.audit_log else {}),
    }
    return {"certSANs": sorted({seed.address, seed.endpoint or address}), "extraArgs": arguments(flags),
            **({"extraVolumes": audit_volumes()} if seed.audit_log else {})}


def audit_volumes() -> list[dict[str, Any]]:
    return [
        {"name": "audit-policy", "hostPath": AUDIT_POLICY, "mountPath": AUDIT_POLICY, "readOnly": True, "pathType": "File"},
        {"name": "audit-log", "hostPath": AUDIT_DIRECTORY, "mountPath": AUDIT_DIRECTORY, "pathType": "DirectoryOrCreate"},
    ]


def kubelet_configuration(seed: Seed, capability: Capability) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs" if capability.has("cgroupfs") else "systemd",
        **({"failCgroupV1": False} if capability.has("cgroup_v1") else {}),
        # sizes, as the default's percents would empty a machine with a large disk of which dozens of GiB are free
        "evictionHard": dict(EVICTION),
        # of a large disk, unused images go long before it is full; of a small one, when it comes to an eviction
        "imageGCHighThresholdPercent": 95,
        "imageGCLowThresholdPercent": 90,
        # for what is no pod, so that pods that take too much memory don't take it from sshd, containerd and kubelet
        "systemReserved": {"cpu": "100m", "memory": "256Mi", "pid": "1000"},
        "podPidsLimit": 4096,
        "seccompDefault": True,
    }
    return merged(wanted, seed.kubelet_config)


def kube_proxy_configuration(seed: Seed, capability: Capability) -> dict[str, Any]:
    wanted = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables" if capability.has("iptables") else "nftables",
        # by nftables it would listen at the first address of a machine only, never at a virtual one
        "nodePortAddresses": ["0.0.0.0/0"],
    }
    return merged(wanted, seed.kube_proxy_config)


def audit_policy() -> dict[str, Any]:
    """Who did what to which object; never a body, which may hold a secret."""
    return {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}


def as_it_is(seed: Seed, now: Sequence[Mapping[str, Any]], *, several: bool, schedulable: bool | None) -> Seed:
    """The seed as wanted, with what a machine that is complete keeps unless it was asked for. now: documents of its kubeadm file.

    several: there shall be several control-plane machines; schedulable: None if it was not asked for.
    """
    def document(kind: str) -> Mapping[str, Any]:
        return next((item for item in now if item and item.get("kind") == kind), {})

    endpoint = str(document("ClusterConfiguration").get("controlPlaneEndpoint", "")).rpartition(":")[0]
    taints = document("InitConfiguration").get("nodeRegistration", {}).get("taints")
    return replace(seed, endpoint=seed.endpoint if several or not endpoint else endpoint,
                   schedulable=taints == [] if schedulable is None else schedulable)


def advertised_address(now: Sequence[Mapping[str, Any]]) -> str:
    """The address that the API server of a complete machine announces, "" if it isn't one."""
    return next((item["localAPIEndpoint"]["advertiseAddress"] for item in now if item and item.get("localAPIEndpoint")), "")


def images(seed: Seed, role: str = CONTROL_PLANE) -> list[str]:
    """Images of the control plane and of the add-ons that kubeadm makes; of a worker those that it needs to be Ready."""
    if role != CONTROL_PLANE:
        return [f"{seed.registry}/kube-proxy:v{seed.kubernetes_version}", sandbox_image(seed)]
    version = f"v{seed.kubernetes_version}"
    return [*(f"{seed.registry}/{name}:{version}" for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")),
            f"{seed.registry}/etcd:{seed.components.etcd}", f"{seed.registry}/coredns/coredns:{seed.components.coredns}", sandbox_image(seed)]


def sandbox_image(seed: Seed) -> str:
    return f"{seed.registry}/pause:{seed.components.pause}"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def fixed_differences(now: list[dict[str, Any]], wanted: list[dict[str, Any]], *, several: bool = False) -> list[str]:
    """What differs and can't be changed in a seed that exists, such as "networking.podSubnet is 10.1.0.0/16, not 10.2.0.0/16".

    several: with several control-plane machines the seed may get another address.
    """
    def fixed(all_documents: list[dict[str, Any]]) -> dict[str, Any]:
        return {path: value for document in all_documents if document.get("apiVersion") == KUBEADM
                for path, value in leaves(document) if path.startswith(FIXED) and not (several and path == "controlPlaneEndpoint")}

    before, after = fixed(now), fixed(wanted)
    return [f"{path} is {before.get(path)}, not {value}" for path, value in after.items() if before.get(path) != value]
