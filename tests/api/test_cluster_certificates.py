# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The certificates of a control plane that runs are renewed against a real API, as they are, and nothing else is written."""
from __future__ import annotations

import base64

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.renewal_resource import ClusterCertificatesResource
from api.bare_api import BareApi
from api.kill import Killed, kill_before_write
from api.resources import Caller
from api.test_pki import OPTIONS, assert_consistent, overwrite, secrets


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    """Of a cluster whose kube-apiserver and etcd-server end in 20 days; the first has a name that no release of today gives."""
    one = Caller(bare_api.kubeconfig(), cluster)
    one.call(PkiResource, **OPTIONS)
    found = secrets(bare_api, one)
    for name, authority, dns in (("kube-apiserver", "cluster-ca", ["old.example.com"]), ("etcd-server", "etcd-ca", ["localhost"])):
        certificate, key = x509.issue(found[authority]["tls.crt"], found[authority]["tls.key"], cn=name, dns=dns, usages=["server"], days=20)
        overwrite(bare_api, one, name, certificate, key)
    return one


def test_what_ends_is_renewed_as_it_is(bare_api: BareApi, caller: Caller):
    before, place = secrets(bare_api, caller), f"cluster-{caller.cluster}"
    with bare_api.watched() as seen:
        checked = caller.call(ClusterCertificatesResource, check_mode=True)
    assert seen.writes == [] and sorted(checked["renewed"]) == ["etcd-server", "kube-apiserver"]
    with bare_api.watched() as seen:
        done = caller.call(ClusterCertificatesResource)
    assert done["steps"] == checked["steps"] == [f"Renew Secret {place}/etcd-server: 19 days left", f"Renew Secret {place}/kube-apiserver: 19 days left"]
    assert [write for write in seen.writes if "leases" not in write] == [f"patch secrets {place}/etcd-server", f"patch secrets {place}/kube-apiserver"]
    after = secrets(bare_api, caller)
    assert_consistent(after)
    assert {name for name in after if after[name] != before[name]} == {"etcd-server", "kube-apiserver"}
    facts = x509.describe(after["kube-apiserver"]["tls.crt"])
    assert facts.dns == {"old.example.com"} and facts.usages == {"server"}
    with bare_api.watched() as seen:
        assert not caller.call(ClusterCertificatesResource)["changed"]
    assert seen.writes == []


def test_a_longer_margin_renews_earlier(caller: Caller):
    caller.call(ClusterCertificatesResource)
    assert len(caller.call(ClusterCertificatesResource, check_mode=True, renew_within_days=182)["renewed"]) == 0
    with pytest.raises(InvalidInput, match=r"^renew_within_days is 365 .* Write a number from 1 to 182"):
        caller.call(ClusterCertificatesResource, renew_within_days=365)


@pytest.mark.parametrize("number", [1, 2])
def test_a_run_killed_at_any_write_is_completed_by_the_next(bare_api: BareApi, caller: Caller, number: int, monkeypatch: pytest.MonkeyPatch):
    resource = caller.resource(ClusterCertificatesResource)
    kill_before_write(resource.seed, number, monkeypatch)
    with pytest.raises(Killed):
        run(resource)
    caller.call(ClusterCertificatesResource)
    assert_consistent(secrets(bare_api, caller))
    assert not caller.call(ClusterCertificatesResource)["changed"]


def test_without_a_cluster_it_says_so(bare_api: BareApi, caller: Caller):
    with pytest.raises(CaasError, match=r"^Cluster nowhere is not there"):
        Caller(bare_api.kubeconfig(), "nowhere").call(ClusterCertificatesResource)


def test_what_is_damaged_is_left_to_create_cluster(bare_api: BareApi, caller: Caller):
    overwrite(bare_api, caller, "kube-scheduler", "nonsense", base64.b64encode(b"x").decode())
    with pytest.raises(InvalidInput, match=rf"^Secret cluster-{caller.cluster}/kube-scheduler is damaged .*create_cluster"):
        caller.call(ClusterCertificatesResource)
