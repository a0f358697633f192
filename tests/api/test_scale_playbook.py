# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook scale where no host is needed: what is refused, what check mode shows, and machines that no node ever came of."""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import later_release
import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pools_resource import NodePoolsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock
from api.bare_api import BareApi, free_port
from api.clusters import describe_cluster
from api.playbook import Ended, Playbooks
from api.resources import Caller
from lab.cloud.digitalocean.account import Account
from lab.cloud.digitalocean.api import Api
from lab.cloud.digitalocean.server import TOKEN, Cloud

WEB: dict[str, Any] = {"name": "web", "provider": "digitalocean", "node_count": 1, "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
STAGES = ["alpha", "beta", "public"]
# this machine itself may have an sshd
NOBODY = f"-p {free_port()}"
_numbers = count(1)


@dataclass
class Customer:
    """One running cluster whose own API is the seed's, and an account at a cloud whose machines nobody can log in to."""

    bare: BareApi
    caller: Caller
    cloud: Cloud
    playbooks: Playbooks
    pools: Any = None

    @property
    def name(self) -> str:
        return str(self.caller.cluster)

    def play(self, playbook: str, *words: str, beside: tuple[str, ...] = ()) -> Ended:
        """beside: names of further clusters, which have no node pools."""
        seed = {"seed_kubeconfig": self.caller.seed_kubeconfig, "ansible_connection": "local", "seed_address": "198.51.100.10"}
        cluster = {"ansible_connection": "local", "seed": "fra1", "kubernetes_version": "1.36.3", "digitalocean_url": self.cloud.url, "allowed_stages": STAGES,
                   "digitalocean_token": TOKEN, "ssh_timeout": 0, "ansible_ssh_common_args": NOBODY,
                   **({"node_pools": self.pools} if self.pools is not None else {})}
        others = {name: {"ansible_connection": "local", "seed": "fra1"} for name in beside}
        groups = {"seeds": {"fra1": seed}, "clusters": dict(sorted({self.name: cluster, **others}.items())), f"cluster_{self.name}": {self.name: {}}}
        return self.playbooks.run(playbook, self.playbooks.inventory(self.name, groups), *words)

    def scale(self, *words: str) -> Ended:
        return self.play("scale", "-e", f"cluster={self.name}", *words)

    def machines(self) -> list[str]:
        return sorted(one.name for one in self.cloud.api.account.live())

    def record(self) -> dict[str, Any]:
        return json.loads(self.bare.api().get("v1", "ConfigMap", "cluster-record", f"cluster-{self.name}")["data"]["record.json"])


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def customer(bare_api: BareApi, playbooks: Playbooks) -> Iterator[Customer]:
    caller = Caller(bare_api.kubeconfig(), f"scale{next(_numbers)}")
    caller.call(NamespaceResource)
    spec = caller.call(ClusterSpecResource, seed_address="198.51.100.10", kubernetes_version="1.36.3")["cluster"]
    caller.call(ClusterRecordResource, phase="Running", spec=spec)
    caller.call(ClusterLockResource, state="free")
    describe_cluster(bare_api, str(caller.cluster))
    clock = Clock()

    def nobody_at_home(droplet: Any) -> None:
        droplet.address = "127.0.77.1"

    with Cloud(Api(Account(clock.now, boots=lambda: 0.2), on_create=nobody_at_home), clock) as cloud:
        yield Customer(bare_api, caller, cloud, playbooks, [WEB])


REFUSED = {
    "no pools": (None, ["node_count=3"], "has no node pools"),
    "two of one name": ([WEB, WEB], [], "Two node pools are called 'web'"),
    "unknown key": ([{**WEB, "nodes": 3}], [], "'nodes' is not a key of a node pool"),
    "unknown pool": ([WEB], ["pool=cache", "node_count=2"], "no node pool 'cache'. Its pools: web"),
    "which pool": ([WEB, {**WEB, "name": "db"}], ["node_count=2"], "Add -e pool=web"),
    "negative": ([WEB], ["node_count=-1"], "from 0 to 1000"),
    "text": ([WEB], ["node_count=three"], "'three'"),
    "template": ([{**WEB, "region": {"__ansible_unsafe": "{{ 7*7 }}"}}], [], "Region '{{ 7*7 }}'"),
    "unknown region": ([{**WEB, "region": "moon"}], [], "There is no region 'moon'"),
    "a stage that is not allowed": ([WEB], ['{"allowed_stages": ["beta"]}'], "provider: digitalocean is alpha"),
    "no token": ([WEB], ['{"digitalocean_token": ""}'], "No token for DigitalOcean is given"),
}


@pytest.mark.parametrize(("pools", "words", "part"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_one_line_and_nothing_is_written(customer: Customer, bare_api: BareApi, pools: Any, words: list[str], part: str):
    customer.pools = pools
    with bare_api.watched() as seen:
        ended = customer.scale(*(word for given in words for word in ("-e", given)))
    assert ended.code != 0
    if part in ("There is no region 'moon'", "No token for DigitalOcean is given"):
        # said by the module of the provider, for one pool of a loop
        assert part in ended.output and "Traceback" not in ended.output
    else:
        assert part in ended.the_message(customer.name)
    assert seen.writes == [] and customer.cloud.writes == [] and TOKEN not in ended.output


def test_a_number_is_for_one_cluster(customer: Customer):
    ended = customer.play("scale", "-e", "node_count=3", beside=("zz-other",))
    assert f"node_count and pool are for one cluster, and here are {customer.name}, zz-other" in ended.the_message(customer.name)
    assert customer.cloud.writes == []


def test_check_mode_shows_names_and_prices_and_writes_nothing(customer: Customer, bare_api: BareApi):
    with bare_api.watched() as seen:
        ended = customer.scale("-e", "node_count=2", "--check", "--diff")
    assert ended.code == 0, ended.output[-3000:]
    for number in (1, 2):
        assert f"+{customer.name}-web-{number} s-2vcpu-4gb fra1 0.03571 USD an hour" in ended.output
    assert seen.writes == [] and customer.cloud.writes == []


def test_machines_without_ssh_are_told_and_go_again(customer: Customer, bare_api: BareApi):
    ended = customer.scale("-e", "node_count=2", "-vvvv")
    assert TOKEN not in ended.output
    assert ended.code != 0 and "doesn't answer over SSH" in ended.output and "Traceback" not in ended.output, ended.output[-3000:]
    assert customer.machines() == [f"{customer.name}-web-1", f"{customer.name}-web-2"]
    record = customer.record()
    assert record["pools"]["web"]["spec"]["node_count"] == 2 and "doesn't answer over SSH" in record["node_error"]
    # a record is enough to have fewer: this inventory knows no pool
    customer.pools = None
    writes = len(customer.cloud.writes)
    # and not to have more: others may write it
    with bare_api.watched() as seen:
        ended = customer.scale("-e", "node_count=3")
    assert ended.code != 0 and "lacks 1 machine, and only the record of the cluster describes them" in ended.output, ended.output[-3000:]
    assert len(customer.cloud.writes) == writes and not any("configmaps" in one for one in seen.writes)
    with bare_api.watched() as seen:
        ended = customer.scale("-e", "node_count=1", "--check", "--diff")
    assert ended.code == 0 and f"-{customer.name}-web-2 s-2vcpu-4gb fra1" in ended.output and f"Would be gone: {customer.name}-web-2" in ended.output
    assert seen.writes == [] and len(customer.cloud.writes) == writes
    ended = customer.scale("-e", "node_count=0")
    assert ended.code == 0 and customer.machines() == [], ended.output[-3000:]
    assert customer.record()["node_error"] == ""
    writes = len(customer.cloud.writes)
    ended = customer.scale("-e", "node_count=0")
    assert ended.code == 0 and ended.changed() == set() and len(customer.cloud.writes) == writes


def test_under_a_release_that_offers_other_versions_pools_come_and_go(customer: Customer, tmp_path: Path):
    customer.playbooks = Playbooks(later_release.at(tmp_path))
    assert "'1.36.3' is not known" in customer.play("create_cluster", "-e", "cluster=fresh", "-e", "seed=fra1", "-e", "seed_address=198.51.100.10",
                                                    "-e", "kubernetes_version=1.36.3", "--check").the_message("fresh")
    ended = customer.scale("-e", "node_count=2")
    # nobody is at home there: what comes after the machines is for hosts of the lab
    assert "doesn't answer over SSH" in ended.output and customer.machines() == [f"{customer.name}-web-1", f"{customer.name}-web-2"], ended.output[-3000:]
    assert customer.record()["versions"] == lookup("1.36.3").versions()
    ended = customer.scale("-e", "node_count=0")
    assert ended.code == 0 and customer.machines() == [], ended.output[-3000:]
    # this cluster is too bare for more
    ended = customer.play("create_cluster", "--check")
    assert "runs Kubernetes 1.36.3 and keeps it; new clusters get 1.36.8" in ended.output, ended.output[-3000:]


def test_of_several_clusters_the_first_has_no_pools(customer: Customer, bare_api: BareApi):
    """Hosts are added to a run once for all clusters. Nobody answers at the address of this one: it is in the play that joins if that is told."""
    customer.scale()
    droplet, = customer.cloud.api.account.live()
    api, namespace = bare_api.api("system:setup"), f"cluster-{customer.name}"
    found = api.get("v1", "ConfigMap", "cluster-record", namespace)
    pin = {"pool": "web", "machine": f"digitalocean-{droplet.id}", "host_keys": ["ssh-ed25519 " + "A" * 68]}
    api.replace({**found, "data": {"record.json": json.dumps({**customer.record(), "nodes": {droplet.name: pin}})}})
    ended = customer.play("scale", beside=("a-first", "zz-last"))
    assert f"The host can't be reached over SSH (host {droplet.name})" in ended.output, ended.output[-4000:]
    assert "doesn't answer" not in ended.output and "a-first" in ended.output
    # machines that come into the inventory in the middle of a run belong to the group that the limit names
    ended = customer.play("scale", "--limit", f"cluster_{customer.name}", beside=("a-first",))
    assert f"The host can't be reached over SSH (host {droplet.name})" in ended.output and "a-first" not in ended.output, ended.output[-4000:]


@pytest.mark.usefixtures("namespace_controller")
def test_a_cluster_goes_with_its_machines(customer: Customer):
    customer.scale()
    stranger = customer.cloud.api.account.create([f"{customer.name}-web-9"], {"region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"})[0]
    assert customer.machines() == [f"{customer.name}-web-1", stranger.name]
    customer.pools = "whatever it says now"
    ended = customer.play("delete_cluster", "-e", f"cluster={customer.name}", "-e", f"confirm={customer.name}")
    assert ended.code == 0 and "Remove machine" in ended.output and customer.machines() == [stranger.name], ended.output[-3000:]


def test_a_record_names_pools_of_a_provider_that_can_not_be_reached(customer: Customer, bare_api: BareApi):
    customer.scale()
    ended = customer.play("delete_cluster", "-e", f"cluster={customer.name}", "-e", f"confirm={customer.name}", "-e", '{"digitalocean_token": "wrong"}')
    assert ended.code != 0 and customer.machines() == [f"{customer.name}-web-1"]
    # with the namespace the way to the machines would be lost
    assert not bare_api.api().get("v1", "Namespace", f"cluster-{customer.name}")["metadata"].get("deletionTimestamp")


def test_a_cluster_that_is_not_there_yet(customer: Customer, bare_api: BareApi, playbooks: Playbooks):
    """Check mode of its creation tells what its pools would get; scale says that there is no cluster."""
    customer.caller.cluster = f"{customer.name}new"
    with bare_api.watched() as seen:
        ended = customer.play("create_cluster", "--check")
    assert ended.code == 0 and "Node pool web would get 1 machines at digitalocean: s-2vcpu-4gb in fra1" in ended.output, ended.output[-3000:]
    assert "is not there" in customer.scale("-e", "node_count=2").the_message(customer.name)
    assert seen.writes == [] and customer.cloud.writes == []


def test_what_is_noted_comes_with_check_mode_too(customer: Customer):
    done = customer.caller.call(NodePoolsResource, check_mode=True, state="noted", node_pools=[WEB], allowed_stages=STAGES)
    assert done["changed"] and customer.record()["pools"] == {}
