# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which parts of a PKI are made or renewed, and why."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate import CertificateFacts
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_table import AUTHORITIES, ClusterNames, wanted_certificates
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import (
    ROOTS,
    Issue,
    MakeRoot,
    Observed,
    WriteBundle,
    WriteKubeletBundle,
    content_hash,
    near_their_end,
    plan_pki,
    renewal_reason,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WANTED = wanted_certificates(ClusterNames("demo", "cluster-demo", "198.51.100.10", "10.96.0.1", "cluster.local"))
APISERVER = next(certificate for certificate in WANTED if certificate.name == "kube-apiserver")
P256 = "ecdsa-p256"


def authority(name: str, left: timedelta = timedelta(days=3000)) -> CertificateFacts:
    return CertificateFacts(name, frozenset(), frozenset(), frozenset(), frozenset(), NOW - timedelta(days=1), NOW + left, P256, True,
                            fingerprint=f"fingerprint of {name}", key_matches=True)


def leaf(wanted=APISERVER, **changes) -> CertificateFacts:
    facts = CertificateFacts(wanted.common_name, wanted.organizations, wanted.dns, wanted.ips, wanted.usages, NOW - timedelta(days=1),
                             NOW + timedelta(days=200), P256, False, fingerprint=wanted.name,
                             issuer_fingerprint=f"fingerprint of {wanted.authority}", key_matches=True)
    return replace(facts, **changes)


def complete(**leaves) -> Observed:
    signers = {name: authority(name) for name in AUTHORITIES}
    return Observed(authorities=signers, roots=frozenset(ROOTS),
                    leaves={wanted.name: leaf(wanted) for wanted in WANTED} | {key.replace("_", "-"): value for key, value in leaves.items()},
                    bundle={name: frozenset({facts.fingerprint}) for name, facts in signers.items()},
                    kubelet_bundle=frozenset({"fingerprint of kubelet-ca"}))


def plan(observed: Observed, wanted=WANTED, key_type: str = P256):
    return plan_pki("cluster-demo", wanted, observed, NOW, key_type)


def test_complete_means_nothing_to_do():
    assert not plan(complete())


def test_from_nothing_roots_come_first():
    targets = [type(step.target) for step in plan(Observed())]
    assert targets == [MakeRoot] * len(ROOTS) + [WriteKubeletBundle, WriteBundle] + [Issue] * len(WANTED)
    assert plan(Observed()).titles()[0] == "Create Secret cluster-demo/cluster-ca"


@pytest.mark.parametrize(("changes", "reason"), [
    ({}, ""),
    ({"not_after": NOW + timedelta(days=30)}, ""),
    ({"not_after": NOW + timedelta(days=30, seconds=-1)}, "29 days left"),
    ({"not_after": NOW + timedelta(days=20)}, "20 days left"),
    ({"not_after": NOW + timedelta(days=1, hours=5)}, "1 day left"),
    ({"not_after": NOW}, "it expired on 2026-06-01"),
    ({"not_before": NOW + timedelta(hours=1)}, "it is valid from 2026-06-01 01:00 UTC only"),
    ({"ips": frozenset({"127.0.0.1", "10.96.0.1"})}, "a name was added (198.51.100.10)"),
    ({"ips": frozenset()}, "names were added (10.96.0.1, 127.0.0.1, 198.51.100.10)"),
    ({"dns": APISERVER.dns | {"old.example.com"}}, "a name is not used any more (old.example.com)"),
    ({"common_name": "other"}, "its subject changed"),
    ({"organizations": frozenset({"system:masters"})}, "its subject changed"),
    ({"usages": frozenset({"client", "server"})}, "its usages changed"),
    ({"key_type": "rsa-2048"}, "its key is now ecdsa-p256, was rsa-2048"),
    ({"issuer_fingerprint": ""}, "it is not signed by cluster-ca"),
    ({"issuer_fingerprint": "fingerprint of etcd-ca"}, "it is not signed by cluster-ca"),
    ({"key_matches": False}, "its key belongs to another certificate"),
])
def test_reason(changes: dict, reason: str):
    assert renewal_reason(APISERVER, leaf(**changes), authority("cluster-ca"), NOW, P256) == reason
    steps = plan(complete(kube_apiserver=leaf(**changes))).titles()
    assert steps == ([f"Renew Secret cluster-demo/kube-apiserver: {reason}"] if reason else [])


def test_unreadable_is_renewed():
    (step,) = plan(complete(kube_apiserver=None))
    assert (step.title, step.before) == ("Renew Secret cluster-demo/kube-apiserver: it can't be read", "unreadable\n")


def test_a_certificate_that_ends_with_its_authority_is_not_renewed_again_and_again():
    last = authority("cluster-ca", left=timedelta(days=5))
    assert renewal_reason(APISERVER, leaf(not_after=last.not_after), last, NOW, P256) == ""
    assert near_their_end("cluster-demo", Observed(authorities={"cluster-ca": last}), NOW) == [
        "cluster-demo/cluster-ca expires on 2026-06-06 (5 days): plan its rotation"]
    assert near_their_end("cluster-demo", complete(), NOW) == []


def test_the_bundle_gets_what_it_lacks():
    observed = complete()
    (step,) = plan(replace(observed, bundle={**observed.bundle, "etcd-ca": frozenset({"an older one"})}))
    assert step.title == "Update ConfigMap cluster-demo/ca-bundle: etcd-ca was not in it"
    assert [s.target for s in plan(replace(observed, bundle=None))] == [WriteBundle()]
    rotated = {name: held | {"an older one"} for name, held in observed.bundle.items()}
    assert not plan(replace(observed, bundle=rotated))


@given(st.sets(st.sampled_from(ROOTS)), st.sets(st.sampled_from([wanted.name for wanted in WANTED])), st.booleans())
def test_a_root_is_only_made_before_all_else(roots: set[str], leaves: set[str], bundle: bool):
    full = complete()
    observed = Observed(authorities={name: facts for name, facts in full.authorities.items() if name in roots}, roots=frozenset(roots),
                        leaves={name: full.leaves[name] for name in leaves}, bundle=full.bundle if bundle else None,
                        kubelet_bundle=full.kubelet_bundle if bundle or leaves else None)
    lost = set(ROOTS) - roots
    if lost and (leaves or bundle):
        with pytest.raises(CaasError, match="is lost"):
            plan(observed)
        return
    made = [step.target.name for step in plan(observed) if isinstance(step.target, MakeRoot)]
    issued = {step.target.certificate.name for step in plan(observed) if isinstance(step.target, Issue)}
    assert made == [name for name in ROOTS if name in lost]
    assert issued == {wanted.name for wanted in WANTED} - leaves


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_hash_tells_contents_apart(one: dict[str, str], other: dict[str, str]):
    assert (content_hash(one) == content_hash(other)) == (one == other)
    assert len(content_hash(one)) == 16
    assert content_hash(dict(reversed(one.items()))) == content_hash(one)


def test_hash_knows_where_a_value_ends():
    assert content_hash({"a": "1;b=1:2"}) != content_hash({"a": "1", "b": "2"})


BEFORE = {"authorities": {name: authority(name) for name in AUTHORITIES if name != "kubelet-ca"}, "roots": frozenset(ROOTS) - {"kubelet-ca"},
          "kubelet_bundle": None}


def test_a_cluster_of_before_gets_an_authority_for_kubelets_and_both_are_believed_meanwhile():
    steps = plan(replace(complete(), **BEFORE))
    assert steps.titles() == ["Create Secret cluster-demo/kubelet-ca", "Create ConfigMap cluster-demo/kubelet-ca-bundle"]
    assert [step.target for step in steps][1] == WriteKubeletBundle(legacy=True)
    # killed between the two
    assert plan(replace(complete(), kubelet_bundle=None)).titles() == ["Create ConfigMap cluster-demo/kubelet-ca-bundle"]


def test_in_a_new_cluster_cluster_ca_never_vouches_for_kubelets():
    (bundle,) = [step.target for step in plan(Observed()) if isinstance(step.target, WriteKubeletBundle)]
    assert bundle == WriteKubeletBundle(legacy=False)


@pytest.mark.parametrize(("age", "reason"), [(365, ""), (367, "all that cluster-ca signed for kubelets has expired")])
def test_cluster_ca_goes_when_nothing_that_it_signed_for_kubelets_can_be_valid(age: int, reason: str):
    both = replace(complete(), kubelet_bundle=frozenset({"fingerprint of kubelet-ca", "fingerprint of cluster-ca"}))
    signers = dict(both.authorities) | {"kubelet-ca": replace(authority("kubelet-ca"), not_before=NOW - timedelta(days=age))}
    steps = plan(replace(both, authorities=signers))
    assert steps.titles() == ([f"Update ConfigMap cluster-demo/kubelet-ca-bundle: {reason}"] if reason else [])
    assert [step.target for step in steps] == ([WriteKubeletBundle(legacy=False)] if reason else [])


def test_a_lost_authority_of_kubelets_is_not_made_anew():
    with pytest.raises(CaasError, match=r"Secret cluster-demo/kubelet-ca is lost"):
        plan(replace(complete(), roots=frozenset(ROOTS) - {"kubelet-ca"}, authorities=BEFORE["authorities"]))


def test_the_margin_is_the_user_s():
    soon = complete(kube_apiserver=leaf(not_after=NOW + timedelta(days=50)))
    assert not plan_pki("cluster-demo", WANTED, soon, NOW, P256)
    assert plan_pki("cluster-demo", WANTED, soon, NOW, P256, timedelta(days=60)).titles() == ["Renew Secret cluster-demo/kube-apiserver: 50 days left"]
