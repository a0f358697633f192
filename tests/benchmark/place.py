# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where it is measured: a lab with a seed that the product made, hosts for nodes, and a machine for kubeadm. Made when a unit first needs it."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from api.bare_api import BareApi
from e2e.world import World
from lab import customer_inventory
from lab.hosts import lifecycle, ssh_keys, state
from lab.hosts.processes import Process
from playbook_runs.ended import Ended
from playbook_runs.running import Running

# a name of its own, if several measure on one machine, one after the other
LAB = os.environ.get("BENCH_LAB", "bench")
ROOT = Path(__file__).resolve().parents[2]


class Failed(Exception):
    """One line: what went wrong while something was measured."""


class Playbook(Running):
    """A run that is measured. Its output goes to a file."""

    def must_run(self) -> None:
        if self.process.poll() not in (None, 0):
            raise Failed(f"ansible-playbook ended with {self.process.returncode}: {self.output[-2000:]}")

    def ended(self) -> Ended:
        """When it ended well. Other load on the machine changes its CPU seconds little."""
        ended = self.end()
        self.must_run()
        return ended

    def seconds(self) -> float:
        """Until it ended well."""
        return self.ended().seconds


class Place:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._ends: list[Callable[[], object]] = []
        self.directory = Path(tempfile.mkdtemp(prefix="kubermatic-caas-bench-"))

    @cached_property
    def world(self) -> World:
        """The lab with its seed; the seed has run one cluster, so that it has all images."""
        self.say("lab: one seed machine")
        self._lab("up", LAB, "--seed-hosts", "1", "--hosts", "0", "--owner", str(os.getpid()), *(["--keep"] if os.environ.get("KEEP") else []))
        world = World(state.lab_directory(LAB), customer_inventory.write(state.lab_directory(LAB), {}))
        self.say("lab: create_seed")
        world.playbook("create_seed").must_succeed()
        return world

    @cached_property
    def seed(self) -> KubeApi:
        return KubeApi.from_kubeconfig(str(self.world.seed_kubeconfig))

    @property
    def lab(self) -> state.Lab:
        return state.existing(LAB)

    def clusters(self, **nodes: Iterable[str]) -> None:
        """These clusters are in the inventory, with these nodes, and no others."""
        customer_inventory.write(self.world.directory, {name: list(hosts) for name, hosts in nodes.items()})

    def start(self, name: str, *words: str, inventory: Path | None = None, log: str = "", **environment: str) -> Playbook:
        """A playbook of the collection, with the lab's inventory unless another is given. log: tells runs of one playbook apart that run at once."""
        return Playbook("-i", inventory or self.world.inventory, f"kubermatic.caas.{name}", *words, log=self.directory / f"{name}{log}.log",
                        environment=environment)

    def variable(self, name: str) -> str:
        """What the lab's inventory says for all hosts."""
        return json.loads((self.world.inventory / "group_vars" / "all.yml").read_text())[name]

    def bare_api(self) -> BareApi:
        """A kube-apiserver and its etcd, until the unit has ended. etcd waits for the disk, as it does in earnest."""
        bare = BareApi(Path(tempfile.mkdtemp(dir=self.directory)), fsync=True)
        self.at_end(bare.stop)
        bare.start()
        return bare

    def pods(self, cluster: str) -> list[str]:
        """The uids of the pods of its control plane."""
        return [pod["metadata"]["uid"] for pod in self.seed.list("v1", "Pod", f"cluster-{cluster}")]

    def at_end(self, what: Callable[[], object]) -> None:
        """Called when the unit has ended, the last first."""
        self._ends.append(what)

    def unit_ended(self) -> None:
        while self._ends:
            self._ends.pop()()

    def delete(self, *clusters: str) -> None:
        """All at once: nobody measures this."""
        runs = [self.start("delete_cluster", "-e", f"cluster={cluster}", "-e", f"confirm={cluster}", log=cluster) for cluster in clusters]
        for run in runs:
            run.seconds()

    def fresh_hosts(self, count: int) -> list[str]:
        """Names of hosts that booted just now and hold nothing; those of before are gone."""
        dummy = self.world
        for host in [host.name for host in self.lab.hosts if host.role == "host"]:
            lifecycle.remove_host(LAB, host)
        lifecycle.add(LAB, {"host": count}, Process.of(os.getpid()))
        lifecycle.write_inventory(LAB)
        return [host.name for host in self.lab.hosts if host.role == "host"]

    def on(self, host: str, script: str) -> str:
        """What a shell script prints that root runs on a host, over SSH."""
        words = ["ssh", *ssh_keys.options(self.lab), f"{ssh_keys.USER}@{self.lab.host(host).address}", "sudo sh -s"]
        done = subprocess.run(words, check=False, text=True, capture_output=True, input=script)
        if done.returncode:
            raise Failed(f"{host}: {(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout

    def inventory_of(self, name: str, content: dict) -> Path:
        """An inventory of its own with the lab's variables."""
        directory = self.world.directory / name
        (directory / "group_vars").mkdir(parents=True, exist_ok=True)
        (directory / "group_vars" / "all.yml").write_text((self.world.inventory / "group_vars" / "all.yml").read_text())
        (directory / "hosts.yml").write_text(json.dumps(content))
        return directory

    def close(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
        if "world" in self.__dict__ and not os.environ.get("KEEP"):
            self._lab("down", LAB)

    def _lab(self, *words: str) -> None:
        done = subprocess.run([str(ROOT / "lab" / "caas-lab"), *words], check=False, text=True, capture_output=True)
        if done.returncode:
            raise Failed(f"caas-lab {words[0]}: {(done.stdout + done.stderr).strip()[-2000:]}")
