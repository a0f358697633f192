# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer who is cluster-admin of the own cluster, and tries to make the operator's run delete what is in the operator's account."""
from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._providers.digitalocean.orphans_client import MADE_BY_DRIVER
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import ELSEWHERE, NAMED
from api import orphans
from api.bare_api import BareApi
from api.test_digitalocean_orphans import DRIVER, Customer
from lab.cloud.digitalocean.account import Thing
from worlds.digitalocean import world
from worlds.world import OTHER_UID

BALANCER_ID, BALANCER_NAME = "kubernetes.digitalocean.com/load-balancer-id", "service.beta.kubernetes.io/do-loadbalancer-name"


@pytest.fixture
def demo(bare_api: BareApi) -> Iterator[Customer]:
    with contextlib.ExitStack() as stack, orphans.cleared(bare_api):
        yield Customer.of(bare_api, orphans.a_cluster(bare_api, "digitalocean"), stack.enter_context(world()))


def billing(demo: Customer, *tags: str, **fields: Any) -> Thing:
    """The operator's own volume, which another tool made and uses."""
    machine = demo.there.stranger("billing")
    return demo.there.account.add("volumes", "billing-database", tags, **{"droplet_id": machine.id, "description": MADE_BY_DRIVER, **fields})


def number() -> str:
    return f"hostile-{next(orphans.numbers)}"


def by_a_forged_volume(demo: Customer) -> Thing:
    target = billing(demo)
    demo.has_volume(number(), target.id, DRIVER)
    return target


def by_a_volume_that_is_attached_elsewhere(demo: Customer) -> Thing:
    """With the tag on it, as a volume that moved to another cluster."""
    target = billing(demo, f"kubermatic-caas:{demo.uid}")
    demo.has_volume(number(), target.id, DRIVER)
    return target


def by_a_volume_of_another_customer(demo: Customer) -> Thing:
    target = billing(demo, f"kubermatic-caas:{OTHER_UID}", droplet_id=0)
    demo.has_volume(number(), target.id, DRIVER)
    return target


def by_a_volume_that_the_driver_only_attached(demo: Customer) -> Thing:
    """It puts the tag on everything that it attaches."""
    target = billing(demo, f"kubermatic-caas:{demo.uid}", droplet_id=0, description="")
    demo.has_volume(number(), target.id, DRIVER)
    return target


def by_the_name_of_a_balancer(demo: Customer) -> Thing:
    target = demo.there.account.add("load_balancers", "production")
    demo.has_balancer(number(), **{BALANCER_NAME: "production"})
    return target


def by_the_id_of_a_balancer(demo: Customer) -> Thing:
    target = demo.there.account.add("load_balancers", "production")
    demo.has_balancer(number(), **{BALANCER_ID: target.id})
    return target


def by_a_balancer_of_another_customer(demo: Customer) -> Thing:
    """The cloud controller manager puts the tag on each one that a Service names."""
    target = demo.there.account.add("load_balancers", "production", [f"k8s:{OTHER_UID}", f"k8s:{demo.uid}"])
    demo.has_balancer(number(), **{BALANCER_ID: target.id})
    return target


ATTEMPTS: tuple[Callable[[Customer], Thing], ...] = (
    by_a_forged_volume, by_a_volume_that_is_attached_elsewhere, by_a_volume_of_another_customer, by_a_volume_that_the_driver_only_attached,
    by_the_name_of_a_balancer, by_the_id_of_a_balancer, by_a_balancer_of_another_customer)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
def test_nothing_that_a_customer_writes_deletes_anything_of_the_operator(demo: Customer, attempt: Callable[[Customer], Thing]):
    target = attempt(demo)
    machine = target.fields.get("droplet_id")
    own = demo.makes()
    demo.ends()
    gone = demo.call("absent")
    assert target.gone is None and target.fields.get("droplet_id") == machine
    assert not any(target.id in one.path for one in demo.there.cloud.writes)
    # and does not keep what is really the cluster's either
    assert all(one.gone for one in own) and gone["residual"] == []


def test_what_is_named_is_told_with_the_reason(demo: Customer):
    volume, moved, balancer = by_a_forged_volume(demo), by_a_volume_that_is_attached_elsewhere(demo), by_the_name_of_a_balancer(demo)
    kept = {one["id"]: one["why"] for one in demo.call()["kept"]}
    assert kept[volume.id] == NAMED and kept[balancer.id] == NAMED and kept[moved.id] == ELSEWHERE


def test_thousands_of_names_do_not_fill_the_record(demo: Customer):
    api = demo.bare.api("system:setup")
    for _each in range(300):
        name = number()
        api.create({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": {
            "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "csi": {"driver": DRIVER, "volumeHandle": f"{name}-" + "x" * 1000},
            "persistentVolumeReclaimPolicy": "Retain"}})
    demo.call("noted")
    assert demo.record()["cloud"] == {"providers": ["digitalocean"]}
