# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import tomllib

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host import registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Mirrors, host_artefacts
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import containerd_config, containerd_unit, runtime_config, runtime_files

MIRRORS = tuple(registry_mirrors.files(registry_mirrors.read({"registry.k8s.io": "http://10.0.0.1:5000", "docker.io": "https://mirror.example.com/"})))


@pytest.mark.parametrize("flag", [True, False])
def test_containerd_reads_its_configuration(flag):
    found = tomllib.loads(containerd_config(sandbox_image='r.example.com/"pause"', systemd_cgroup=flag, restrict_oom_score_adj=not flag))
    assert found["version"] == 3
    assert found["plugins"]["io.containerd.cri.v1.images"]["pinned_images"]["sandbox"] == 'r.example.com/"pause"'
    runtime = found["plugins"]["io.containerd.cri.v1.runtime"]
    assert runtime["containerd"]["runtimes"]["runc"]["options"]["SystemdCgroup"] is flag
    assert runtime["restrict_oom_score_adj"] is not flag


def test_additions_of_others_to_the_configuration_are_read():
    found = tomllib.loads(containerd_config(sandbox_image="x", systemd_cgroup=True, restrict_oom_score_adj=False))
    assert found["imports"] == ["/etc/containerd/conf.d/*.toml"]


def test_limits():
    assert "LimitNOFILE" in containerd_unit(raise_limits=True)
    assert "LimitNOFILE" not in containerd_unit(raise_limits=False)


@pytest.mark.parametrize("module_directory", [True, False])
def test_files_of_the_runtime(module_directory):
    files = {item.path: item for item in runtime_files(sandbox_image="x", systemd_cgroup=True, restrict_oom_score_adj=False, raise_limits=True,
                                                       registries=MIRRORS, module_directory=module_directory)}
    assert ("/etc/modules-load.d/kubermatic-caas.conf" in files) == module_directory
    assert files["/etc/containerd/config.toml"].restarts == "containerd"
    assert runtime_config(MIRRORS)["registry_files"] == [path for path in files if "certs.d" in path]
    # read anew for every pull
    assert files["/etc/containerd/certs.d/docker.io/hosts.toml"].restarts == ""
    assert all("kubermatic.caas" in item.content.splitlines()[0] for item in files.values())


def test_layout_of_the_upstream_release_hosts():
    found = host_artefacts(kubernetes="1.36.3", containerd_version="2.2.0", runc_version="1.3.3", cni_plugins_version="1.9.1", architecture="arm64",
                           mirrors=Mirrors(kubernetes="https://m.example.com/"), binaries=("kubelet", "kubeadm"))
    assert [item.url for item in found] == [
        "https://github.com/containerd/containerd/releases/download/v2.2.0/containerd-2.2.0-linux-arm64.tar.gz",
        "https://github.com/opencontainers/runc/releases/download/v1.3.3/runc.arm64",
        "https://github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz",
        "https://m.example.com/v1.36.3/bin/linux/arm64/kubelet",
        "https://m.example.com/v1.36.3/bin/linux/arm64/kubeadm",
    ]
    assert [item.restarts for item in found] == ["containerd", "", "", "kubelet", ""]


@pytest.mark.parametrize("pin", ["kubelet-1.36.3-amd64", "https://dl.k8s.io/v1.36.3/bin/linux/amd64/kubelet"])
def test_pins(pin):
    mirrors = Mirrors(sha256={pin: "ABC"})
    found = host_artefacts(kubernetes="1.36.3", containerd_version="2.2.0", runc_version="1.3.3", cni_plugins_version="1.9.1", architecture="amd64",
                           mirrors=mirrors)
    assert [item.sha256 for item in found] == ["", "", "", "abc"]
