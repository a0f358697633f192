# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever task fails: its result is found by the beginning of its name. So the record gets the reason, and hosts of a bad cluster are not asked."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.task_result import CONTROL_PLANE, NODE_POOLS

ROLES = Path(__file__).resolve().parents[3] / "roles"
FILES = {CONTROL_PLANE: ("check", "create", "first"), NODE_POOLS: ("check", "machines")}


def tasks(content: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those that do something themselves."""
    for task in content:
        if "block" in task:
            yield from tasks(task["block"])
        elif "ansible.builtin.include_tasks" not in task:
            yield task


FOUND = [(prefix, task) for prefix, files in FILES.items() for file in files
         for task in tasks(yaml.safe_load((ROLES / prefix.rstrip("_") / "tasks" / f"{file}.yml").read_text()))]


@pytest.mark.parametrize(("prefix", "task"), FOUND, ids=[task["name"] for dummy, task in FOUND])
def test_every_task_keeps_what_it_said(prefix: str, task: dict[str, Any]):
    assert task["register"].startswith(prefix)


def test_there_are_tasks():
    registered = [task["register"] for dummy, task in FOUND]
    assert len(registered) >= 13 and len(set(registered)) == len(registered)
