# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shipped playbooks, run as a user does, and what they say about each host."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("ansible-playbook")
RECAP = re.compile(r"^(.+?)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
FATAL = re.compile(r"^fatal: \[(.+?)(?: -> .*?)?\]: [A-Z!]+ => (\{[^\n]*\}$|\{.*?^\})", re.MULTILINE | re.DOTALL)


def as_collection(directory: Path) -> Path:
    """A path of collections on which this checkout is."""
    (directory / "ansible_collections" / "kubermatic").mkdir(parents=True)
    (directory / "ansible_collections" / "kubermatic" / "caas").symlink_to(ROOT)
    return directory


@dataclass(frozen=True)
class Ended:
    code: int
    output: str

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

    def changed(self) -> set[str]:
        return {host for host, changed, dummy, dummy2 in RECAP.findall(self.output) if int(changed)}


@dataclass(frozen=True)
class Playbooks:
    """directory: holds the checkout as a collection, and inventories. callback: what prints."""

    directory: Path
    callback: str = "default"

    @classmethod
    def at(cls, directory: Path) -> Playbooks:
        return cls(as_collection(directory))

    def inventory(self, name: str, groups: dict[str, dict[str, dict[str, Any]]]) -> Path:
        """groups: group -> host -> variables. Clusters and seeds are hosts of this machine."""
        path = self.directory / f"{name}.json"
        path.write_text(json.dumps({"all": {"children": {group: {"hosts": hosts} for group, hosts in groups.items()}}}))
        return path

    def run(self, name: str, inventory: Path, *words: str) -> Ended:
        return self._run(f"kubermatic.caas.{name}", inventory, *words)

    def run_file(self, path: Path, inventory: Path, *words: str) -> Ended:
        """A playbook that a user wrote."""
        return self._run(str(path), inventory, *words)

    def _run(self, playbook: str, inventory: Path, *words: str) -> Ended:
        done = subprocess.run([str(PROGRAM), "-i", str(inventory), playbook, *words], check=False,
                              text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, cwd=self.directory,
                              env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(self.directory), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORKS": "4",
                                   "ANSIBLE_STDOUT_CALLBACK": self.callback})
        return Ended(done.returncode, done.stdout)
