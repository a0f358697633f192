# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node becomes a plain host again."""
from __future__ import annotations

import os

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._plan.host_files import HostFile
from unit.plugins.plugin_utils.host.mirror import wanted
from unit.plugins.plugin_utils.host.shells import run, tree


def test_a_host_without_mark_is_left_alone(host):
    (host.root / "var/lib/kubelet").mkdir(parents=True)
    (host.root / "var/lib/kubelet/precious").write_text("x")
    assert run(host, ["reset"], "apply").steps == []
    assert (host.root / "var/lib/kubelet/precious").exists()


def test_reset_takes_away_what_we_wrote_and_nothing_else(host, mirror):
    (host.root / "etc/cni/net.d").mkdir(parents=True)
    (host.root / "etc/cni/net.d/87-podman-bridge.conflist").write_text("{}")
    before = tree(host.root)
    run(host, ["artefacts"], "apply", artefacts=wanted(mirror), files=[HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts")])
    for path in ("etc/cni/net.d/10-flannel.conflist", "var/lib/kubelet/config.yaml", "var/lib/containerd/x/y", "etc/kubernetes/pki/ca.crt"):
        (host.root / path).parent.mkdir(parents=True, exist_ok=True)
        (host.root / path).write_text("x")
    planned = run(host, ["reset"], "plan")
    assert "Forget the cluster" in [step.title for step in planned.steps]
    applied = run(host, ["reset"], "apply")
    assert [step.title for step in applied.steps] == [step.title for step in planned.steps]
    assert tree(host.root) == before
    assert run(host, ["reset"], "apply").steps == []


MADE = ("usr/libexec/kubernetes/kubelet-plugins/volume/exec", "lib/modules")


def marked(host) -> None:
    run(host, ["artefacts"], "apply", files=[HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts")])
    # file systems that count in whole seconds see no order within one
    os.utime(host.root / "etc/kubernetes/cluster", (1, 1))


def test_directories_that_kubelet_made_go_with_it(host):
    marked(host)
    for path in MADE:
        (host.root / path).mkdir(parents=True)
    planned = run(host, ["reset"], "plan").plan.titles()
    assert "Remove empty directories /usr/libexec/kubernetes /lib/modules" in planned
    assert run(host, ["reset"], "apply").plan.titles() == planned
    assert not (host.root / "usr/libexec/kubernetes").exists() and not (host.root / "lib/modules").exists()
    assert (host.root / "usr/libexec").exists() and (host.root / "lib").exists()


@pytest.mark.parametrize("path", MADE)
def test_directories_that_were_there_or_hold_something_stay(host, path):
    marked(host)
    (host.root / path).mkdir(parents=True)
    (host.root / path / "driver").write_text("x")
    assert not [title for title in run(host, ["reset"], "plan").plan.titles() if "empty directories" in title]
    (host.root / path / "driver").unlink()
    for parent in [host.root / path, *(host.root / path).parents][:6]:
        os.utime(parent, (0, 0))
    assert not [title for title in run(host, ["reset"], "apply").plan.titles() if "empty directories" in title]
    assert (host.root / path).exists()
