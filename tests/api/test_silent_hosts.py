# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hosts that say nothing, or that the inventory knows in part only, keep the clusters of others neither waiting nor from being made."""
from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from api.bare_api import BareApi
from api.playbook import Playbooks
from playbook_runs.ended import Ended

LOCAL = {"ansible_connection": "local"}


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


@pytest.fixture
def mute() -> Iterator[dict[str, Any]]:
    """Variables of a host that takes connections, and that is all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"ansible_host": "127.0.0.1", "ansible_port": listener.getsockname()[1]}


def created(playbooks: Playbooks, bare_api: BareApi, hosts: dict[str, dict[str, Any]], groups: dict[str, dict[str, Any]], *words: str) -> Ended:
    """create_cluster --check for the new clusters "of-mute" and "of-others". hosts: all nodes."""
    inventory = playbooks.inventory("silent", {
        "seeds": {"fra1": {**LOCAL, "seed_kubeconfig": bare_api.kubeconfig(), "seed_address": "198.51.100.10"}},
        "clusters": {name: {**LOCAL, "seed": "fra1", "kubernetes_version": "1.36.3"} for name in ("of-mute", "of-others")},
        "nodes": hosts, **groups})
    return playbooks.run("create_cluster", inventory, "--check", *words)


def test_who_others_wait_for_has_five_seconds(playbooks: Playbooks, bare_api: BareApi, mute: dict[str, Any]):
    """The other cluster has no hosts, and waits all the same."""
    ended = created(playbooks, bare_api, {"mute-1": {**mute, "cluster": "of-mute"}}, {"cluster_of_mute": {"of-mute": {}, "mute-1": {}}})
    assert "It gave no answer in 5 s" in ended.output, ended.output[-4000:]
    assert "--limit 'cluster_of_mute:!mute-1'" in ended.the_message("of-mute")
    assert ended.failures()["of-others"] == 0


def test_whose_cluster_is_alone_has_as_long_as_ansible_waits_for_a_login(playbooks: Playbooks, bare_api: BareApi, mute: dict[str, Any]):
    ended = created(playbooks, bare_api, {"mute-1": {**mute, "cluster": "of-mute"}}, {"cluster_of_mute": {"of-mute": {}, "mute-1": {}}},
                    "-e", "cluster=of-mute", "-e", "ansible_timeout=11")
    assert "timed out during banner exchange" in ended.the_message("of-mute"), ended.output[-4000:]


def test_hosts_of_a_cluster_that_can_not_be_are_not_asked(playbooks: Playbooks, bare_api: BareApi, mute: dict[str, Any]):
    """Its node pools are looked at after the rest of it: there is no token for their provider."""
    pool = {"name": "web", "provider": "digitalocean", "region": "fra1", "size": "s-1vcpu-2gb", "image": "ubuntu-24-04-x64", "node_count": 1}
    variables = {"node_pools": [pool], "allowed_stages": ["alpha", "beta", "public"]}
    ended = created(playbooks, bare_api, {"mute-1": {**mute, "cluster": "of-mute"}}, {"cluster_of_mute": {"of-mute": variables, "mute-1": {}}})
    assert "No token for DigitalOcean" in ended.output and ended.failures()["of-mute"] == 1
    assert "gave no answer" not in ended.output, ended.output[-4000:]
