# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a person does to make a machine a node with kubeadm, as one shell script."""
from __future__ import annotations

import time

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from benchmark.place import LAB, Place
from benchmark.readyz import until
from benchmark.unit import Value
from lab.customer_inventory import KUBERNETES_VERSION

SEED = f"{LAB}-seed-1"
# what a person has at hand: files of a machine that works
CONFIGURATION = "etc/containerd etc/systemd/system/containerd.service etc/systemd/system/kubelet.service etc/sysctl.d/99-kubermatic-caas.conf"
SCRIPT = """set -e
base64 -d <<'END' | tar -xzf - -C /
{configuration}
END
sysctl -q -p /etc/sysctl.d/99-kubermatic-caas.conf
mkdir -p /opt/cni/bin
get() {{ curl -fsSL "$1"; }}
get {mirror}/containerd/containerd/releases/download/v{containerd}/containerd-{containerd}-linux-amd64.tar.gz | tar -xzof - -C /usr/local
get {mirror}/containernetworking/plugins/releases/download/v{cni}/cni-plugins-linux-amd64-v{cni}.tgz | tar -xzof - -C /opt/cni/bin
get {mirror}/opencontainers/runc/releases/download/v{runc}/runc.amd64 >/usr/local/bin/runc
for program in kubelet kubeadm; do get {mirror}/v{kubernetes}/bin/linux/amd64/$program >/usr/local/bin/$program; done
chmod 0755 /usr/local/bin/runc /usr/local/bin/kubelet /usr/local/bin/kubeadm
systemctl daemon-reload
systemctl enable --quiet --now containerd
systemctl enable --quiet kubelet
{join} --ignore-preflight-errors=SystemVerification >/tmp/kubeadm.log 2>&1 || {{ tail -n 20 /tmp/kubeadm.log >&2; exit 1; }}
"""


def joined_by_hand(place: Place) -> Value:
    (host,) = place.fresh_hosts(1)
    join = place.on(SEED, "kubeadm token create --ttl 10m --print-join-command --kubeconfig /etc/kubernetes/admin.conf").strip()
    configuration = place.on(SEED, f"tar -czf - -C / {CONFIGURATION} | base64")
    row, mirror = catalogue.lookup(KUBERNETES_VERSION), place.variable("kubernetes_mirror")
    script = SCRIPT.format(configuration=configuration, mirror=mirror, containerd=row.containerd, cni=row.cni_plugins, runc=row.runc,
                           kubernetes=KUBERNETES_VERSION, join=join)
    begin = time.monotonic()
    place.on(host, script)
    joined = time.monotonic() - begin
    until(lambda: is_ready(place, host), lambda: None)
    took = time.monotonic() - begin
    place.seed.delete("v1", "Node", host)
    place.world.kubectl(None, "-n", "kube-system", "delete", "secret", "--field-selector", "type=bootstrap.kubernetes.io/token")
    return Value(took, {"until kubeadm's end": joined})


def is_ready(place: Place, host: str) -> bool:
    node = place.seed.get("v1", "Node", host) or {}
    return {"type": "Ready", "status": "True"}.items() <= next(
        (condition for condition in node.get("status", {}).get("conditions", []) if condition["type"] == "Ready"), {}).items()
