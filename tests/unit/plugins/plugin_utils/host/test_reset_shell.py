# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node becomes a plain host again."""
from __future__ import annotations

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
