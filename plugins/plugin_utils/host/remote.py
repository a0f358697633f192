# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a script on a host, over Ansible's own connection and become, in one execution. The host needs a POSIX shell, no Python.

Lines of an answer, each after the script's marker:
  fact KEY=VALUE          text KEY BASE64         diff PATH BASE64 BASE64 (before, after; "-" no such file, "=" empty)
  changed SENTENCE        took HUNDREDTHS (of a second, for the change before it)
  note SENTENCE           warning SENTENCE        error SENTENCE (the last line then)         done .
"""
from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import CaasError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._model.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.script import Script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.host.silence import notice_silence

Execute = Callable[[str, bytes], dict[str, Any]]


@dataclass(slots=True)
class Answer:
    """What a script said. steps carry the diff of the file they write; facts hold words and whole texts alike."""

    facts: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seconds: list[float | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str = ""
    complete: bool = False

    @property
    def plan(self) -> Plan:
        return Plan(tuple(self.steps))

    def sentences(self) -> list[str]:
        """What was done, for people: "containerd started (0.4 s)" in the order it happened."""
        return [f"{step.title} ({seconds:.1f} s)" if seconds is not None else step.title
                for step, seconds in zip(self.steps, self.seconds, strict=True)]


def decoded(text: str) -> str | None:
    if text == "-":
        return None
    return "" if text == "=" else base64.b64decode(text).decode("utf-8", errors="replace")


def read_answer(stdout: str, marker: str) -> Answer:
    """Everything that isn't ours (greetings, noise of a profile) is skipped."""
    answer = Answer()
    pending: tuple[str, str | None, str | None] | None = None
    for line in stdout.splitlines():
        dummy, found, message = line.partition(f"{marker} ")
        if not found:
            continue
        kind, dummy, rest = message.partition(" ")
        if kind in ("fact", "text"):
            key, dummy, value = rest.partition("=" if kind == "fact" else " ")
            answer.facts[key] = value if kind == "fact" else decoded(value) or ""
        elif kind == "diff":
            path, before, after = rest.split(" ")
            pending = path, decoded(before), decoded(after)
        elif kind == "changed":
            path, before, after = pending or ("", None, None)
            answer.steps.append(Step(rest, before=before, after=after, header=path))
            answer.seconds.append(None)
            pending = None
        elif kind == "took" and answer.seconds:
            answer.seconds[-1] = int(rest) / 100
        elif kind == "note":
            answer.notes.append(rest)
        elif kind == "warning":
            answer.warnings.append(rest)
        elif kind == "error":
            answer.error = rest
        elif kind == "done":
            answer.complete = True
    return answer


class HostUnreachable(Unreachable):
    """No SSH to the host; Ansible counts it as unreachable, not as failed."""


class HostFailed(CaasError):
    """The host said why it stopped; answer holds what it had done until then."""

    def __init__(self, what: str, *, answer: Answer, **words: str) -> None:
        self.answer = answer
        super().__init__(what, **words)


def connection_error(host: str, text: str) -> CaasError:
    """ssh's own many lines as one line with what to do."""
    where = f"host {host}"
    if "REMOTE HOST IDENTIFICATION HAS CHANGED" in text:
        return HostUnreachable("The host key has changed", where=where,
                               why="another machine answers at this address, or the host was installed anew",
                               fix="if that is expected, remove the old key with ssh-keygen -R and add the new one to known_hosts")
    if "Host key verification failed" in text or "host key is known" in text:
        return HostUnreachable("The host key is not known", where=where,
                               fix="compare its fingerprint, then add it to known_hosts (ssh-keyscan shows it)")
    if "Permission denied" in text:
        return HostUnreachable("The SSH login was refused", where=where, why="no key or password was accepted for this user",
                               fix="set ansible_user and ansible_ssh_private_key_file")
    if "Incorrect" in text and "password" in text:
        return Refused("The password for sudo is wrong", where=where, fix="correct ansible_become_password")
    if "privilege escalation" in text:
        return HostUnreachable("sudo gave no answer in time", where=where, fix="log in and look whether sudo -n true ends there; ansible_timeout sets the time")
    if "sudo password" in text:
        return Refused("sudo wants a password", where=where, fix="set ansible_become_password, or allow the user sudo without one")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("debug")]
    why = lines[-1].rpartition("ssh: ")[2] if lines else ""
    return HostUnreachable("The host can't be reached over SSH", where=where, why=why, fix="check that it runs, its ansible_host and ansible_port")


class Remote:
    """One host. executions counts the SSH executions so far."""

    def __init__(self, execute: Execute, host: str) -> None:
        self.execute, self.host, self.executions = execute, host, 0

    @classmethod
    def of(cls, action: ActionBase, host: str) -> Remote:
        notice_silence(action._connection)

        def execute(command: str, data: bytes) -> dict[str, Any]:
            this_run.must_live()
            return action._low_level_execute_command(command, in_data=data)
        return cls(execute, host)

    def run(self, script: Script) -> Answer:
        """The script's answer. Raises HostUnreachable or Refused if it couldn't be started, HostFailed if the host gave up."""
        self.executions += 1
        try:
            result = self.execute("sh -s", script.text.encode())
        except AnsibleError as error:
            raise connection_error(self.host, str(error)) from None
        answer = read_answer(str(result["stdout"]), script.marker)
        where = f"host {self.host}"
        if answer.error:
            what, dummy, fix = answer.error.partition(". ")
            raise HostFailed(what, where=where, fix=fix, answer=answer)
        if not answer.complete:
            raise self.cut_off(result, answer)
        return answer

    def cut_off(self, result: dict[str, Any], answer: Answer) -> CaasError:
        text = str(result["stderr"])
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        last = lines[-1] if lines else f"status {result['rc']}"
        where = f"host {self.host}"
        if "sudo" in text and "not found" in text:
            return Refused("sudo is not installed", where=where, fix="install it, or log in as root: ansible_user: root, ansible_become: false")
        if "sudo" in text and ("password is required" in text or "must have a tty" in text or "not in the sudoers" in text or "not allowed" in text):
            return Refused("sudo was refused", where=where, why=last, fix="allow this user sudo without a terminal, or set ansible_become_password")
        if result["rc"] == 255:
            return connection_error(self.host, text)
        return HostFailed("The script ended early", where=where, why=last, answer=answer)
