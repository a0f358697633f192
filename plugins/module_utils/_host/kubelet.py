# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kubelet's configuration on a node. What differs between minor versions is decided here and nowhere else."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability, minor
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE

CA = "/etc/kubernetes/pki/ca.crt"
PKI = "/var/lib/kubelet/pki"
CONFIG = "/var/lib/kubelet/config.yaml"
KUBECONFIG = "/var/lib/kubelet/kubeconfig"
# a node's /24 has 253 addresses for pods; some are still taken by pods that just ended
MOST_PODS = 250
# what makes the node trustworthy and fit its runtime; not open to kubelet_config
FIXED = frozenset({"apiVersion", "kind", "authentication", "authorization", "tlsCertFile", "tlsPrivateKeyFile", "serverTLSBootstrap",
                   "rotateCertificates", "containerRuntimeEndpoint", "cgroupDriver", "failCgroupV1", "enableServer", "staticPodPath", "staticPodURL"})


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """base with the values of over; mappings are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def check_user_config(user: Mapping[str, Any]) -> None:
    """Raises InvalidInput."""
    check_pods(user.get("maxPods"))
    taken = sorted(FIXED & set(user))
    if taken:
        raise InvalidInput(f"kubelet_config can't set {', '.join(taken)}",
                           why="the role decides how the kubelet authenticates and reaches its container runtime",
                           fix="leave it out")
    check_resolver(user)


def check_resolver(user: Mapping[str, Any]) -> None:
    """Raises InvalidInput. An empty path gives pods no DNS but the cluster's own."""
    path = user.get("resolvConf", "")
    if not isinstance(path, str) or not re.fullmatch(r"(/[!-~]*)?", path):
        raise InvalidInput(f"resolvConf of kubelet_config is {str(path)[:80]!r}", why="it is the path of a file on the host, without blanks",
                           fix="write one like /etc/resolv.conf, or leave it out")


def check_pods(most: Any) -> None:
    """most: pods on one node, None for the kubelet's own default. Raises InvalidInput."""
    if most is None:
        return
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= MOST_PODS:
        raise InvalidInput(f"maxPods {shown(most)} can't be used", where="kubelet_config", why="a node has a /24 of addresses for its pods",
                           fix=f"write a number from 1 to {MOST_PODS}, without quotes")


def kubelet_config(*, version: str, capability: Capability, dns_address: str, dns_domain: str, user: Mapping[str, Any],
                   provider_id: str = "") -> dict[str, Any]:
    """KubeletConfiguration for that kubelet version; user is merged over it. provider_id: what the cloud calls the machine."""
    check_user_config(user)
    config: dict[str, Any] = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}, "x509": {"clientCAFile": CA}},
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{PKI}/kubelet.crt",
        "tlsPrivateKeyFile": f"{PKI}/kubelet.key",
        "rotateCertificates": True,
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "cgroupDriver": "cgroupfs" if capability.has("cgroupfs") else "systemd",
        "clusterDNS": [dns_address],
        "clusterDomain": dns_domain,
        "serializeImagePulls": False,
        "maxParallelImagePulls": 4,
    }
    # the field exists since 1.31; from 1.35 on its default refuses cgroup v1
    if capability.has("cgroup_v1") and minor(version) >= (1, 31):
        config["failCgroupV1"] = False
    # the stub at 127.0.0.53 can't be reached from pods
    if capability.has("systemd_resolved"):
        config["resolvConf"] = "/run/systemd/resolve/resolv.conf"
    if provider_id:
        config["providerID"] = provider_id
    return merged(config, user)


def kubelet_unit(*, node_name: str, node_address: str, raise_limits: bool, cloud: bool = False) -> str:
    """cloud: a cloud controller manager tells what the node is; until then pods wait."""
    external = " --cloud-provider=external" if cloud else ""
    protection = "OOMScoreAdjust=-999\n" if raise_limits else ""
    return FIRST_LINE + f"""[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service

[Service]
ExecStart=/usr/local/bin/kubelet --config={CONFIG} --kubeconfig={KUBECONFIG} --cert-dir={PKI} \\
  --hostname-override={node_name} --node-ip={node_address}{external}
Restart=always
RestartSec=5
StartLimitInterval=0
KillMode=process
{protection}
[Install]
WantedBy=multi-user.target
"""


def kubelet_kubeconfig(*, cluster: str, node_name: str, server: str) -> dict[str, Any]:
    """Names files only; the kubelet renews the one with its key by itself."""
    user, current = f"system:node:{node_name}", f"{PKI}/kubelet-client-current.pem"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": server, "certificate-authority": CA}}],
        "users": [{"name": user, "user": {"client-certificate": current, "client-key": current}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    }
