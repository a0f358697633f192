# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a playbook says for people: what it does, its table or summary, and what failed."""
from __future__ import annotations

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: Short output with steps, summaries and errors
description:
  - Prints the steps that the modules of this collection carry out, tables and summaries of playbooks, warnings and errors. Leaves out names of plays, tasks
    that are skipped or have nothing to do, and plays without hosts.
  - An error is one line on standard error, so that a program can read the standard output, as with C(-e format=json) of the playbook C(status).
  - With C(-v) it prints what C(ansible.builtin.default) prints.
  - No playbook depends on it. AWX and ansible-runner replace it by their own, whose output contains the summaries and tables as well.
version_added: 0.1.0
author:
  - Kubermatic CaaS contributors (@kubermatic)
requirements:
  - set as stdout callback in ansible.cfg, or by the environment variable E(ANSIBLE_STDOUT_CALLBACK)
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from ansible import constants as C
from ansible import context
from ansible.plugins.callback.default import CallbackModule as Default

from ansible_collections.kubermatic.caas.plugins.plugin_utils.terminal import printed

# a text may have several
LINES = "\n"


def said(result: Mapping[str, Any]) -> list[str]:
    """Lines of a task that is there to tell something, as debug is."""
    message = result.get("msg", "")
    if isinstance(message, Mapping):
        return json.dumps(message, indent=2, sort_keys=True, default=str, ensure_ascii=False).splitlines()
    return [str(line) for line in message] if isinstance(message, (list, tuple)) else str(message).splitlines()


def untold_steps(result: Mapping[str, Any]) -> list[str]:
    """Steps of a module that ran on another host. Those that ran here were told as they were carried out."""
    return list(result.get("steps") or []) if "invocation" in result else []


def numbers(counted: Mapping[str, int]) -> str:
    """Such as "changed 3, failed 1"; what is 0 is left out."""
    return ", ".join(f"{what} {amount}" for what, amount in counted.items() if amount)


def only_verbose(hook: Callable[..., None]) -> Callable[..., None]:
    """What ansible.builtin.default prints there, and nothing without -v."""
    @wraps(hook)
    def hook_if_verbose(self: CallbackModule, *given: Any) -> None:
        if self.verbose:
            hook(self, *given)
    return hook_if_verbose


class CallbackModule(Default):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "kubermatic.caas.brief"

    @property
    def verbose(self) -> bool:
        return self._display.verbosity > 0

    def tell(self, text: str, color: str | None = None, *, stderr: bool = False) -> None:
        self._display.display(printed(text, LINES), color=color, stderr=stderr)

    _print_task_banner = only_verbose(Default._print_task_banner)
    v2_playbook_on_no_hosts_matched = only_verbose(Default.v2_playbook_on_no_hosts_matched)
    v2_playbook_on_no_hosts_remaining = only_verbose(Default.v2_playbook_on_no_hosts_remaining)
    v2_playbook_on_include = only_verbose(Default.v2_playbook_on_include)
    v2_runner_on_skipped = only_verbose(Default.v2_runner_on_skipped)
    v2_runner_item_on_skipped = only_verbose(Default.v2_runner_item_on_skipped)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self.verbose:
            super().v2_playbook_on_play_start(play)
        self._play = play

    def v2_runner_on_ok(self, result: Any) -> None:
        if self.verbose:
            super().v2_runner_on_ok(result)
        elif not (result.task.loop and "results" in result.result):
            self.tell_done(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if self.verbose:
            super().v2_runner_item_on_ok(result)
        else:
            self.tell_done(result, item=str(self._get_item_label(result.result)))

    def tell_done(self, result: Any, item: str = "") -> None:
        self._handle_warnings(result.result)
        found = result.result
        if self._run_is_verbose(result):
            for line in said(found):
                self.tell(line)
        for step in untold_steps(found):
            self.tell(f"  {self.host_label(result)}: {'would: ' if result.task.check_mode else ''}{step}")
        # steps tell it; a task of another module has none
        if found.get("changed") and "steps" not in found:
            what = result.task.get_name().strip() + (f" ({item})" if item else "")
            self.tell(f"  {self.host_label(result)}: {'would: ' if result.task.check_mode else ''}{what}", C.COLOR_CHANGED)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if self.verbose:
            super().v2_runner_on_failed(result, ignore_errors)
        elif not (result.task.loop and "results" in result.result):
            self.tell_failed("failed", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        if self.verbose:
            super().v2_runner_item_on_failed(result)
        else:
            self.tell_failed("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        if self.verbose:
            super().v2_runner_on_unreachable(result)
        else:
            self.tell_failed("unreachable", result)

    def tell_failed(self, how: str, result: Any) -> None:
        self._handle_warnings(result.result)
        for why in result.result.get("errors") or [result.result.get("msg") or self._dump_results(result.result)]:
            self.tell(f"{how}: [{self.host_label(result)}] {printed(why, LINES).strip()}", C.COLOR_ERROR, stderr=True)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self.verbose:
            super().v2_playbook_on_stats(stats)
            return
        changed = "would change" if context.CLIARGS.get("check") else "changed"
        for host in sorted(stats.processed):
            found = stats.summarize(host)
            text = numbers({changed: found["changed"], "failed": found["failures"], "unreachable": found["unreachable"]})
            if text:
                bad = bool(found["failures"] or found["unreachable"])
                self.tell(f"{host}: {text}", C.COLOR_ERROR if bad else None, stderr=bad)
