# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A module as a user runs it: by a playbook, in real time, with credentials in the environment that nobody may see."""
from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from api.resources import Caller
from playbook_runs import checkout
from playbook_runs.ended import Ended
from playbook_runs.killable import KILLED
from playbook_runs.running import Running


@dataclass
class CloudPlay:
    """Plays one play for one cluster at one cloud. directory: empty, for all files. credentials: as environment variables; secret: the one among them."""

    caller: Caller
    url: str
    directory: Path
    play: str
    credentials: dict[str, str]
    secret: str

    def __post_init__(self) -> None:
        (self.directory / "play.yml").write_text(self.play)
        self.collections = checkout.as_collection(self.directory / "collections")

    def start(self, *words: str, **variables: Any) -> Running:
        given = {"seed_kubeconfig": self.caller.seed_kubeconfig, "cluster": self.caller.cluster, "url": self.url, **variables}
        environment = {**checkout.environment(self.collections), **self.credentials, "HOME": str(self.directory),
                       "ANSIBLE_LOCAL_TEMP": str(self.directory / "tmp"), "ANSIBLE_LOG_PATH": str(self.directory / "ansible.log")}
        return Running("-i", "localhost,", "-c", "local", *words, "-e", json.dumps(given), self.directory / "play.yml", environment=environment)

    def run(self, *words: str, **variables: Any) -> Ended:
        return self.start(*words, **variables).end(300)

    def run_unseen(self, **variables: Any) -> Ended:
        """With all output that there is. The secret is not in it, and never on the command line."""
        running, seen = self.start("-vvvv", "--diff", **variables), []
        while running.process.poll() is None and len(seen) < 200:
            seen += [path.read_bytes() for path in [Path(f"/proc/{running.process.pid}/cmdline")] if path.exists()]
            time.sleep(0.05)
        ended = running.end(300)
        assert self.secret not in ended.output
        assert seen and all(self.secret.encode() not in line for line in seen)
        return ended

    def kept_secret(self) -> bool:
        """Neither in a file of the runs until now nor in the seed."""
        written = [path for path in self.directory.rglob("*") if path.is_file()]
        assert self.directory / "ansible.log" in written
        with_secret = [path for path in written if self.secret in path.read_text(errors="replace")]
        maps = self.caller.resource(ClusterRecordResource).seed.list("v1", "ConfigMap", f"cluster-{self.caller.cluster}")
        assert maps
        return with_secret == [] and self.secret not in json.dumps(maps)

    def run_killed(self, when: Callable[[], Any], **variables: Any) -> None:
        """By signal 9, as soon as something is there."""
        running = self.start(**variables)
        while not when():
            assert running.process.poll() is None, running.output
            time.sleep(0.01)
        running.kill()
        assert running.process.returncode == KILLED
