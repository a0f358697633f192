# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""kubeadm init on a machine that the product prepared as a seed: programs, configuration and images are there, Kubernetes is not."""
from __future__ import annotations

import subprocess
import time

from benchmark.place import Failed, Place
from benchmark.readyz import wait_for_readyz
from benchmark.unit import Value
from lab.hosts import ssh_keys

PORT = 6443
RESET = """set -e
kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock >/dev/null 2>&1
find /var/lib/etcd -mindepth 1 -delete
rm -f /etc/cni/net.d/*
for link in cni0 flannel.1; do ip link delete $link 2>/dev/null || :; done
# its absence is what a run of create_seed would have to mend: no more of it here
rm -f /etc/kubernetes/seed
"""
INIT = "sudo kubeadm init --config /etc/kubernetes/kubeadm.yaml --skip-token-print >/tmp/kubeadm.log 2>&1"


class Kubeadm:
    def __init__(self, place: Place) -> None:
        self.place, self.host = place, ""

    def prepare(self) -> None:
        if self.host:
            return
        (self.host,) = self.place.fresh_hosts(1)
        address = self.place.lab.host(self.host).address
        kubeconfig = self.place.directory / "kubeadm.kubeconfig"
        inventory = self.place.inventory_of("kubeadm", {"all": {"children": {
            "seeds": {"hosts": {"other": {"ansible_connection": "local", "seed_kubeconfig": str(kubeconfig), "seed_address": address}}},
            "seed_nodes": {"hosts": {self.host: {"ansible_host": address, "seed": "other"}}}}}})
        self.place.say("a  kubeadm: a machine gets programs, configuration and images")
        self.place.start("create_seed", inventory=inventory).seconds()
        self.place.on(self.host, RESET)

    def init(self) -> Value:
        self.prepare()
        address = self.place.lab.host(self.host).address
        begin = time.monotonic()
        with subprocess.Popen(["ssh", *ssh_keys.options(self.place.lab), f"{ssh_keys.USER}@{address}", INIT], stdin=subprocess.DEVNULL) as process:
            def must_run() -> None:
                if process.poll() not in (None, 0):
                    raise Failed(f"kubeadm init: {self.place.on(self.host, 'grep -i error /tmp/kubeadm.log | tail -n 3')}")

            wait_for_readyz(address, PORT, must_run)
            ready = time.monotonic() - begin
            process.wait()
            must_run()
            ended = time.monotonic() - begin
        self.place.on(self.host, RESET)
        return Value(ready, {"until its end": ended})
