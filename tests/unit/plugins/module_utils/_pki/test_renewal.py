# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a renewal does to a control plane that runs, and what it leaves alone."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import HASH
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import ROOTS, Issue
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.renewal import Restart, plan_renewal, stale
from unit.plugins.module_utils._pki.test_pki import NOW, WANTED, complete, leaf

MONTH = timedelta(days=30)
READ = {"etcd": ["etcd-server", "etcd-peer", "ca-bundle"], "kube-apiserver": ["kube-apiserver", "etcd-client", "ca-bundle", "config"],
        "kube-controller-manager": ["kube-controller-manager", "config"], "kube-scheduler": ["kube-scheduler"]}
HASHES = {name: f"hash of {name}" for names in READ.values() for name in names if name != "config"}


def workload(name: str, **other: str) -> dict[str, Any]:
    annotations = {f"{HASH}{one}": f"hash of {one}" for one in READ[name]} | {f"{HASH}{key}": value for key, value in other.items()}
    return {"spec": {"template": {"metadata": {"annotations": annotations}}}}


RUNNING = {name: workload(name) for name in READ}


def plan(observed, workloads=RUNNING):
    return plan_renewal("cluster-demo", WANTED, observed, workloads, HASHES, NOW, MONTH)


def ending(*names: str, days: int = 20) -> dict[str, Any]:
    return {name.replace("-", "_"): leaf(next(one for one in WANTED if one.name == name), not_after=NOW + timedelta(days=days)) for name in names}


def test_nothing_ends_nothing_happens():
    assert not plan(complete())


def test_pods_are_replaced_in_order_and_only_those_that_read_what_is_renewed():
    steps = plan(complete(**ending("kube-scheduler", "kube-apiserver")))
    assert steps.titles() == ["Renew Secret cluster-demo/kube-apiserver: 20 days left", "Renew Secret cluster-demo/kube-scheduler: 20 days left",
                              "Replace the pods of kube-apiserver, one after the other", "Replace the pods of kube-scheduler, one after the other"]


def test_members_of_etcd_stay_as_they_read_their_certificates_for_every_connection():
    steps = plan(complete(**ending("etcd-server", "etcd-peer")))
    assert [step.target for step in steps if isinstance(step.target, Restart)] == []
    # not so the authorities
    (step,) = plan(complete(), RUNNING | {"etcd": workload("etcd", **{"ca-bundle": "older"})})
    assert step.target == Restart("StatefulSet", "etcd")


def test_a_run_that_was_killed_before_the_pods_were_replaced_goes_on():
    left = RUNNING | {"kube-apiserver": workload("kube-apiserver", **{"etcd-client": "older", "config": "of the template"})}
    assert plan(complete(), left).titles() == ["Replace the pods of kube-apiserver, one after the other"]
    assert stale("kube-apiserver", left["kube-apiserver"], HASHES) == {f"{HASH}etcd-client": "hash of etcd-client"}


def test_a_certificate_stays_what_it_is():
    """Whatever names this release would give it, and whatever key the inventory asks for."""
    odd = leaf(not_after=NOW, dns=frozenset({"old.example.com"}), ips=frozenset({"192.0.2.1"}), key_type="rsa-2048")
    (step, *dummy) = plan(complete(kube_apiserver=odd))
    assert step.title == "Renew Secret cluster-demo/kube-apiserver: it expired on 2026-06-01"
    assert isinstance(step.target, Issue) and step.target.certificate.names == {"old.example.com", "192.0.2.1"}
    assert not plan(complete(kube_apiserver=replace(odd, not_after=NOW + timedelta(days=200))))


def test_nothing_is_made_that_is_not_there():
    """An authority for kubelets comes by create_cluster, which changes kube-apiserver too; a cluster without konnectivity needs no certificate for it."""
    few = complete()
    observed = replace(few, roots=frozenset(ROOTS) - {"kubelet-ca"}, kubelet_bundle=None,
                       leaves={name: facts for name, facts in few.leaves.items() if not name.startswith("konnectivity")})
    assert not plan(observed)


def test_a_lost_authority_is_told():
    with pytest.raises(CaasError, match=r"Secret cluster-demo/etcd-ca is lost"):
        plan(replace(complete(), roots=frozenset(ROOTS) - {"etcd-ca"}))
