# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A script that dies at any of its steps: the next run converges."""
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import HostFailed
from component.plugins.plugin_utils.ssh.mirror import wanted
from component.plugins.plugin_utils.ssh.shells import tree

KILLS = {"before": '    say changed "$sentence"\n', "after": '    say took "$(($(now) - began))"\n'}


def killed_at(whole: script.Script, number: int, where: str) -> script.Script:
    """The script that dies before or after its step of that number."""
    line = KILLS[where]
    assert whole.text.count(line) == 1
    text = whole.text.replace(line, f"{line}    steps_done=$((${{steps_done:-0}} + 1))\n    [ $steps_done != {number} ] || kill -9 $$\n")
    return script.Script(text, whole.marker, whole.mode)


@pytest.mark.parametrize("where", KILLS)
def test_killed_at_any_step_the_next_run_converges(host, mirror, where, tmp_path):
    artefacts = wanted(mirror)
    files = [HostFile("/etc/kubernetes/cluster", "cluster: demo\n", part="artefacts"), HostFile("/var/lib/kubelet/config.yaml", "x\n", part="kubelet")]

    def whole(root: Path) -> script.Script:
        return script.assemble(["artefacts", "kubelet"], mode="apply", files=files, artefacts=artefacts,
                               config={"root": str(root), "node_name": "web-1", "wants": ["client"]})

    def without_keys(root: Path) -> dict[str, str]:
        """Keys are random, and records name the root."""
        return {path: content[-8:] if path.endswith(".pending") or "/artefacts/" in path else content for path, content in tree(root).items()}

    steps = len(host.run(whole(host.root)).steps)
    right = without_keys(host.root)
    assert steps == 5
    for number in range(1, steps + 1):
        root = tmp_path / f"{where}{number}"
        (root / "run").mkdir(parents=True)
        with pytest.raises(HostFailed, match="ended early"):
            host.run(killed_at(whole(root), number, where))
        host.run(whole(root))
        assert without_keys(root) == right
        assert host.run(whole(root)).steps == []
