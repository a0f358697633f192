# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A look ahead at the tasks of a file, and at the file that it is made for."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.action.look_ahead import RESOURCES
from ansible_collections.kubermatic.caas.plugins.plugin_utils.look_ahead import SKIPPED, Results, Task, results_if_unchanged, task

CREATE = Path(__file__).resolve().parents[4] / "roles" / "control_plane" / "tasks" / "create.yml"
ADDRESS = {"kubermatic.caas.endpoint": {"address": "x"}, "register": "address"}
KEYS = {"kubermatic.caas.pki": None, "register": "keys"}


def looked(tasks: list[dict[str, Any]], *, to_do: str = "", false: str = "") -> tuple[Results | None, list[str]]:
    """What came of it, and which modules were asked."""
    asked: list[str] = []

    def look(one: Task, results: Results) -> dict[str, Any] | None:
        asked.append(one.module)
        return None if one.module == to_do else {"changed": False, "after": sorted(results)}

    return results_if_unchanged(tasks, lambda condition, results: condition != false, look), asked


def test_each_task_knows_the_results_of_those_before_it():
    assert looked([ADDRESS, KEYS])[0] == {"address": {"changed": False, "after": []}, "keys": {"changed": False, "after": ["address"]}}


def test_the_first_that_has_something_to_do_ends_it():
    assert looked([ADDRESS, KEYS], to_do="kubermatic.caas.endpoint") == (None, ["kubermatic.caas.endpoint"])


@pytest.mark.parametrize("when", ["no", ["yes", "no"]], ids=str)
def test_what_would_be_skipped_is_not_asked(when: Any):
    assert looked([ADDRESS, {**KEYS, "when": when}], false="no") == (
        {"address": {"changed": False, "after": []}, "keys": SKIPPED}, ["kubermatic.caas.endpoint"])


def test_every_task_of_a_control_plane_can_be_looked_at():
    tasks = [task(one) for one in yaml.safe_load(CREATE.read_text())]
    others = [one for one in tasks if one.module not in RESOURCES]
    assert all(one.register for one in tasks if one not in others)
    # what else there is has a condition, so that it does not say each time that there is something to do
    assert [one.module for one in others] == ["ansible.builtin.include_tasks"] and all(one.conditions for one in others)
