# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run of ansible-playbook printed, and what that says about each host."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass

RECAP = re.compile(r"^(.+?)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=\d+\s+failed=(\d+)", re.MULTILINE)
FATAL = re.compile(r"^fatal: \[(.+?)(?: -> .*?)?\]: [A-Z!]+ => (\{[^\n]*\}$|\{.*?^\})", re.MULTILINE | re.DOTALL)
ERROR = re.compile(r'(?:^\[ERROR\]: Task failed: |"msg": ")(.+?)(?:"|$)', re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """output: standard output, with standard error in it unless the run kept that apart. cpu: CPU seconds of the run and its workers."""

    code: int
    output: str
    seconds: float = 0.0
    cpu: float = 0.0
    stderr: str = ""

    def must_succeed(self) -> Ended:
        assert self.code == 0, self.output[-6000:]
        return self

    def must_fail(self) -> Ended:
        assert self.code != 0, self.output[-3000:]
        return self

    def changed(self) -> set[str]:
        """Hosts with changes, from the play recap."""
        return {host for host, changed, dummy in RECAP.findall(self.output) if int(changed)}

    def failures(self) -> dict[str, int]:
        """Each host of the play recap -> how many of its tasks failed and were not rescued."""
        return {host: int(failed) for host, dummy, failed in RECAP.findall(self.output)}

    def messages(self) -> dict[str, list[str]]:
        """Host -> the messages of its tasks that failed, in order."""
        found: dict[str, list[str]] = {}
        for host, result in FATAL.findall(self.output):
            found.setdefault(host, []).append(json.loads(result)["msg"])
        return found

    def the_message(self, host: str) -> str:
        """The one line that the host ended with."""
        found = self.messages().get(host, [])
        assert len(found) == 1, (host, found, self.output[-3000:])
        assert found[0].strip() and "\n" not in found[0] and found[0].isprintable(), found[0]
        assert "Traceback" not in self.output and "\x1b" not in self.output
        return found[0]

    def errors(self) -> list[str]:
        """First lines of all messages that Ansible printed, whichever host they are about."""
        return ERROR.findall(self.output)
