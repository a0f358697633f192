# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._host import other_software
from ansible_collections.kubermatic.caas.plugins.module_utils._host.other_software import DropIn, OtherSoftware, read_other_software
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machine_rules as seeds
from unit.plugins.module_utils._host.test_capabilities import MODERN
from unit.plugins.module_utils._seed.test_machine_rules import COMPLETE, SEED
from unit.plugins.module_utils._seed.test_machine_rules import HOST as MACHINE

HOST = replace(MODERN, ports_in_use=frozenset())
KUBEADM = DropIn("kubelet", "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", frozenset({"Environment", "EnvironmentFile", "ExecStart"}))
PROXY = DropIn("containerd", "/etc/systemd/system/containerd.service.d/http-proxy.conf", frozenset({"Environment"}))
CALICO = {"cni_configuration": ("/etc/cni/net.d/10-calico.conflist",), "interfaces": ("lo", "eth0", "cni0", "cali0a1b2c3d4e5"),
          "filled_directories": ("/var/lib/cni",)}


def refusals(other: OtherSoftware, **words) -> list[str]:
    return nodes.objections(replace(HOST, other=other), cluster="demo", bundle="", node=None, kubelet_config={}, **words)


def told(other: OtherSoftware, **words) -> list[str]:
    return nodes.warnings(replace(HOST, other=other), kubelet_config={}, **words)


def test_the_words_of_the_host_become_types():
    found = read_other_software({
        "has_mark": "no", "has_begun": "yes", "interfaces": "eth0 lo ", "cni_configuration": "/etc/cni/net.d/a b.conf\n/etc/cni/net.d/c.conf\n",
        "drop_ins": "kubelet\t/etc/x.conf\tExecStart Environment \n", "sysctl_settings": "/etc/sysctl.d/a.conf\tnet.ipv4.ip_forward\t0\nnoise\n",
        "ufw": "on vxlan ", "firewalld": ""})
    assert found == OtherSoftware(
        has_begun=True, interfaces=("eth0", "lo"), cni_configuration=("/etc/cni/net.d/a b.conf", "/etc/cni/net.d/c.conf"),
        drop_ins=(DropIn("kubelet", "/etc/x.conf", frozenset({"ExecStart", "Environment"})),),
        sysctl_settings=(("/etc/sysctl.d/a.conf", "net.ipv4.ip_forward", "0"),), firewalls=(("ufw", frozenset({"vxlan"})),))
    assert read_other_software({}) == OtherSoftware()


@pytest.mark.parametrize(("found", "parts"), [
    (CALICO, ("/etc/cni/net.d/10-calico.conflist, cni0, cali0a1b2c3d4e5, /var/lib/cni", "rm /etc/cni/net.d/10-calico.conflist; ip link delete cni0; "
              "ip link delete cali0a1b2c3d4e5; rm -r /var/lib/cni")),
    ({"cni_configuration": ("/etc/cni/net.d/87-podman-bridge.conflist",)}, ("Another network was here", "rm /etc/cni/net.d/87-podman-bridge.conflist")),
    ({"interfaces": ("flannel.1", "kube-ipvs0", "cilium_vxlan", "eth0")}, ("flannel.1, kube-ipvs0, cilium_vxlan", "ip link delete flannel.1")),
    ({"filled_directories": ("/var/lib/containerd",)}, ("Another containerd is installed here (/var/lib/containerd)",
                                                        "remove what it left (rm -r /var/lib/containerd)")),
    ({"strange_files": ("/etc/containerd/config.toml",)}, ("(/etc/containerd/config.toml)", "Use another host")),
    ({"filled_directories": ("/var/lib/kubelet", "/var/log/pods")}, ("Another kubelet is installed here, or was (/var/lib/kubelet, /var/log/pods)",)),
    ({"strange_files": ("/usr/local/bin/runc", "/opt/cni/bin/bridge", "/opt/cni/bin/vlan")},
     ("/usr/local/bin/runc, /opt/cni/bin/bridge, /opt/cni/bin/vlan", "would be overwritten", "kubernetes-cni")),
    ({"other_kubernetes": ("/etc/systemd/system/k3s.service",)}, ("k3s is installed here (/etc/systemd/system/k3s.service)", "k3s-uninstall.sh")),
    ({"masked_units": ("kubelet",)}, ("kubelet.service is masked", "systemctl unmask kubelet")),
    ({"drop_ins": (KUBEADM,)}, ("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf sets ExecStart, so another kubelet", "apt-get purge kubeadm")),
])
def test_what_would_win_over_ours_or_be_lost_is_one_sentence_before_anything_is_touched(found, parts):
    for line in (refusals(OtherSoftware(**found)), seeds.objections(SEED, replace(MACHINE, other=OtherSoftware(**found)), None, "")):
        assert len(line) == 1
        for part in parts:
            assert part in line[0]


