# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs a script on a host, over Ansible's own connection and become, in one execution. The host needs a POSIX shell, no Python.

Lines of an answer, each after the script's marker:
  fact KEY=VALUE          text KEY BASE64         diff PATH BASE64 BASE64 (before, after; "-" no such file, "=" empty)
  changed SENTENCE        took HUNDREDTHS (of a second, for the change before it)
  note SENTENCE           warning SENTENCE        error SENTENCE (the last line then)         done .
  begun . (the first line)

A host is another party: its answer has an end in time and in size, and any shape.
"""
from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.plugin_utils import this_run
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.keepalive import notice_silence
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import CHANGE, COMPARISON, DOWNLOAD, LOOK, Script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.watch import TELL_EVERY, Watch

# command, what goes to its stdin, whether with privileges -> rc, stdout, stderr
Execute = Callable[..., dict[str, Any]]
# of an answer: a host that repeats itself fills no memory
MOST_LINES, LONGEST_SENTENCE = 20_000, 1000
# seconds that an execution may take by its effort, unless told otherwise
SECONDS = {LOOK: 12.0, COMPARISON: 120.0, CHANGE: 600.0, DOWNLOAD: 900.0}
# of a look at a host for which others wait
WAITED_FOR = 5.0
# seconds for a question without privileges
QUESTION = 20.0
# seconds between two logins
AGAIN = 3.0


@dataclass(slots=True)
class Answer:
    """What a script said. steps carry the diff of the file they write; facts hold words and whole texts alike."""

    facts: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seconds: list[float | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str = ""
    begun: bool = False
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
    """Everything that isn't ours (greetings, noise of a profile) is skipped. Raises ValueError for lines that no script of ours prints."""
    answer = Answer()
    pending: tuple[str, str | None, str | None] | None = None
    lines = [line.partition(f"{marker} ") for line in stdout.splitlines()]
    messages = [message for dummy, found, message in lines if found]
    if len(messages) > MOST_LINES:
        raise ValueError(f"it has {len(messages)} lines")
    for message in messages:
        kind, dummy, rest = message.partition(" ")
        if kind in ("fact", "text"):
            key, dummy, value = rest.partition("=" if kind == "fact" else " ")
            answer.facts[key] = value if kind == "fact" else decoded(value) or ""
        elif kind == "diff":
            path, before, after = rest.split(" ")
            pending = path, decoded(before), decoded(after)
        elif kind == "changed":
            path, before, after = pending or ("", None, None)
            answer.steps.append(Step(rest[:LONGEST_SENTENCE], before=before, after=after, header=path))
            answer.seconds.append(None)
            pending = None
        elif kind == "took" and answer.seconds:
            answer.seconds[-1] = int(rest) / 100
        elif kind == "note":
            answer.notes.append(rest[:LONGEST_SENTENCE])
        elif kind == "warning":
            answer.warnings.append(rest[:LONGEST_SENTENCE])
        elif kind == "error":
            answer.error = rest
        elif kind in ("begun", "done"):
            answer.begun, answer.complete = True, kind == "done"
    return answer


class HostUnreachable(Unreachable):
    """No SSH to the host; Ansible counts it as unreachable, not as failed. repeatable: a machine that still boots may let us in later."""


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
                               fix="set ansible_user and ansible_ssh_private_key_file", repeatable=True)
    if "Incorrect" in text and "password" in text:
        return Refused("The password for sudo is wrong", where=where, fix="correct ansible_become_password")
    if "privilege escalation" in text:
        # Ansible says the same of a host that hangs before sudo could run
        return HostUnreachable("The host, or sudo there, gave no answer in time", where=where, repeatable=True,
                               fix="try ssh to it, and then whether sudo -n true ends there; ansible_timeout sets the time")
    if "sudo password" in text:
        return Refused("sudo wants a password", where=where, fix="set ansible_become_password, or allow the user sudo without one")
    lines = (line.strip().rpartition("ssh: ")[2] for line in text.splitlines() if not line.startswith("debug"))
    return HostUnreachable("The host can't be reached over SSH", where=where, why=last_words("\n".join(lines)), repeatable=True,
                           fix="check that it runs, its ansible_host and ansible_port")


def not_in_time(host: str, why: str) -> HostUnreachable:
    return HostUnreachable("The host stopped answering", where=f"host {host}", why=why,
                           fix="log in and find out what hangs there (sudo -n true, df, systemctl). ansible_timeout "
                               "gives checks more time, host_timeout downloads",
                           repeatable=True)


def look_after(ansible_timeout: float) -> float:
    """Seconds for a look: as long as Ansible waits for ssh and sudo, which is 2 s more than its timeout, and no less than by default."""
    return max(SECONDS[LOOK], ansible_timeout + 2)


