# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a lab goes when the machine is busy: podman gives up before the processes of a host have ended."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lab.hosts import container, podman, removal
from lab.hosts.errors import LabError
from lab.hosts.state import Host, Lab

BUSY = "Error: given PIDs did not die within timeout\n"
# how podman names what it lists
FIELDS = {"container": lambda name: {"Names": [name]}, "volume": lambda name: {"Name": name}, "network": lambda name: {"name": name}}


class Podman:
    """In the place of podman. busy: how often it gives up on each container. objects: what is there, of each kind."""

    def __init__(self, busy: int = 0, says: str = BUSY, **objects: list[str]) -> None:
        self.busy, self.says = busy, says
        self.objects = {"container": [], "volume": [], "network": [], **objects}
        self.removals: list[list[str]] = []

    def run(self, *words: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
        if "--format" in words:
            kind = "container" if words[0] == "ps" else words[0]
            return subprocess.CompletedProcess(words, 0, json.dumps([FIELDS[kind](name) for name in self.objects[kind]]), "")
        kind, names = words[0], [word for word in words[1:] if word != "rm" and not word.startswith("--")]
        self.removals.append([kind, *names])
        if kind == "container" and self.busy:
            self.busy -= 1
            return subprocess.CompletedProcess(words, 125, "", self.says)
        self.objects[kind] = [name for name in self.objects[kind] if name not in names]
        return subprocess.CompletedProcess(words, 0, "", "")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Has the podman that is given; nobody waits."""
    clock = iter(range(10_000))
    monkeypatch.setattr(podman.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(podman.time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(removal, "marked", lambda mark: [])

    def has(given: Podman) -> Podman:
        monkeypatch.setattr(podman, "run", given.run)
        return given

    return has


def test_a_lab_goes_though_podman_gives_up_at_first(machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    busy = machine(Podman(3, container=["a-host-1", "a-host-2"], volume=["v"], network=["n"]))
    assert removal.remove(tmp_path / "a") == ["2 containers", "1 volume", "1 network"]
    assert busy.removals == [["container", "a-host-1", "a-host-2"]] * 4 + [["volume", "v"], ["network", "n"]]
    assert capsys.readouterr().out == "  podman gave up before all processes of a-host-1, a-host-2 had ended: once more\n"


def test_the_patience_with_podman_ends(machine, tmp_path: Path):
    busy = machine(Podman(1000, container=["a-host-1"]))
    with pytest.raises(LabError, match=r"^Processes of a-host-1 did not end within 60 s, and podman removes no container before: given PIDs did not die within "
                                       r"timeout\. Run the same command again when the machine is less busy\.$"):
        removal.remove(tmp_path / "a")
    assert 2 < len(busy.removals) <= 61


def test_another_error_is_told_at_once(machine, tmp_path: Path):
    busy = machine(Podman(1, "Error: no space left on device\n", container=["a-host-1"]))
    with pytest.raises(LabError, match="no space left on device"):
        removal.remove(tmp_path / "a")
    assert len(busy.removals) == 1


def test_a_single_host_goes_the_same_way(machine):
    busy = machine(Podman(2, container=["a-host-1", "a-host-2"]))
    container.remove(Lab("a", "2026-01-01T12:00:00+00:00", (210, 7), None, None), Host("a-host-1", "host", "bare", "10.210.7.31"))
    assert busy.objects["container"] == ["a-host-2"]


def test_nothing_is_removed_where_nothing_is(machine, tmp_path: Path):
    nothing = machine(Podman())
    assert removal.remove(tmp_path / "a") == []
    assert nothing.removals == []
