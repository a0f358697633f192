# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the callback brief makes of the result of a task."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.callback import brief


class Display:
    verbosity = 0

    def __init__(self) -> None:
        self.out: list[str] = []
        self.err: list[str] = []

    def display(self, text: str, color: str | None = None, stderr: bool = False) -> None:
        (self.err if stderr else self.out).append(text)


@pytest.fixture
def callback() -> brief.CallbackModule:
    made = brief.CallbackModule()
    made._display = Display()
    return made


def result(check_mode: bool = False, **found: Any) -> Any:
    task = SimpleNamespace(loop=None, delegate_to=None, check_mode=check_mode, get_name=lambda: "Make it")
    return SimpleNamespace(task=task, host=SimpleNamespace(get_name=lambda: "demo"), result=found)


@pytest.mark.parametrize(("found", "lines"), [
    (result(changed=False), []), (result(changed=False, msg="not for people"), []),
    (result(changed=True), ["  demo: Make it"]), (result(check_mode=True, changed=True), ["  demo: would: Make it"]),
    # told while it was carried out
    (result(changed=True, steps=["Create Namespace"]), []),
    # a module that ran on another host
    (result(changed=True, steps=["Create Namespace"], invocation={}), ["  demo: Create Namespace"]),
    (result(changed=False, _ansible_verbose_always=True, msg=["a", "b"]), ["a", "b"]),
    (result(changed=False, _ansible_verbose_always=True, msg={"a": 1}), ["{", '  "a": 1', "}"]),
    (result(changed=False, _ansible_verbose_always=True, msg="\x1b[2Ja"), [" [2Ja"])])
def test_what_is_told_of_a_task_that_went_well(callback: brief.CallbackModule, found: Any, lines: list[str]):
    callback.v2_runner_on_ok(found)
    assert (callback._display.out, callback._display.err) == (lines, [])


def test_each_reason_is_a_line(callback: brief.CallbackModule):
    callback.v2_runner_on_failed(result(msg="a b", errors=["a", "b"]))
    callback.v2_runner_on_unreachable(result(msg="away"))
    assert (callback._display.out, callback._display.err) == ([], ["failed: [demo] a", "failed: [demo] b", "unreachable: [demo] away"])
