# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user has at hand: ansible-playbook, kubectl, and the audit logs as witness."""
from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import customer_inventory
from lab.hosts import state
from playbook_runs.ended import Ended
from playbook_runs.killable import KILLED, Killable
from playbook_runs.running import Running

# a name of its own, if several run these tests on one machine
LAB = os.environ.get("E2E_LAB", "e2e")
VERSIONS = {"other": customer_inventory.NEWEST_KUBERNETES_VERSION}


@contextmanager
def lab_of(name: str, *words: str, seed_hosts: int, hosts: int) -> Iterator[Path]:
    """Its directory. The lab is up, its hosts are untouched or as a former run with KEEP=1 left them; without KEEP it goes in the end."""
    lab, keep = ["lab/caas-lab"], bool(os.environ.get("KEEP"))
    subprocess.run([*lab, "up", name, "--seed-hosts", str(seed_hosts), "--hosts", str(hosts), *words, *(["--keep"] if keep else [])], check=True)
    try:
        yield state.lab_directory(name)
    finally:
        if not keep:
            subprocess.run([*lab, "down", name], check=True)


class World:
    def __init__(self, directory: Path, inventory: Path) -> None:
        self.directory, self.inventory = directory, inventory
        self.seed_before: set[str] = set()
        self.first_output = ""

    def kubeconfig(self, cluster: str) -> Path:
        return self.directory / f"{cluster}.kubeconfig"

    @property
    def seed_kubeconfig(self) -> Path:
        return self.directory / "lab.kubeconfig"

    def playbook(self, name: str, *words: str, environment: dict[str, str] | None = None) -> Ended:
        return self._run(f"kubermatic.caas.{name}", *words, environment=environment)

    def playbook_file(self, path: Path, *words: str) -> Ended:
        """A playbook that a user wrote."""
        return self._run(str(path), *words)

    def _run(self, playbook: str, *words: str, environment: dict[str, str] | None = None) -> Ended:
        return Running("-i", self.inventory, playbook, *words, environment=environment).end(900)

    def start(self, name: str, *words: str, kill_at: int | str = "", kill_after: float = 0) -> Killable:
        """A playbook that goes on meanwhile."""
        return Killable("-i", self.inventory, f"kubermatic.caas.{name}", *words, logs=self.directory, kill_at=kill_at, kill_after=kill_after)

    def killed(self, kill_at: int | str, *words: str, kill_after: float = 0) -> Killable:
        """A run that was killed there, or that ended before: then its tasks are fewer."""
        running = self.start(*words, kill_at=kill_at, kill_after=kill_after)
        run = running.end(600)
        assert run.code in (KILLED, 0), run.output[-6000:]
        return running

    def lab(self, *words: str) -> str:
        return subprocess.run(["lab/caas-lab", *words], check=True, text=True, stdout=subprocess.PIPE).stdout

    def kubectl(self, cluster: str | None, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """kubectl against a customer cluster, or against the seed if cluster is None."""
        config = self.kubeconfig(cluster) if cluster else self.seed_kubeconfig
        done = subprocess.run([str(state.cache() / "bin" / "kubectl"), "--kubeconfig", str(config), *words],
                              check=False, text=True, capture_output=True, timeout=180)
        if check:
            assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done

    def wide_objects(self) -> set[str]:
        """What the seed holds outside of namespaces and could act on others."""
        kinds = "customresourcedefinitions,clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,priorityclasses"
        return set(self.kubectl(None, "get", kinds, "-o", "name").stdout.split())

    def objects(self, cluster: str | None, *words: str) -> list[dict[str, Any]]:
        return json.loads(self.kubectl(cluster, "get", *words, "-o", "json").stdout)["items"]


def eventually(what: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer of what(); the last exception or answer is shown when time is up."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = what()
            if answer or time.monotonic() > end:
                assert answer, f"still {answer!r} after {seconds} s"
                return answer
        except (AssertionError, subprocess.SubprocessError):
            if time.monotonic() > end:
                raise
        time.sleep(0.3)
