# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The end of a cluster with a cloud, by the shipped playbook: its things at the cloud go before its namespace, and nobody sees the token."""
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import MADE_BY_DRIVER
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api import clusters
from api.bare_api import BareApi
from api.playbook import Playbooks
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import READ_ONLY_TOKEN, TOKEN, Cloud

_numbers = iter(range(1, 1000))
pytestmark = pytest.mark.usefixtures("namespace_controller")


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    clock = Clock()
    with Cloud(Api(Account(clock.now)), clock) as found:
        yield found


class Ending:
    """A cluster whose control plane is gone already, as in the middle of a deletion: its tag alone tells what is its own."""

    def __init__(self, bare: BareApi, playbooks: Playbooks, cloud: Cloud) -> None:
        self.bare, self.playbooks, self.cloud, self.name = bare, playbooks, cloud, f"ending{next(_numbers)}"
        clusters.running(bare, self.name, free=True, spec={"cloud_provider": "digitalocean"})
        uid = self.namespace()["metadata"]["uid"]
        self.volume = cloud.api.account.add("volumes", "pvc-1", [f"kubermatic-caas:{uid}"], description=MADE_BY_DRIVER)
        self.other = cloud.api.account.add("volumes", "pvc-1", [f"kubermatic-caas:{uid}x"], description=MADE_BY_DRIVER)

    def namespace(self) -> Any:
        return self.bare.api("system:test").get("v1", "Namespace", f"cluster-{self.name}")

    def holder(self) -> str:
        return self.bare.api("system:test").get("coordination.k8s.io/v1", "Lease", "cluster-lock", f"cluster-{self.name}")["spec"]["holderIdentity"]

    def delete(self, *words: str, token: str = TOKEN) -> Any:
        inventory = self.playbooks.inventory(self.name, {
            "seeds": {"fra1": {"seed_kubeconfig": self.bare.kubeconfig()}},
            "clusters": {self.name: {"seed": "fra1", "digitalocean_url": self.cloud.url, **({"digitalocean_token": token} if token else {})}}})
        return self.playbooks.run("delete_cluster", inventory, "-e", json.dumps({"cluster": self.name, "confirm": self.name}), *words)


@pytest.fixture
def ending(bare_api: BareApi, playbooks: Playbooks, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ending:
    monkeypatch.delenv("DIGITALOCEAN_TOKEN", raising=False)
    monkeypatch.setenv("ANSIBLE_LOG_PATH", str(tmp_path / "ansible.log"))
    return Ending(bare_api, playbooks, cloud)


def test_all_of_it_goes(ending: Ending, bare_api: BareApi, tmp_path: Path):
    with bare_api.watched() as seen:
        checked = ending.delete("--check", "--diff")
    assert checked.code == 0 and seen.writes == [] and ending.cloud.writes == [], checked.output[-3000:]
    assert f"would: Delete volume pvc-1 ({ending.volume.id}) at DigitalOcean" in checked.output
    ended = ending.delete("-vvvv")
    assert ended.code == 0, ended.output[-3000:]
    assert ending.volume.gone and ending.other.gone is None and ending.namespace() is None
    assert f"Nothing of cluster {ending.name} is left at DigitalOcean" in ended.output
    assert TOKEN not in ended.output + checked.output + (tmp_path / "ansible.log").read_text()
    writes = len(ending.cloud.writes)
    again = ending.delete()
    assert again.code == 0 and again.changed() == set() and len(ending.cloud.writes) == writes, again.output[-3000:]


def test_without_a_token_nothing_begins(ending: Ending, bare_api: BareApi):
    with bare_api.watched() as seen:
        ended = ending.delete(token="")
    assert "No token for DigitalOcean is given" in ended.the_message(ending.name)
    assert seen.writes == [] and ending.cloud.heard == [] and ending.volume.gone is None


def test_what_can_not_go_keeps_the_cluster(ending: Ending, monkeypatch: pytest.MonkeyPatch):
    ended = ending.delete("-e", "cloud_wait_timeout=1", token=READ_ONLY_TOKEN)
    assert ended.code != 0 and f"volume pvc-1 ({ending.volume.id})" in ended.the_message(ending.name)
    assert ending.namespace() is not None and READ_ONLY_TOKEN not in ended.output
    # whoever mends it need not wait until the lock runs out
    assert ending.holder() == ""
    assert ending.delete().code == 0 and ending.namespace() is None
