# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A seed that was made without encryption gets it: the shell parts of a machine against a real etcd and a real API server. No Secret is unreadable at any time,
and in the end none lies in clear text."""
from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh import script
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer, read_answer
from api.bare_api import BareApi, program

PARTS = ("seed_kubeadm", "seed_encryption", "seed_encrypted")
SECRETS = {f"number-{number}": f"value of {number}" for number in range(3)}
FIRST_NAMESPACE, LATE = "default", {"late": "written while all read and none writes"}


class Machine:
    """A seed's control-plane machine that is a directory, with an etcd and an API server beside it."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "root"
        for name in ("run", "etc/kubernetes/pki", "etc/kubernetes/manifests", "var/lib"):
            (self.root / name).mkdir(parents=True)
        ca, key = x509.self_signed_ca("kubernetes")
        (self.root / "etc/kubernetes/pki/ca.crt").write_text(ca)
        (self.root / "etc/kubernetes/pki/ca.key").write_text(key)
        (self.root / "etc/kubernetes/seed").write_text("seed=fra1\nmachine=fra1-a\nkubernetes_version=1.36.3\nrole=control_plane\nstate=complete\n")
        self.file = self.root / "etc/kubernetes/pki/encryption-config.yaml"
        (directory / "api").mkdir()
        self.bare = BareApi(directory / "api")
        self.bare.start()
        arguments = [str(word) for word in self.bare.processes[0].args]
        self.etcd = arguments[arguments.index("--listen-client-urls") + 1]

    def run(self, **config: Any) -> Answer:
        words = {"root": str(self.root), "seed": "fra1", "machine": "fra1-a", "role": "control_plane", "kubernetes_version": "1.36.3", "alone": False,
                 "first": True, "encryption_goal": "keep", "encryption_config": "", **config}
        made = script.assemble(PARTS, mode="apply", config=words)
        commands = (f'as_admin() {{ "{program("kubectl")}" --kubeconfig "{self.bare.kubeconfig()}" "$@"; }}\n'
                    f'etcd_here() {{ "{program("etcdctl")}" --endpoints="{self.etcd}" "$@"; }}\n')

        text = made.text.replace("main() {", commands + "main() {")
        done = subprocess.run(["sh", "-s"], input=text, capture_output=True, text=True, check=False, timeout=300)
        answer = read_answer(done.stdout, made.marker)
        assert answer.complete, answer.error or done.stderr
        return answer

    def tell_the_api_server(self) -> None:
        """As kubeadm does when the configuration of the seed changes."""
        self.bare.processes[-1].args += ["--encryption-provider-config", str(self.file), "--encryption-provider-config-automatic-reload=true"]
        self.bare.restart_api_server()
        self.bare._wait()

    def create(self, secrets: dict[str, str]) -> None:
        for name, value in secrets.items():
            self.bare.api().create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": FIRST_NAMESPACE},
                                    "stringData": {"key": value}})

    def read(self) -> dict[str, str]:
        return {found["metadata"]["name"]: base64.b64decode(found["data"]["key"]).decode() for found in self.bare.api().list("v1", "Secret", FIRST_NAMESPACE)}

    def raw(self) -> list[bytes]:
        """What etcd holds, as whoever has the disk reads it."""
        words = [program("etcdctl"), f"--endpoints={self.etcd}", "get", "--prefix", "/registry/secrets/"]
        names = subprocess.run([*words, "--keys-only"], check=True, capture_output=True, text=True).stdout.split()
        return [subprocess.run([*words[:-2], name, "--print-value-only"], check=True, capture_output=True).stdout for name in names]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    try:
        yield made
    finally:
        made.bare.stop()


def encrypted(values: list[bytes]) -> list[bool]:
    return [value.startswith(b"k8s:enc:secretbox:v1:") for value in values]


def test_a_seed_without_encryption_gets_it_step_by_step(machine: Machine):
    machine.create(SECRETS)
    assert encrypted(machine.raw()) == [False] * 3
    # all can read by the key, and write as before
    assert machine.run().facts["encryption"] == "read"
    machine.tell_the_api_server()
    machine.create(LATE)
    assert machine.read() == SECRETS | LATE and encrypted(machine.raw()) == [False] * 4
    # all write by it
    assert machine.run(encryption_goal="write").facts["encryption"] == "write"
    assert machine.read() == SECRETS | LATE
    # what was there is written anew, until none is as before: it takes the API server up to a minute to see the new order
    answer = machine.run(encryption_goal="rewrite")
    assert [step.title for step in answer.steps] == ["Write all Secrets anew, encrypted"] and answer.facts["encryption"] == "done"
    values = machine.raw()
    assert encrypted(values) == [True] * 4
    assert not any(value.encode() in raw for value in (SECRETS | LATE).values() for raw in values)
    assert machine.read() == SECRETS | LATE
    assert machine.run(encryption_goal="rewrite").steps == []
