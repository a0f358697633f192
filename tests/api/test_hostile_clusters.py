# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shipped playbooks over a seed in which customers' APIs answer slowly, without end, or nonsense. With pods and hosts: tests/e2e_hostile."""
from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api import clusters
from api.bare_api import BareApi, encoded
from api.hostile_api import HostileApi, Reply, answer, slowly, without_end
from api.playbook import Ended, Playbooks
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN, Cloud

HOSTILE: dict[str, Reply] = {
    "slow": lambda method, path: slowly(answer({"items": []})), "endless": lambda method, path: without_end(),
    "nonsense": lambda method, path: [answer({"resources": "x", "items": [1], "status": "boo", "metadata": 7})]}
GOOD = ("good1", "good2", "good3")
pytestmark = pytest.mark.usefixtures("namespace_controller")


class Seed:
    """All of its clusters; those that are well have the API of the seed itself."""

    def __init__(self, bare: BareApi, directory: Path, cloud: Cloud) -> None:
        self.bare, self.playbooks, self.cloud = bare, Playbooks.at(directory), cloud
        self.servers = {name: HostileApi(reply, ca=(bare.ca_pem, bare.ca_key_pem)) for name, reply in HOSTILE.items()}
        for name in (*HOSTILE, *GOOD):
            clusters.running(bare, name, free=True, spec={"cloud_provider": "digitalocean"} if name in HOSTILE else {})
            self.reached_at(name, self.servers[name].port if name in HOSTILE else bare.port)

    def reached_at(self, name: str, port: int) -> None:
        api, namespace = self.bare.api("system:setup"), f"cluster-{name}"
        for kind, called, data in (("Secret", "cluster-ca", {"tls.crt": encoded(self.bare.ca_pem), "tls.key": encoded(self.bare.ca_key_pem)}),
                                   ("ConfigMap", "ca-bundle", {"ca.crt": self.bare.ca_pem}),
                                   ("ConfigMap", "endpoint", {"address": "127.0.0.1", "port": str(port), "konnectivity_port": "1"})):
            api.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": called, "namespace": namespace}, "data": data})

    def play(self, playbook: str, *words: str) -> tuple[Ended, float]:
        given = {"digitalocean_token": TOKEN, "digitalocean_url": self.cloud.url}
        inventory = self.playbooks.inventory("seed", {"seeds": {"fra1": {"seed_kubeconfig": self.bare.kubeconfig()}},
                                                      "clusters": {name: {"seed": "fra1", **given} for name in (*HOSTILE, *GOOD)}})
        began = time.monotonic()
        return self.playbooks.run(playbook, inventory, *words), time.monotonic() - began


@pytest.fixture(scope="module")
def seed(bare_api: BareApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    clock = Clock()
    with Cloud(Api(Account(clock.now)), clock) as cloud:
        found = Seed(bare_api, tmp_path_factory.mktemp("hostile"), cloud)
        yield found
    for server in found.servers.values():
        server.close()


def test_status_shows_all_who_are_well_and_a_line_for_each_other(seed: Seed):
    alone, alone_seconds = seed.play("status", "-e", "cluster=good1")
    ended, seconds = seed.play("status")
    print(f"one who is well {alone_seconds:.1f} s, beside three who are not {seconds:.1f} s")
    assert alone.code == ended.code == 0, ended.output[-3000:]
    for name in GOOD:
        assert f"{name} " in ended.output and f"{name}: " not in ended.output
    for name in HOSTILE:
        assert f"{name}: The API of cluster {name} gave " in ended.output, ended.output[-3000:]
    assert "Traceback" not in ended.output
    # a look that had no end would take minutes
    assert seconds - alone_seconds < 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_cluster_is_deleted_to_its_end(seed: Seed, name: str):
    ended, seconds = seed.play("delete_cluster", "-e", json.dumps({"cluster": name, "confirm": name}))
    print(f"{name} deleted in {seconds:.1f} s")
    assert ended.code == 0 and "Traceback" not in ended.output, ended.output[-3000:]
    assert "could not be asked (" in ended.output, ended.output[-6000:]
    assert seed.bare.api("system:test").get("v1", "Namespace", f"cluster-{name}") is None
    assert seconds < 120