def last_words(*texts: str) -> str:
    """What a host said last, on any of its channels: some print there what the user has to do."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(lines[-3:]))[:LONGEST_SENTENCE]


def other_program(said: str, where: str) -> HostFailed:
    return HostFailed("The host did not run the script", where=where, why=f"it said: {said}", answer=Answer(),
                      fix="log in and check the login shell of this user, or set ansible_user to another one")


class Remote:
    """One host. executions counts the SSH executions so far. becomes: how other privileges are got there, such as sudo, "" if they aren't.

    seconds: that an execution may take by its effort, where other than SECONDS. patience: seconds in which the first login is tried again, for a machine that
    still boots. say: prints one line at once.
    """

    def __init__(self, execute: Execute, host: str, *, becomes: str = "", seconds: Mapping[str, float] | None = None, patience: float = 0.0,
                 say: Callable[[str], None] = lambda text: None) -> None:
        self.execute, self.host, self.becomes, self.patience, self.say, self.executions = execute, host, becomes, patience, say, 0
        self.seconds = {**SECONDS, **(seconds or {})}
        # called before a script that may change the host; what it raises keeps the script back
        self.before_change: Callable[[], None] = lambda: None

    @classmethod
    def of(cls, action: ActionBase, host: str, *, others_wait: bool = False, download: float = SECONDS[DOWNLOAD], **words: Any) -> Remote:
        """others_wait: for this host's answer. download: seconds for what is fetched. words: as of the constructor."""
        notice_silence(action._connection)
        look = WAITED_FOR if others_wait else look_after(float(action._play_context.timeout))

        def execute(command: str, data: bytes, sudoable: bool = True) -> dict[str, Any]:
            this_run.must_live()
            return action._low_level_execute_command(command, in_data=data or None, sudoable=sudoable)
        become = action._connection.become
        return cls(execute, host, becomes=become.name.rpartition(".")[2] if become else "",
                   seconds={LOOK: look, DOWNLOAD: max(download, look)}, **words)

    def run(self, script: Script) -> Answer:
        """The script's answer. Raises HostUnreachable or Refused if it couldn't be started, HostFailed if the host gave up."""
        if script.mode == "apply":
            self.before_change()
        self.executions += 1
        result = self.let_in(script) if self.executions == 1 and self.patience else self.started(script)
        where = f"host {self.host}"
        try:
            answer = read_answer(str(result["stdout"]), script.marker)
        except ValueError as error:
            raise HostFailed("The host gave an answer that can't be understood", where=where, why=str(error)[:LONGEST_SENTENCE], answer=Answer(),
                             fix="check what this host runs in place of sh") from None
        if answer.error:
            what, dummy, fix = answer.error.partition(". ")
            raise HostFailed(what, where=where, fix=fix, answer=answer)
        if not answer.complete:
            raise self.cut_off(result, answer)
        return answer

    def started(self, script: Script) -> dict[str, Any]:
        return self.executed(self.seconds[script.effort], "sh -s", script.text.encode())

    def let_in(self, script: Script) -> dict[str, Any]:
        """The first execution on a machine that was just made: SSH answers before users may log in, and their keys may come last."""
        begin = told = time.monotonic()
        while True:
            try:
                result = self.started(script)
                if result["rc"] != 255:
                    return result
                failure = connection_error(self.host, f"{result['stdout']}\n{result['stderr']}")
            except HostUnreachable as error:
                failure = error
            now = time.monotonic()
            if now - begin > self.patience or not (isinstance(failure, HostUnreachable) and failure.repeatable):
                raise failure
            if now - told > TELL_EVERY or told == begin:
                told = now
                self.say(f"no login yet after {now - begin:.0f} s, of {self.patience:.0f} s at most: {failure.why}")
            time.sleep(AGAIN)

    def executed(self, seconds: float, command: str, data: bytes, **more: Any) -> dict[str, Any]:
        """The result, in that time. Raises HostUnreachable or Refused."""
        with Watch(seconds, lambda passed: self.say(f"still at work after {passed:.0f} s, of {seconds:.0f} s at most")) as watch:
            try:
                result = self.execute(command, data, **more)
            except AnsibleError as error:
                if not watch.why:
                    raise connection_error(self.host, str(error)) from None
        if watch.why:
            raise not_in_time(self.host, watch.why)
        return result

    def cut_off(self, result: dict[str, Any], answer: Answer) -> CaasError:
        stdout, stderr = str(result["stdout"]), str(result["stderr"])
        if result["rc"] == 255:
            return connection_error(self.host, f"{stdout}\n{stderr}")
        where = f"host {self.host}"
        if answer.begun:
            return HostFailed("The script ended early", where=where, why=last_words(stderr) or f"status {result['rc']}", answer=answer)
        said = last_words(stdout, stderr) or f"status {result['rc']}"
        if self.becomes:
            return self.without_privileges(said, where)
        return other_program(said, where)

    def without_privileges(self, said: str, where: str) -> CaasError:
        """Which of the two fails, the login or sudo, is tried, not read from words: they differ with every implementation and language."""
        marker = f"caas-{secrets.token_hex(8)}"
        result = self.executed(QUESTION, f"command -v {self.becomes} >/dev/null 2>&1 && echo {marker} yes || echo {marker} no", b"", sudoable=False)
        stdout, stderr = str(result["stdout"]), str(result["stderr"])
        if f"{marker} no" in stdout:
            return Refused(f"{self.becomes} is not installed", where=where, fix="install it, or log in as root: ansible_user: root, ansible_become: false")
        if f"{marker} yes" in stdout:
            return Refused(f"{self.becomes} was refused", where=where, why=f"the login works, and {self.becomes} said: {said}",
                           fix=f"allow this user {self.becomes} without a terminal, or set ansible_become_password")
        return other_program(last_words(stdout, stderr) or said, where)
