# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A host that lets us in and then says nothing, or never ends: by Ansible's own connection and a program in the place of ssh."""
from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script, watch
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Execute, HostUnreachable, Remote, look_after
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble


@pytest.fixture
def over(tmp_path: Path) -> Callable[[str], Execute]:
    """text: of the program that stands in for ssh."""
    def execute(text: str) -> Execute:
        program = tmp_path / "ssh"
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
        connection = connection_loader.get("ssh", PlayContext())
        connection.set_options(var_options={"ansible_ssh_executable": str(program), "ansible_host": "192.0.2.7", "ansible_timeout": 60})

        def run(command: str, data: bytes) -> dict[str, Any]:
            code, stdout, stderr = connection.exec_command(command, in_data=data, sudoable=True)
            return {"rc": code, "stdout": stdout.decode(errors="replace"), "stderr": stderr.decode(errors="replace")}
        return run
    return execute


def given_up(execute: Execute, seconds: float = 1.0) -> str:
    began = time.monotonic()
    with pytest.raises(HostUnreachable) as failed:
        Remote(execute, "web-1", seconds={script.LOOK: seconds}).run(assemble(["facts"]))
    assert time.monotonic() - began < seconds + 4
    assert "\n" not in failed.value.line()
    return failed.value.line()


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.parametrize("parts", [["facts", "other_software"], ["facts", "other_software", "seed_facts"], ["facts", "seed_facts"], ["diagnosis"]])
def test_the_first_that_a_host_is_asked_is_a_look(parts: list[str]):
    """A silent one costs a run as long as a look may take; each of these parts reads only."""
    assert assemble(parts).effort == script.LOOK


@pytest.mark.parametrize("program", [
    "exec sleep 100", "cat >/dev/null; sleep 100", "cat >/dev/null; sleep 100 & sleep 100", "trap '' TERM HUP INT; cat >/dev/null; while :; do sleep 1; done",
    "echo hello; exec sleep 100", "while :; do echo x; sleep 0.1; done"])
def test_a_silent_host_is_given_up_and_its_ssh_ends(over: Callable[[str], Execute], program: str):
    before = watch.family_of({1})
    assert "gave no answer in 1 s" in given_up(over(program))
    time.sleep(0.3)
    assert [line for line in map(command_of, watch.family_of({1}) - before) if "192.0.2.7" in line] == []


@pytest.mark.parametrize("channel", ["", ">&2"])
def test_a_host_that_never_ends_is_given_up(over: Callable[[str], Execute], monkeypatch: pytest.MonkeyPatch, channel: str):
    monkeypatch.setattr(watch.Watch.__init__, "__defaults__", (1 << 20,))
    assert "sent more than 1 MB" in given_up(over(f"cat >/dev/null; exec yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa {channel}"), seconds=30)


def test_a_host_in_time_is_left_alone(over: Callable[[str], Execute]):
    assert "kernel" in Remote(over("exec sh -s"), "web-1").run(assemble(["facts"])).facts


def test_long_work_is_told(over: Callable[[str], Execute], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "TELL_EVERY", 0.4)
    said: list[str] = []
    Remote(over("sleep 1.5; exec sh -s"), "web-1", say=said.append).run(assemble(["facts"]))
    assert said and said[0].startswith("still at work after ") and said[0].endswith("of 12 s at most")


def test_a_run_that_can_not_print_is_watched_all_the_same(over: Callable[[str], Execute], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "TELL_EVERY", 0.3)

    def broken(text: str) -> None:
        raise ValueError(text)

    with pytest.raises(HostUnreachable, match=r"gave no answer in 2 s"):
        Remote(over("cat >/dev/null; exec sleep 60"), "web-1", say=broken, seconds={script.LOOK: 2.0}).run(assemble(["facts"]))


@pytest.mark.parametrize(("parts", "mode", "effort"), [
    (("facts",), "plan", script.LOOK), (("facts", "seed_facts"), "plan", script.LOOK), (("artefacts", "runtime"), "plan", script.COMPARISON),
    (("artefacts", "runtime", "kubelet"), "apply", script.DOWNLOAD), (("kubelet", "enrol"), "apply", script.CHANGE), (("reset",), "apply", script.CHANGE)])
def test_what_is_done_decides_how_long_it_may_take(parts: tuple[str, ...], mode: str, effort: str):
    assert assemble(parts, mode=mode).effort == effort


@pytest.mark.parametrize(("timeout", "seconds"), [(10, 12.0), (0, 12.0), (40, 42.0)])
def test_a_look_lasts_as_long_as_ansible_waits_for_a_login(timeout: float, seconds: float):
    assert look_after(timeout) == seconds


def test_a_machine_that_boots_may_be_silent_for_a_while(over: Callable[[str], Execute], tmp_path: Path):
    """Its SSH takes the connection and says nothing at first."""
    first = tmp_path / "first"
    remote = Remote(over(f"[ -e {first} ] || {{ touch {first}; exec sleep 60; }}; exec sh -s"), "web-1", seconds={script.LOOK: 1.0}, patience=30.0)
    assert "kernel" in remote.run(assemble(["facts"])).facts
