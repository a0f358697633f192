# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a node had before an upgrade stays beside it, and comes back whole, wherever the upgrade broke off."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact
from ansible_collections.kubermatic.caas.plugins.module_utils._host.files import HostFile
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer, HostFailed
from component.plugins.plugin_utils.ssh.mirror import Mirror, archive
from component.plugins.plugin_utils.ssh.shells import SHELLS, tree

INSTALL, UPGRADE = ("artefacts", "kubelet", "enrol"), ("keep", "artefacts", "kubelet_follows", "kubelet", "enrol")
BRING_BACK = ("artefacts", "kubelet_follows", "bring_back")
STEP = '    say changed "$sentence"\n'
KEPT = "var/lib/kubermatic-caas/previous/"


def programs(mirror: Mirror, version: str) -> list[Artefact]:
    """Of the newer containerd one program is gone, and another one came."""
    own = {"bin/ctr": b"old"} if version.startswith("1") else {"bin/shim": b"new"}
    suite = archive({"bin/containerd": f"containerd {version}".encode(), **own})
    return [mirror.offer("containerd", version, suite, kind="tar", directory="/usr/local", restarts="containerd"),
            mirror.offer("kubelet", version, f"kubelet {version}".encode(), restarts="kubelet")]


def configuration(version: str) -> list[HostFile]:
    files = [HostFile("/var/lib/kubelet/config.yaml", f"of {version}\n", part="kubelet", restarts="kubelet"),
             HostFile("/etc/containerd/config.toml", f"of {version}\n", part="kubelet", restarts="containerd")]
    more = HostFile("/etc/systemd/system/kubelet.service", "came with the newer one\n", part="kubelet", restarts="kubelet")
    return files if version.startswith("1") else [*files, more]


class Node:
    """A host in a directory, whose units always run."""

    def __init__(self, host: Any, mirror: Mirror, root: Path) -> None:
        self.host, self.mirror, self.root = host, mirror, root
        (root / "run").mkdir(parents=True, exist_ok=True)
        self.install("1.0.0")
        self.before = self.files()

    def install(self, version: str) -> None:
        self.host.run(self.script(INSTALL, version))

    def script(self, parts: tuple[str, ...], version: str, mode: str = "apply") -> script.Script:
        installs = "enrol" in parts
        files, artefacts = (configuration(version), programs(self.mirror, version)) if installs else ([], [])
        config = {"node_name": "web-1", "wants": [], "keep_programs": ["containerd", "kubelet"], "keep_files": [item.path for item in files]}
        whole = script.assemble(parts, mode=mode, files=files, artefacts=artefacts, config=config)
        head = f"\nc_root={self.root}\nsystemctl() {{ :; }}\ntimeout() {{ false; }}\nmarker="
        return script.Script(whole.text.replace("\nmarker=", head, 1), whole.marker, mode, whole.effort)

    def upgrade(self, version: str = "2.0.0", mode: str = "apply") -> Answer:
        return self.host.run(self.script(UPGRADE, version, mode))

    def bring_back(self) -> Answer:
        return self.host.run(self.script(BRING_BACK, ""))

    def end(self) -> Answer:
        return self.host.run(self.script(("end_upgrade",), ""))

    def files(self) -> dict[str, str]:
        """Without what is kept, and without notes of the day: the time of a look, and which units must start anew, as the part runtime is not run here."""
        return {path: content for path, content in tree(self.root).items()
                if not path.startswith(KEPT) and not path.endswith(".stat") and "/restart/" not in path}

    def read(self, path: str) -> str:
        return (self.root / path).read_text()


@pytest.fixture
def node(host, mirror) -> Node:
    return Node(host, mirror, host.root)


def test_a_plan_says_what_an_upgrade_does_and_writes_nothing(node):
    whole = tree(node.root)
    planned = node.upgrade(mode="plan")
    assert tree(node.root) == whole
    assert planned.plan.titles() == [
        "Keep what is installed in /var/lib/kubermatic-caas/previous", "Replace containerd 1.0.0 by 2.0.0", "Replace kubelet 1.0.0 by 2.0.0",
        "Write /var/lib/kubelet/config.yaml", "Write /etc/containerd/config.toml", "Write /etc/systemd/system/kubelet.service", "Restart kubelet"]
    assert node.upgrade().plan.titles() == planned.plan.titles()


def test_a_node_that_is_up_to_date_says_that_it_would_keep_something_and_nothing_else(node):
    """By the fact, whoever reads the plan knows that there is nothing to do."""
    planned = node.upgrade("1.0.0", mode="plan")
    assert len(planned.steps) == 1 and planned.facts == {"keeps": "yes"}