def test_a_host_that_is_ours_is_not_refused_for_our_own_things():
    own = OtherSoftware(has_mark=True, has_begun=True, cni_configuration=("/etc/cni/net.d/10-flannel.conflist",), interfaces=("cni0", "flannel.1", "eth0"))
    assert refusals(own) == []
    assert told(own) == []
    # a run that was killed before the machine got its mark
    begun = OtherSoftware(has_begun=True, filled_directories=("/var/lib/containerd",), strange_files=("/usr/local/bin/runc", "/opt/cni/bin/bridge"))
    assert seeds.objections(SEED, replace(MACHINE, other=begun), None, "") == []
    # a machine of several that is about to join, or one whose run was killed later: our containerd runs, and its images are there
    running = replace(MACHINE, containerd_active=True, containerd_unit="/etc/systemd/system/containerd.service", kubelet_active=True,
                      kubelet_unit="/etc/systemd/system/kubelet.service",
                      other=OtherSoftware(has_begun=True, filled_directories=("/var/lib/containerd", "/var/lib/kubelet")))
    assert seeds.objections(SEED, running, None, "") == []


def test_a_unit_in_our_place_that_we_did_not_write_is_another_ones():
    host = replace(HOST, containerd_active=True, containerd_unit="/etc/systemd/system/containerd.service",
                   other=OtherSoftware(strange_files=("/etc/systemd/system/containerd.service",)))
    found = nodes.objections(host, cluster="demo", bundle="", node=None, kubelet_config={})
    assert len(found) == 1
    assert "Another containerd runs here (/etc/systemd/system/containerd.service)" in found[0]


def test_with_a_network_of_ones_own_remains_are_a_warning():
    other = OtherSoftware(**CALICO)
    assert refusals(other, flannel=False) == []
    assert "Another network was here" in "".join(told(other, flannel=False))
    machine = replace(MACHINE, other=other)
    assert seeds.objections(replace(SEED, flannel=False), machine, None, "") == []
    assert "Another network was here" in "".join(seeds.warnings(replace(SEED, flannel=False), machine, None, {}))


def test_a_host_without_end_of_files_is_a_line_that_can_be_read():
    facts = {"cni_configuration": "".join(f"/etc/cni/net.d/{number}{'x' * 900}.conf\n" for number in range(1000)),
             "drop_ins": "".join(f"kubelet\t/etc/systemd/system/kubelet.service.d/{number}.conf\tEnvironment\n" for number in range(1000))}
    other = read_other_software(facts)
    assert len(refusals(other)[0]) < 5000
    assert len(told(other)) == 10


def test_many_remains_are_a_line_that_can_be_read():
    found = refusals(OtherSoftware(interfaces=tuple(f"cali{number}" for number in range(100))))
    assert "and 92 more" in found[0]
    assert found[0].count("ip link delete") == 4


