# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shipped playbooks of this checkout, run as a user does."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook_runs import checkout
from playbook_runs.ended import Ended
from playbook_runs.running import Running


@dataclass(frozen=True)
class Playbooks:
    """directory: holds the checkout as a collection, and inventories. callback: what prints."""

    directory: Path
    callback: str = "default"

    @classmethod
    def at(cls, directory: Path) -> Playbooks:
        return cls(checkout.as_collection(directory))

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
        environment = {**checkout.environment(self.directory), "ANSIBLE_FORKS": "4", "ANSIBLE_STDOUT_CALLBACK": self.callback}
        return Running("-i", inventory, playbook, *words, environment=environment, directory=self.directory).end(240)
