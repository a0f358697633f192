# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is found on a host of an earlier life. Files are as the packages named here leave them."""
from __future__ import annotations

from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import FIRST_LINE
from ansible_collections.kubermatic.caas.plugins.module_utils._host.other_software import DropIn, OtherSoftware, read_other_software
from component.plugins.plugin_utils.ssh.shells import run, tree
from e2e.other_lives import KUBEADM_DROP_IN


def dress(root: Path, **files: str) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def found(host) -> OtherSoftware:
    return read_other_software(run(host, ["other_software"], "plan").facts)


def test_nothing_is_found_on_a_fresh_host(host):
    (host.root / "var/lib/containerd/lost+found").mkdir(parents=True)
    (host.root / "var/lib/kubelet").mkdir()
    before = tree(host.root)
    assert found(host) == OtherSoftware()
    assert tree(host.root) == before


def test_what_a_network_left(host):
    dress(host.root, **{"etc/cni/net.d/10-calico.conflist": "{}", "etc/cni/net.d/calico-kubeconfig": "", "sys/class/net/cni0/address": "",
                        "sys/class/net/cali0a1b/address": "", "var/lib/cni/networks/cbr0/10.244.0.2": "", "run/flannel/subnet.env": ""})
    (host.root / "etc/cni/net.d/20-gone.conf").symlink_to("/nowhere")
    seen = found(host)
    assert seen.cni_configuration == ("/etc/cni/net.d/20-gone.conf", "/etc/cni/net.d/10-calico.conflist")
    assert seen.interfaces == ("cali0a1b", "cni0")
    assert seen.filled_directories == ("/var/lib/cni", "/run/flannel")


def test_what_a_stopped_docker_and_a_package_of_programs_left(host):
    dress(host.root, **{"etc/containerd/config.toml": 'disabled_plugins = ["cri"]\n', "var/lib/containerd/io.containerd.content.v1.content/x": "x",
                        "etc/systemd/system/kubelet.service": FIRST_LINE, "usr/local/bin/runc": "", "opt/cni/bin/bridge": "", "opt/cni/bin/calico": ""})
    seen = found(host)
    assert seen.strange_files == ("/etc/containerd/config.toml", "/usr/local/bin/runc", "/opt/cni/bin/bridge")
    assert seen.filled_directories == ("/var/lib/containerd",)
    # a run that was killed had begun to install, so these are ours
    (host.root / "var/lib/kubermatic-caas/artefacts").mkdir(parents=True)
    assert found(host).has_begun
    (host.root / "etc/kubernetes").mkdir()
    (host.root / "etc/kubernetes/cluster").write_text("cluster: demo\n")
    assert found(host) == OtherSoftware(has_mark=True, has_begun=True)


def test_drop_ins_are_searched_as_systemd_does(host):
    dress(host.root, **{
        "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": KUBEADM_DROP_IN,
        "etc/systemd/system/containerd.service.d/http-proxy.conf": '[Service]\nEnvironment="HTTP_PROXY=http://proxy.example:3128"\n# ExecStart=/x\n'})
    proxy = DropIn("containerd", "/etc/systemd/system/containerd.service.d/http-proxy.conf", frozenset({"Environment"}))
    assert found(host).drop_ins == (proxy, DropIn("kubelet", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
                                                  frozenset({"Environment", "EnvironmentFile", "ExecStart"})))
    # the administrator's counts in place of the package's
    (host.root / "etc/systemd/system/kubelet.service.d").mkdir()
    (host.root / "etc/systemd/system/kubelet.service.d/10-kubeadm.conf").symlink_to("/dev/null")
    assert found(host).drop_ins == (proxy, DropIn("kubelet", "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"))


def test_another_kubernetes_is_found_though_it_is_stopped(host):
    dress(host.root, **{"etc/systemd/system/k3s-agent.service": "[Service]\n", "usr/lib/systemd/system/crio.service": "[Service]\n"})
    assert found(host).other_kubernetes == ("/etc/systemd/system/k3s-agent.service", "/usr/lib/systemd/system/crio.service")


def test_masked_units(host):
    (host.root / "etc/systemd/system").mkdir(parents=True)
    (host.root / "etc/systemd/system/kubelet.service").symlink_to("/dev/null")
    dress(host.root, **{"etc/systemd/system/containerd.service": ""})
    assert found(host).masked_units == ("containerd", "kubelet")


def test_sysctl_files_in_the_order_in_which_they_hide_each_other(host):
    dress(host.root, **{
        "etc/sysctl.d/zz-hardening.conf": "# net.ipv4.ip_forward = 1\nnet.ipv4.ip_forward=0\nkernel.x = 1\n -net/bridge/bridge-nf-call-iptables = 0 # off\n",
        "usr/lib/sysctl.d/zz-hardening.conf": "net.ipv4.ip_forward = 1\n", "usr/lib/sysctl.d/50-default.conf": "net.ipv4.conf.all.forwarding = 0\n"})
    assert set(found(host).sysctl_settings) == {
        ("/etc/sysctl.d/zz-hardening.conf", "net.ipv4.ip_forward", "0"), ("/etc/sysctl.d/zz-hardening.conf", "net.bridge.bridge-nf-call-iptables", "0"),
        ("/usr/lib/sysctl.d/50-default.conf", "net.ipv4.conf.all.forwarding", "0")}


def test_swap_that_comes_back_at_the_next_boot(host):
    dress(host.root, **{"etc/fstab": "# /swap none swap sw 0 0\n/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw,noauto 0 0\n"})
    assert not found(host).swap_at_boot
    dress(host.root, **{"etc/fstab": "/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n"})
    assert found(host).swap_at_boot


def test_a_firewall_is_on_by_its_own_word_and_its_rules_are_read(host):
    dress(host.root, **{"etc/ufw/ufw.conf": "ENABLED=no\n", "etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="DROP"\n'})
    assert found(host).firewalls == ()
    dress(host.root, **{"etc/ufw/ufw.conf": "# x\nENABLED=yes\n"})
    assert found(host).firewalls == (("ufw", frozenset()),)
    dress(host.root, **{"etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="ACCEPT"\n',
                        "etc/ufw/user.rules": "### tuple ### allow udp 8472 0.0.0.0/0 any 0.0.0.0/0 in\n"
                                              "### tuple ### allow any 22 0.0.0.0/0 any 0.0.0.0/0 in\n"})
    assert found(host).firewalls == (("ufw", frozenset({"vxlan", "forward"})),)


def test_of_a_resolver_only_what_it_reads_leaves_the_host(host):
    dress(host.root, **{
        "etc/resolv.conf": "# secret: x\nnameserver 127.0.0.1\noptions edns0\nsearch a.example b.example\n",
        "etc/pods.conf": "nameserver 192.0.2.1\n"})
    facts = run(host, ["facts"], "plan", resolver="/etc/pods.conf").facts
    assert read_host(facts, before=0, after=1).resolv_confs == {
        "/etc/resolv.conf": "nameserver 127.0.0.1\nsearch a.example b.example\n", "/etc/pods.conf": "nameserver 192.0.2.1\n"}
