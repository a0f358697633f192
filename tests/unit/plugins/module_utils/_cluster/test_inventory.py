# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From records to inventory hosts."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.inventory import check_unique, host
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

RECORD = Record("my-demo", "Running", "2026-03-01T14:03:10Z", {"pod_cidr": "10.1.0.0/16", "dns_domain": "example.org", "ansible_user": "x"})


def test_a_host():
    found = host("fra1", "cluster-my-demo", RECORD)
    assert (found.name, found.group, found.phase_group) == ("my-demo", "cluster_my_demo", "phase_running")
    assert found.wanted == {"pod_cidr": "10.1.0.0/16", "cluster_dns_domain": "example.org", "cluster": "my-demo", "seed": "fra1"}
    assert found.seen["cluster_phase"] == "Running"


def test_node_pools_that_only_the_record_knows_are_told_and_not_ordered():
    spec = {"name": "web", "provider": "digitalocean", "node_count": 2, "region": "fra1", "size": "s", "image": "i"}
    pools = {"web": {"provider": "digitalocean", "spec": {**spec, "more": "x"}, "creating": {}}, "by-hand": {"provider": "digitalocean"}}
    found = host("fra1", "cluster-my-demo", replace(RECORD, pools=pools))
    # a variable of this name would be an order to make machines
    assert found.seen["cluster_node_pools"] == [spec] and "node_pools" not in found.wanted


def test_places_never_come_from_a_record():
    places = {"kubernetes_registry": "evil.example", "flannel_registry": "evil.example", "digitalocean_registry": "evil.example",
              "aws_registry": "evil.example", "digitalocean_url": "https://evil.example/", "aws_url": "https://evil.example"}
    found = host("fra1", "cluster-my-demo", replace(RECORD, spec={**RECORD.spec, **places}))
    assert found.wanted == host("fra1", "cluster-my-demo", RECORD).wanted


@pytest.mark.parametrize(("change", "namespace"), [
    ({"cluster": "all"}, "cluster-all"), ({"cluster": "a b"}, "cluster-a b"), ({}, "cluster-other"), ({"phase": "{{ x }}"}, "cluster-my-demo")], ids=str)
def test_records_that_someone_else_wrote(change: dict[str, Any], namespace: str):
    with pytest.raises(InvalidInput, match=f"seed fra1, namespace {namespace}"):
        host("fra1", namespace, replace(RECORD, **change))


def test_an_unreadable_record_is_told():
    with pytest.raises(InvalidInput, match="can't be read"):
        host("fra1", "cluster-demo", InvalidInput("The record can't be read"))


def test_a_name_is_in_one_seed_only():
    one = host("fra1", "cluster-my-demo", RECORD)
    check_unique([], one)
    with pytest.raises(InvalidInput, match="two seeds, fra1 and fra2"):
        check_unique([one], host("fra2", "cluster-my-demo", RECORD))
