# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the owner of a host runs beside a node, and keeps: the toolkit of a GPU, a firewall with rules of its own, settings of the kernel."""
from __future__ import annotations

from e2e.other_lives import file

RUNTIME_LOG = "/var/log/gpu-runtime.log"
# what a toolkit does: each container passes through its runtime, which hands it on
RUNTIME = f"""#!/bin/sh
echo "$@" >>{RUNTIME_LOG}
exec /usr/local/bin/runc "$@"
"""
# as nvidia-ctk writes it with --set-as-default; these hosts have version 1 of cgroups, which the kubelet and runc use without systemd
DROP_IN = """version = 3

[plugins."io.containerd.cri.v1.runtime".containerd]
  default_runtime_name = "gpu"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.gpu]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.gpu.options]
  BinaryName = "/opt/gpu/bin/gpu-runtime"
  SystemdCgroup = false
"""
LIMITS = "[Service]\nLimitMEMLOCK=infinity\n"
PATHS = {
    "/opt/gpu/bin/gpu-runtime": RUNTIME,
    "/etc/containerd/conf.d/99-nvidia.toml": DROP_IN,
    "/etc/systemd/system/containerd.service.d/10-limits.conf": LIMITS,
    "/etc/sysctl.d/zz-hardening.conf": "net.ipv4.ip_forward = 0\nnet.ipv4.conf.all.log_martians = 1\n",
    "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
    "/etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="DROP"\n',
    "/etc/ufw/user.rules": "### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n",
}
# what ufw makes of such files, as far as these hosts can, and rules of the owner's own, in each kind of table
RULES = (
    "iptables -N ufw-user-input", "iptables -A INPUT -j ufw-user-input", "iptables -A ufw-user-input -p tcp --dport 22 -j ACCEPT",
    "iptables -A ufw-user-input -p udp --dport 9 -m comment --comment 'KUBE-PROXY of another day' -j DROP",
    "iptables -t nat -N own-nat", "iptables -t nat -A PREROUTING -p tcp --dport 8 -j own-nat", "iptables -t nat -A own-nat -p tcp -j REDIRECT --to-ports 80",
    "nft add table inet own", "nft add chain inet own input '{ type filter hook input priority 10 ; policy accept ; }'",
    "nft add rule inet own input udp dport 7 drop")
INSTALLED = (*(file(path, text) for path, text in PATHS.items()), "chmod 755 /opt/gpu/bin/gpu-runtime", "systemctl daemon-reload", *RULES)
REMOVED = (
    "rm -rf /opt/gpu /etc/containerd/conf.d /etc/systemd/system/containerd.service.d /etc/sysctl.d/zz-hardening.conf /etc/ufw /etc/default/ufw " + RUNTIME_LOG,
    "rmdir /etc/containerd", "systemctl daemon-reload", "iptables -D INPUT -j ufw-user-input", "iptables -F ufw-user-input", "iptables -X ufw-user-input",
    "iptables -t nat -D PREROUTING -p tcp --dport 8 -j own-nat", "iptables -t nat -F own-nat", "iptables -t nat -X own-nat", "nft delete table inet own")
# all of it that can be seen, without counters
LISTING = f"sha256sum {' '.join(PATHS)}; stat -c '%a %U %n' {' '.join(PATHS)}; iptables-save | grep -e ufw- -e own-nat | grep -v ^#; nft list table inet own"
