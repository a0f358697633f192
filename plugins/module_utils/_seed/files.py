# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What lies on a machine of a seed: binaries and files beside those that kubeadm writes itself."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, Mirrors, host_artefacts
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability, Host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE, HostFile, runtime_files
from ansible_collections.kubermatic.caas.plugins.module_utils._host.http_proxy import HttpProxy, own_places
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.kubeadm import AUDIT_POLICY, PATCHES, sandbox_image
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Seed

BUSYBOX = "1.37"
# the unit that kubeadm's own packages bring
KUBELET_UNIT = FIRST_LINE + """[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target containerd.service
StartLimitIntervalSec=0

[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf \\
  --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
"""


def images(components: Components, registries: Mapping[str, str]) -> dict[str, str]:
    """Images of what belongs to a seed beside Kubernetes. registries: flannel_registry, local_path_registry, busybox_registry."""
    def image(registry: str, name: str, tag: str) -> str:
        return f"{registries[registry].rstrip('/')}/{name}:{tag}"

    return {
        "flannel": image("flannel_registry", "flannel", components.flannel),
        "flannel_cni_plugin": image("flannel_registry", "flannel-cni-plugin", components.flannel_cni_plugin),
        "local_path_provisioner": image("local_path_registry", "local-path-provisioner", components.local_path_provisioner),
        "busybox": image("busybox_registry", "busybox", BUSYBOX),
    }


def artefacts(seed: Seed, host: Host, mirrors: Mirrors) -> tuple[Artefact, ...]:
    return host_artefacts(kubernetes=seed.kubernetes_version, containerd_version=seed.components.containerd, runc_version=seed.components.runc,
                          cni_plugins_version=seed.components.cni_plugins, architecture=host.architecture, mirrors=mirrors,
                          binaries=("kubelet", "kubeadm", "kubectl"))


def files(seed: Seed, host: Host, capability: Capability, *, registries: Iterable[HostFile], proxy: HttpProxy) -> tuple[HostFile, ...]:
    """Those of every machine, whatever it does."""
    return (
        *runtime_files(sandbox_image=sandbox_image(seed), systemd_cgroup=not capability.has("cgroupfs"),
                       restrict_oom_score_adj=capability.has("restrict_oom_score_adj"), raise_limits=not capability.has("keep_limits"),
                       registries=registries, module_directory=host.module_directory, environment=proxy.environment(own_places(
                           domain="cluster.local", addresses=dict.fromkeys((seed.address, seed.endpoint or seed.address)),
                           networks=(seed.pod_cidr, seed.service_cidr)))),
        HostFile("/etc/systemd/system/kubelet.service", KUBELET_UNIT, part="seed", restarts="kubelet"),
    )


def control_plane_files(seed: Seed, *, kubeadm_config: str, audit_policy: str) -> tuple[HostFile, ...]:
    """kubeadm_config, audit_policy: YAML texts. "kubeadm" is no unit: it remembers that a new configuration has to reach the seed."""
    return (
        *((HostFile(AUDIT_POLICY, audit_policy, part="seed", restarts="kubeadm"),) if seed.audit_log else ()),
        HostFile("/etc/kubernetes/kubeadm.yaml", kubeadm_config, mode="0600", part="seed", restarts="kubeadm"),
    )


def joining_files(*, join_config: str, kubelet_patch: str) -> tuple[HostFile, ...]:
    """YAML texts. What is only read while it joins is not worth a restart."""
    return (
        HostFile("/etc/kubernetes/kubeadm-join.yaml", join_config, mode="0600", part="seed"),
        HostFile(f"{PATCHES}/kubeletconfiguration+merge.yaml", kubelet_patch, part="seed", restarts="kubeadm"),
    )
