# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tasks of a file would find, one after the other in one process and over one connection, up to the first that has something to do."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Results = dict[str, dict[str, Any]]
# what a task that was skipped registers
SKIPPED = {"changed": False, "skipped": True}


@dataclass(frozen=True, slots=True)
class Task:
    """One task as a role's file says it. conditions: of its `when`."""

    module: str
    args: Mapping[str, Any]
    register: str
    conditions: tuple[Any, ...]


def task(said: Mapping[str, Any]) -> Task:
    """A module is a key with dots: tasks of this collection's roles name theirs in full."""
    module = next(key for key in said if "." in key)
    when = said.get("when", ())
    return Task(module, said[module] or {}, said.get("register", ""), tuple(when) if isinstance(when, (list, tuple)) else (when,))


def results_if_unchanged(tasks: list[Mapping[str, Any]], holds: Callable[[Any, Results], bool],
                         look: Callable[[Task, Results], dict[str, Any] | None]) -> Results | None:
    """Name -> what each task would have registered, None if one of them has something to do. look: None for that one."""
    results: Results = {}
    for one in map(task, tasks):
        if not all(holds(condition, results) for condition in one.conditions):
            found: dict[str, Any] | None = SKIPPED
        else:
            found = look(one, results)
        if found is None:
            return None
        if one.register:
            results[one.register] = found
    return results
