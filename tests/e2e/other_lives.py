# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts that had another life: what packages and clusters leave on them, how it is cleared away again, and what must be said of it."""
from __future__ import annotations

import shlex
from dataclasses import dataclass


def file(path: str, text: str) -> str:
    """A command that writes the file, also where it is a mount."""
    return f"mkdir -p {path.rpartition('/')[0]} && printf %s {shlex.quote(text)} >{path}"


@dataclass(frozen=True)
class Life:
    """dress, undress: commands for the host. says: what the one line about it holds."""

    dress: tuple[str, ...]
    undress: tuple[str, ...]
    says: tuple[str, ...]


KUBEADM_DROP_IN = """# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
"""
UNIT = "[Service]\nExecStart=/usr/bin/{name}\nRestart=always\n[Install]\nWantedBy=multi-user.target\n"
PODMAN = '{"cniVersion": "0.4.0", "name": "podman", "plugins": [{"type": "bridge", "bridge": "cni-podman0"}, {"type": "portmap"}]}\n'
CALICO = '{"name": "k8s-pod-network", "cniVersion": "0.3.1", "plugins": [{"type": "calico", "ipam": {"type": "calico-ipam"}}]}\n'
SYSTEMD = "/usr/lib/systemd/system"

REFUSED = {
    "calico after kubeadm reset": Life(
        (file("/etc/cni/net.d/10-calico.conflist", CALICO), file("/var/lib/cni/networks/k8s-pod-network/10.244.0.2", "x"),
         "ip link add cni0 type bridge", "ip link add cali0a1b2c3d4e5 type veth peer name other-end"),
        ("ip link delete cni0", "ip link delete cali0a1b2c3d4e5", "rm -rf /etc/cni /var/lib/cni"),
        ("/etc/cni/net.d/10-calico.conflist", "cni0", "cali0a1b2c3d4e5", "rm -r /var/lib/cni")),
    "podman's network": Life(
        (file("/etc/cni/net.d/87-podman-bridge.conflist", PODMAN),), ("rm -rf /etc/cni",), ("rm /etc/cni/net.d/87-podman-bridge.conflist",)),
    "packages kubelet, kubeadm and kubernetes-cni": Life(
        (file(f"{SYSTEMD}/kubelet.service", UNIT.format(name="kubelet")), file(f"{SYSTEMD}/kubelet.service.d/10-kubeadm.conf", KUBEADM_DROP_IN),
         file("/opt/cni/bin/bridge", "the package's"), "systemctl daemon-reload"),
        (f"rm -rf {SYSTEMD}/kubelet.service {SYSTEMD}/kubelet.service.d /opt/cni", "systemctl daemon-reload"),
        ("Another kubelet is installed here", f"{SYSTEMD}/kubelet.service.d/10-kubeadm.conf sets ExecStart", "/opt/cni/bin/bridge")),
    "stopped Docker with images": Life(
        (file(f"{SYSTEMD}/containerd.service", UNIT.format(name="containerd")), file("/etc/containerd/config.toml", 'disabled_plugins = ["cri"]\n'),
         file("/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256/0a1b", "an image"), "systemctl daemon-reload"),
        (f"rm -rf {SYSTEMD}/containerd.service /etc/containerd /var/lib/containerd/io.containerd.content.v1.content", "systemctl daemon-reload"),
        ("Another containerd is installed here", "/systemd/system/containerd.service, /etc/containerd/config.toml, /var/lib/containerd")),
    "dnsmasq": Life(
        ("cp /etc/resolv.conf /root/resolv.conf", file("/etc/resolv.conf", "nameserver 127.0.0.1\n")),
        ("cat /root/resolv.conf >/etc/resolv.conf", "rm /root/resolv.conf"), ("/etc/resolv.conf names only 127.0.0.1", "kubelet_config: {resolvConf")),
    "masked unit": Life(("systemctl mask kubelet",), ("systemctl unmask kubelet",), ("kubelet.service is masked", "systemctl unmask kubelet")),
    "second network within the pods'": Life(
        ("ip link add storage type bridge", "ip address add 10.244.77.1/24 dev storage"), ("ip link delete storage",), ("10.244.77.1", "lies in pod_cidr")),
}
# all of a host's files that a cluster could touch, with what is in them
LISTING = ("find /etc /opt /usr/local /usr/lib/systemd/system /var/lib/containerd /var/lib/kubelet /var/lib/cni -xdev -type f -not -name 'resolv.conf' "
           "-exec sha256sum {} + 2>/dev/null | sort -k 2; ls /sys/class/net; cat /etc/resolv.conf; true")