@pytest.mark.parametrize(("name", "part"), [("00-multus.conf", "/etc/cni/net.d/00-multus.conf comes before"), ("87-podman.conflist", "")])
def test_a_network_that_comes_before_flannel_on_a_node_is_a_warning(name, part):
    other = OtherSoftware(has_mark=True, has_begun=True, cni_configuration=(other_software.FLANNEL, f"/etc/cni/net.d/{name}"))
    host = replace(HOST, other=other, mark=nodes.mark("demo", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
    found = nodes.warnings(host, kubelet_config={})
    assert [part in text for text in found] == ([True] if part else [])
    assert nodes.warnings(host, kubelet_config={}, flannel=False) == []


def test_a_drop_in_that_starts_another_program_is_a_warning_on_machines_that_run():
    other = OtherSoftware(has_mark=True, has_begun=True, drop_ins=(KUBEADM,))
    machine = replace(MACHINE, other=other)
    assert (refusals(other), seeds.objections(SEED, machine, COMPLETE, "")) == ([], [])
    assert "10-kubeadm.conf sets ExecStart" in "".join(told(other))
    assert "10-kubeadm.conf sets ExecStart" in "".join(seeds.warnings(SEED, machine, COMPLETE, {}))


def test_a_masked_unit_is_never_unmasked_in_silence():
    other = OtherSoftware(has_mark=True, has_begun=True, masked_units=("kubelet",))
    assert "kubelet.service is masked" in refusals(other)[0]
    assert "kubelet.service is masked" in seeds.objections(SEED, replace(MACHINE, other=other), COMPLETE, "")[0]


def test_swap_that_is_off_now_and_on_at_the_next_boot_is_a_warning():
    host = replace(HOST, other=OtherSoftware(swap_at_boot=True))
    assert "/etc/fstab turns swap on at the next boot" in nodes.warnings(host, kubelet_config={})[0]
    assert nodes.warnings(host, kubelet_config={"failSwapOn": False}) == []


def test_a_drop_in_with_a_proxy_is_kept_and_named_once():
    assert refusals(OtherSoftware(drop_ins=(PROXY,))) == []
    assert told(OtherSoftware(drop_ins=(PROXY,))) == [f"The drop-in {PROXY.path} stays in force for the node's containerd: Environment"]
    assert told(OtherSoftware(has_mark=True, has_begun=True, drop_ins=(PROXY,))) == []


@pytest.mark.parametrize(("settings", "told_of"), [
    ((("/etc/sysctl.d/zz-hardening.conf", "net.ipv4.ip_forward", "0"),), "/etc/sysctl.d/zz-hardening.conf sets net.ipv4.ip_forward = 0"),
    # /etc/sysctl.conf of Debian and Ubuntu
    ((("/etc/sysctl.d/99-sysctl.conf", "net.bridge.bridge-nf-call-iptables", "0"),), "99-sysctl.conf sets net.bridge.bridge-nf-call-iptables = 0"),
    ((("/usr/lib/sysctl.d/99-z.conf", "net.ipv4.conf.all.forwarding", "0"),), "/usr/lib/sysctl.d/99-z.conf sets net.ipv4.ip_forward = 0"),
    ((("/etc/sysctl.d/10-network.conf", "net.ipv4.ip_forward", "0"),), ""),
    ((("/etc/sysctl.d/99-kubermatic-caas.conf", "net.ipv4.ip_forward", "1"),), ""),
    ((("/etc/sysctl.d/zz-a.conf", "net.ipv4.ip_forward", "0"), ("/usr/lib/sysctl.d/zz-b.conf", "net.ipv4.ip_forward", "1")), ""),
    ((("/etc/sysctl.d/zz-a.conf", "net.ipv6.conf.all.forwarding", "0"),), ""),
])
def test_a_file_that_turns_forwarding_off_at_the_next_boot_is_a_warning(settings, told_of):
    found = told(OtherSoftware(sysctl_settings=settings))
    assert [told_of in text for text in found] == ([True] if told_of else [])


@pytest.mark.parametrize(("name", "lets", "commands"), [
    ("ufw", (), "Run on each host: ufw allow 8472/udp && ufw allow 10250/tcp && ufw default allow routed"),
    ("ufw", ("vxlan", "kubelet"), "each host: ufw default allow routed"),
    ("ufw", ("input", "forward"), ""),
    ("firewalld", (), "firewall-cmd --permanent --add-port=8472/udp && firewall-cmd --permanent --add-port=10250/tcp && "
                      "firewall-cmd --permanent --zone=trusted --add-source=10.244.0.0/16 && firewall-cmd --reload"),
    ("firewalld", ("vxlan", "kubelet", "forward"), ""),
])
def test_a_firewall_of_the_host_is_a_warning_with_its_commands(name, lets, commands):
    found = told(OtherSoftware(firewalls=((name, frozenset(lets)),)), pod_cidr="10.244.0.0/16")
    assert [commands in text for text in found] == ([True] if commands else [])


@given(st.dictionaries(st.sampled_from(["has_mark", "cni_configuration", "interfaces", "drop_ins", "sysctl_settings", "ufw", "firewalld", "strange_files"]),
                       st.text() | st.from_regex(r"(on|yes|cni0|/etc/sysctl.d/zz\tnet.ipv4.ip_forward\t.*)[ \n]")))
def test_a_host_may_say_anything(facts):
    other = read_other_software(facts)
    refusals(other)
    told(other, pod_cidr="10.244.0.0/16")