def test_the_former_versions_come_back_whole(node):
    node.upgrade()
    assert (node.read("usr/local/bin/kubelet"), node.read(f"{KEPT}programs/usr/local/bin/kubelet")) == ("kubelet 2.0.0", "kubelet 1.0.0")
    assert not (node.root / "usr/local/bin/ctr").exists()
    back = node.bring_back()
    assert node.files() == node.before
    assert back.plan.titles() == [
        "Bring back containerd 1.0.0", "Bring back kubelet 1.0.0", "Bring back /etc/containerd/config.toml", "Bring back /var/lib/kubelet/config.yaml",
        "Remove /etc/systemd/system/kubelet.service", "Restart containerd", "Restart kubelet", "Note that the upgrade was taken back"]
    assert node.bring_back().steps == []


def test_after_its_end_nothing_comes_back_and_the_next_upgrade_keeps_anew(node):
    node.upgrade()
    assert node.end().plan.titles() == ["Note that the upgrade has ended"]
    done = node.files()
    assert (node.bring_back().steps, node.files(), node.end().steps) == ([], done, [])
    node.upgrade("3.0.0")
    assert node.read(f"{KEPT}programs/usr/local/bin/kubelet") == "kubelet 2.0.0"
    node.bring_back()
    assert node.files() == done


def test_the_facts_tell_of_an_upgrade_that_did_not_end(node):
    def facts() -> dict[str, str]:
        found = node.host.run(node.script(("facts",), "", "plan")).facts
        return {key: value for key, value in found.items() if key.startswith(("former_", "upgrade_", "installed_"))}

    old = {"installed_containerd": "1.0.0", "installed_kubelet": "1.0.0"}
    assert facts() == old
    node.upgrade()
    new = dict.fromkeys(old, "2.0.0")
    assert facts() == {**new, "upgrade_began": "yes", "former_containerd": "1.0.0", "former_kubelet": "1.0.0"}
    node.end()
    assert facts() == new


def killed_at(whole: script.Script, number: int) -> script.Script:
    """The script that dies in the middle of its step of that number: after the first file of a program, for those that place some."""
    assert whole.text.count(STEP) == 1
    text = whole.text.replace(STEP, f"{STEP}    steps_begun=$((${{steps_begun:-0}} + 1))\n")
    for end in ('mv -f "$2.caas-new" "$2"\n', 'chmod "$2" "$1.caas-new" && mv -f "$1.caas-new" "$1"\n'):
        text = text.replace(end, f"{end.rstrip()} && {{ [ $steps_begun != {number} ] || kill -9 $$; }}\n")
    return script.Script(text, whole.marker, whole.mode, whole.effort)


@pytest.mark.parametrize("host", SHELLS[:1], indirect=True, ids=" ".join)
@pytest.mark.parametrize("then", ["upgrade", "bring_back"])
def test_killed_in_the_middle_of_any_step_an_upgrade_can_go_on_or_back(host, mirror, tmp_path, then):
    def fresh(name: str) -> Node:
        return Node(host, mirror, tmp_path / name)

    reference = fresh("whole")
    steps = len(reference.upgrade().steps)
    right = {path.removeprefix("/"): content[-8:] if "/artefacts/" in path else content for path, content in reference.files().items()}
    for number in range(1, steps):
        node = fresh(f"{then}{number}")
        with pytest.raises(HostFailed, match="ended early"):
            host.run(killed_at(node.script(UPGRADE, "2.0.0"), number))
        if then == "bring_back":
            node.bring_back()
            left = set(node.files()) - set(node.before)
            assert {path: content for path, content in node.files().items() if path in node.before} == node.before
            # a program that no list names yet
            assert left <= {"usr/local/bin/shim", *(path for path in left if path.endswith(".caas-new") or "/staging/" in path)}
        else:
            node.upgrade()
            found = {path: content[-8:] if "/artefacts/" in path else content for path, content in node.files().items()}
            assert found == right
            assert node.read(f"{KEPT}programs/usr/local/bin/kubelet") == "kubelet 1.0.0"
            node.bring_back()
            assert {path: content for path, content in node.files().items() if path in node.before} == node.before


def test_a_reset_takes_away_what_was_kept(node):
    mark = node.root / "etc/kubernetes/cluster"
    mark.parent.mkdir(parents=True)
    mark.write_text("cluster: demo\n")
    node.upgrade()
    node.host.run(node.script(("reset",), ""))
    assert not (node.root / KEPT).exists() and not (node.root / "usr/local/bin/kubelet").exists()
