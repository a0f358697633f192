# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs of a small playbook: how they end, are waited for and are killed."""
from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from playbook_runs.killable import KILLED, Killable
from playbook_runs.running import Running

BRIEF = {"ANSIBLE_STDOUT_CALLBACK": "kubermatic.caas.brief"}


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """Of a playbook that says something, sleeps so long as `sleep` says, and fails if `fails` does."""
    tasks: list[dict[str, Any]] = [
        {"name": "Say", "ansible.builtin.debug": {"msg": "here I am"}}, {"name": "Sleep", "ansible.builtin.command": "sleep {{ sleep | default(0) }}"},
        {"name": "Fail", "ansible.builtin.fail": {"msg": "as you wish"}, "when": "fails | default(false)"}]
    play = {"name": "Small", "hosts": "localhost", "gather_facts": False, "tasks": tasks,
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
    (tmp_path / "play.json").write_text(json.dumps([play]))
    return "-i", "localhost,", str(tmp_path / "play.json")


def alive(what: str) -> bool:
    """A process whose command line begins with that; of one that ended it is empty."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return any(line.startswith(what) for line in lines)


def test_it_ends_and_is_measured(words: tuple[str, ...], tmp_path: Path):
    ended = Running(*words, environment={"ANSIBLE_NOCOLOR": "1"}, directory=tmp_path, log=tmp_path / "log").end(60).must_succeed()
    assert "here I am" in ended.output and ended.output == (tmp_path / "log").read_text()
    assert ended.changed() == {"localhost"} and ended.failures() == {"localhost": 0}
    assert ended.stderr == "" and ended.seconds > 0.1 and ended.cpu > 0.1


def test_standard_error_is_in_the_output_or_apart(words: tuple[str, ...]):
    fails = (*words, "-e", '{"fails": true}')
    together, apart = (Running(*fails, environment=BRIEF, stderr_apart=stderr_apart).end(60).must_fail() for stderr_apart in (False, True))
    line = "failed: [localhost] as you wish"
    assert line in together.output and together.stderr == ""
    assert line in apart.stderr and line not in apart.output and "here I am" in apart.output


def test_a_run_that_takes_too_long_is_killed_with_what_it_started(words: tuple[str, ...]):
    running = Running(*words, "-e", "sleep=4711")
    with pytest.raises(AssertionError, match=r"(?s)still at it after 4 s: .*here I am"):
        running.end(4)
    assert running.process.returncode == KILLED
    end = time.monotonic() + 5
    while alive("sleep 4711") and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive("sleep 4711")


@pytest.mark.parametrize("moment", [2, "Small | Sleep"])
def test_a_run_dies_at_a_task(words: tuple[str, ...], tmp_path: Path, moment: int | str):
    running = Killable(*words, logs=tmp_path, kill_at=moment)
    ended = running.end(60)
    assert ended.code == KILLED and "here I am" in ended.output
    assert running.tasks == ["Small | Say", "Small | Sleep"]


def test_a_run_dies_some_time_after_a_task_began(words: tuple[str, ...], tmp_path: Path):
    running = Killable(*words, "-e", "sleep=5", logs=tmp_path, kill_at="Small | Sleep", kill_after=0.5)
    running.has_begun("Small | Sleep")
    assert running.end(20).code == KILLED


def test_who_waits_for_a_task_that_does_not_come_is_told_what_came(words: tuple[str, ...], tmp_path: Path):
    running = Killable(*words, logs=tmp_path)
    with pytest.raises(AssertionError, match="here I am"):
        running.has_begun("Small | Nobody knows")
    assert running.end(20).must_succeed() and len(running.tasks) == 3
