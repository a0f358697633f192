# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Scenarios that are not run every time still know the playbooks."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MOMENT = re.compile(r"^ *- ([A-Z][^|\n]*) \| (.+)$", re.MULTILINE)
PLAYED = re.compile(r"kubermatic\.caas\.([a-z_]+)")
MOMENTS = [(playbook, *moment) for path in sorted((ROOT / "molecule").rglob("*.yml")) for text in [path.read_text()]
           for moment in MOMENT.findall(text) for playbook in PLAYED.findall(text)]


def names(content: Any) -> Iterator[str]:
    """Of all tasks in it, and of those of files that it includes."""
    if isinstance(content, list):
        for item in content:
            yield from names(item)
    elif isinstance(content, dict):
        if isinstance(content.get("name"), str):
            yield content["name"]
        for value in content.values():
            yield from names(value)
    elif isinstance(content, str) and re.fullmatch(r"tasks/\w+\.yml", content):
        yield from names(loaded(ROOT / "playbooks" / content))


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize(("playbook", "play", "task"), MOMENTS)
def test_what_a_run_is_killed_at_is_there(playbook: str, play: str, task: str):
    found = next(one for one in loaded(ROOT / "playbooks" / f"{playbook}.yml") if one["name"] == play)
    of_roles = {name for path in (ROOT / "roles").glob("*/tasks/*.yml") for name in names(loaded(path))}
    assert task in {*names(found), *of_roles}


def test_what_kills_runs_is_where_the_scenario_looks_for_it():
    called = loaded(ROOT / "molecule" / "broken_runs" / "tasks" / "killed.yml")[0]["environment"]["ANSIBLE_CALLBACK_PLUGINS"]
    assert (Path(called.replace("{{ playbook_dir }}", str(ROOT / "molecule" / "broken_runs"))) / "kill_at.py").exists()


def test_moments_are_found():
    assert len(MOMENTS) >= 7
