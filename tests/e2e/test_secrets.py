# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""No key and no token shows up anywhere but where it belongs: with -vvvv, with a log, with a fact cache, and also when a task fails."""
from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from e2e import canaries
from e2e.watch import Watch
from e2e.world import LAB, World
from lab import customer_inventory
from playbook_runs.ended import Ended

HOST, SEED_HOST, NAMESPACE = f"{LAB}-host-2", f"{LAB}-seed-1", "cluster-quiet"
FAKE = "canary-9f1c2b7d5e3a4860b1d2c3e4f5a6978812345678"
# what only root of the seed can read, and must be there: etcd's data, and what kubelet mounts
PLACES_OF_SEED = ["/etc/containerd", "/home", "/opt", "/root", "/run/user", "/srv", "/tmp", "/usr/local", "/var/log", "/var/tmp", "/dev/shm"]
PLACES_OF_NODE = ["/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/usr/local", "/var/log", "/var/tmp", "/dev/shm"]


class Story:
    """Everything that a cluster goes through, and all that could be seen of it."""

    def __init__(self, world: World) -> None:
        self.world, self.directory = world, world.directory / "secrets"
        self.home, self.log, self.facts = (self.directory / name for name in ("home", "ansible.log", "facts"))
        self.home.mkdir(parents=True, exist_ok=True)
        self.kubeconfig = world.kubeconfig("quiet")
        self.outputs: list[bytes] = []
        self.canaries: set[str] = canaries.of_kubeconfig(world.seed_kubeconfig)

    def play(self, name: str, *words: str) -> Ended:
        environment = {"ANSIBLE_HOME": str(self.home), "ANSIBLE_LOG_PATH": str(self.log), "ANSIBLE_CACHE_PLUGIN": "jsonfile",
                       "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.facts)}
        run = self.world.playbook(name, "-e", "cluster=quiet", "--diff", "-vvvv", *words, environment=environment)
        self.outputs.append(run.output.encode())
        return run

    def learn(self) -> None:
        """The secrets that exist by now."""
        self.canaries |= canaries.of_namespace(self.world, NAMESPACE)
        keys = self.on_host("cat /var/lib/kubelet/pki/*.key /var/lib/kubelet/pki/*.pem /var/lib/kubelet/pki/*.pending 2>/dev/null || true")
        tokens = self.on_host("find /var/lib/kubelet/pods -name token -exec cat {} \\; -exec echo \\; 2>/dev/null || true")
        self.canaries |= canaries.of_keys(keys) | canaries.of_tokens(tokens.split())
        if self.kubeconfig.exists():
            self.canaries |= canaries.of_kubeconfig(self.kubeconfig)

    def on_host(self, command: str, host: str = HOST) -> str:
        return self.world.lab("exec", LAB, host, "--", "sh", "-c", command)

    def failures(self, tmp_path: Path) -> None:
        """Tasks that fail before, amid and after secrets were made."""
        def host(**variables: object) -> list[str]:
            extra = tmp_path / "extra.json"
            extra.write_text(json.dumps({"all": {"hosts": {HOST: variables}}}))
            return ["-i", str(extra)]

        damaged = self.directory / "damaged.kubeconfig"
        damaged.write_text(self.world.seed_kubeconfig.read_text().replace("client-key-data: ", "client-key-data: AAAA"))
        self.play("create_cluster", *host(ansible_port=9)).must_fail()
        self.play("create_cluster", "-e", f"seed_kubeconfig={damaged}").must_fail()
        self.play("kubeconfig", "-e", f"path={self.world.seed_kubeconfig}/nowhere").must_fail()
        self.play("create_cluster", *host(node_labels={"kubernetes.io/hostname": "-x-"})).must_fail()


@pytest.fixture(scope="module")
def story(seed: World, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole life of a cluster under watch."""
    customer_inventory.write(seed.directory, {"quiet": [HOST]})
    story = Story(seed)
    with Watch(story.home) as watch, subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)", FAKE]):
        story.watch = watch
        wrong = json.dumps({"artefact_sha256": {"kubelet-1.36.3-amd64": "0" * 64}})
        story.play("create_cluster", "-e", wrong).must_fail()
        story.play("create_cluster").must_succeed()
        story.play("kubeconfig", "-e", f"path={story.kubeconfig}").must_succeed()
        story.learn()
        story.failures(tmp_path_factory.mktemp("failures"))
        story.learn()
        story.left_on_node = canaries.seen_in_files(story.canaries, on(HOST), PLACES_OF_NODE)
        story.left_on_seed = canaries.seen_in_files(story.canaries, on(SEED_HOST), PLACES_OF_SEED)
        story.play("delete_cluster", "-e", "confirm=quiet").must_succeed()
        time.sleep(0.5)
    return story


def on(host: str) -> list[str]:
    return ["lab/caas-lab", "exec", LAB, host, "--"]


def test_the_search_finds_what_is_there(story: Story):
    """Otherwise nothing below would mean anything."""
    assert len(story.canaries) > 100
    assert canaries.seen_in_files(story.canaries, [], [str(story.kubeconfig), str(story.world.seed_kubeconfig)]) == [
        str(story.kubeconfig), str(story.world.seed_kubeconfig)]
    assert canaries.seen(story.canaries, [story.kubeconfig.read_bytes()])
    assert canaries.seen({FAKE}, story.watch.processes)
    lines = b"\n".join(story.watch.processes)
    for command in (b"ansible-playbook", b"ControlPersist", b"/usr/local/bin/kubelet", b"kube-apiserver"):
        assert command in lines, command
    assert story.log.stat().st_size > 10000


def test_nothing_in_output_and_log(story: Story):
    assert canaries.seen(story.canaries, [*story.outputs, story.log.read_bytes()]) == []
    assert b"PRIVATE KEY" not in b"".join(story.outputs)


def test_nothing_in_process_lists(story: Story):
    assert canaries.seen(story.canaries, story.watch.processes) == []


def test_nothing_in_files_that_came_and_went(story: Story):
    """Ansible's own directory, /tmp and /var/tmp, looked at ten times a second."""
    assert [name for name, content in story.watch.files.items() if canaries.seen(story.canaries, [content])] == []


def test_nothing_in_files_that_stay_here(story: Story):
    places = [str(path) for path in (story.home, story.facts, Path.home() / ".ansible", Path("/var/tmp")) if path.exists()]
    new = [str(path) for path in story.watch.new_files(Path("/tmp"), deep=True)]
    assert canaries.seen_in_files(story.canaries, [], [*places, *new]) == []


def test_nothing_on_the_hosts(story: Story):
    assert story.left_on_node == []
    assert story.left_on_seed == []
    everywhere = [place for place in (*PLACES_OF_NODE, "/var/lib") if story.on_host(f"[ ! -d {place} ] || echo yes")]
    assert canaries.seen_in_files(story.canaries, on(HOST), everywhere) == []
