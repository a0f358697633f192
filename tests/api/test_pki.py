# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The PKI of a control plane against a real API: made once, renewed when it doesn't fit, one authority whatever happens."""
from __future__ import annotations

import base64
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import api_client as kube_api
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.kill import Killed, kill_before_write
from api.resources import Caller

OPTIONS = {"address": "198.51.100.10", "service_address": "10.96.0.1"}
ROOTS = ["cluster-ca", "front-proxy-ca", "etcd-ca", "kubelet-ca", "service-account-key", "encryption-config"]
LEAVES = {
    "etcd-server": "etcd-ca", "etcd-peer": "etcd-ca", "etcd-client": "etcd-ca", "kube-apiserver": "cluster-ca",
    "kube-apiserver-kubelet-client": "cluster-ca", "front-proxy-client": "front-proxy-ca",
    "kube-controller-manager": "cluster-ca", "kube-scheduler": "cluster-ca", "konnectivity-server": "cluster-ca",
    "konnectivity-server-tls": "cluster-ca"}


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    return Caller(bare_api.kubeconfig(), cluster)


def secrets(bare_api: BareApi, caller: Caller) -> dict[str, dict[str, str]]:
    found = bare_api.api("system:test").list("v1", "Secret", f"cluster-{caller.cluster}")
    return {item["metadata"]["name"]: {key: base64.b64decode(value).decode() for key, value in item["data"].items()}
            for item in found}


def overwrite(bare_api: BareApi, caller: Caller, name: str, certificate: str, key: str) -> None:
    data = {"tls.crt": certificate, "tls.key": key}
    bare_api.api("system:test").apply({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"name": name, "namespace": f"cluster-{caller.cluster}"},
        "data": {field: base64.b64encode(text.encode()).decode() for field, text in data.items()}})


def assert_consistent(found: dict[str, dict[str, str]]) -> None:
    assert set(found) == {*ROOTS, *LEAVES}
    for name, authority in LEAVES.items():
        facts = x509.describe(found[name]["tls.crt"], key_pem=found[name]["tls.key"], authorities=[found[authority]["tls.crt"]])
        assert facts.key_matches and facts.issuer_fingerprint == x509.fingerprint(found[authority]["tls.crt"]), name


def test_made_once(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        made = caller.call(PkiResource, **OPTIONS)
    place = f"cluster-{caller.cluster}"
    assert seen.writes[:9] == [f"create leases {place}/cluster-lock", *(f"create secrets {place}/{name}" for name in ROOTS),
                               f"patch configmaps {place}/kubelet-ca-bundle", f"patch configmaps {place}/ca-bundle"]
    assert caller.lines[0] == f"Create Secret {place}/cluster-ca"
    found = secrets(bare_api, caller)
    assert_consistent(found)
    assert made["ca_bundle"] == found["cluster-ca"]["tls.crt"]
    assert set(made["hashes"]) == {*ROOTS, *LEAVES, "ca-bundle", "kubelet-ca-bundle"} and len(set(made["hashes"].values())) == 18
    assert made["kubelet_ca_bundle"] == found["kubelet-ca"]["tls.crt"]
    assert {item["metadata"]["labels"]["kubermatic.caas/cluster"] for item in
            bare_api.api("system:test").list("v1", "Secret", place)} == {caller.cluster}

    with bare_api.watched() as seen:
        again = caller.call(PkiResource, **OPTIONS)
    assert (again["changed"], again["steps"]) == (False, [])
    assert seen.writes == [] and seen.requests == [f"list secrets {place}", f"list configmaps {place}"]
    assert (again["hashes"], again["ca_bundle"]) == (made["hashes"], made["ca_bundle"])


def test_nothing_secret_is_told(bare_api: BareApi, caller: Caller):
    made = caller.call(PkiResource, **OPTIONS)
    told = repr(made) + repr(caller.lines)
    for data in secrets(bare_api, caller).values():
        for field in ("tls.key", "sa.key", "config.yaml"):
            assert data.get(field, "no such field") not in told
    assert "PRIVATE" not in told


def test_check_mode_writes_nothing_and_tells_the_steps_of_a_real_run(bare_api: BareApi, caller: Caller):
    with bare_api.watched() as seen:
        checked = caller.call(PkiResource, check_mode=True, **OPTIONS)
    assert seen.writes == [] and checked["changed"]
    assert set(checked["hashes"].values()) == {""} and checked["ca_bundle"] == ""
    assert caller.call(PkiResource, **OPTIONS)["steps"] == checked["steps"]


def test_check_mode_before_the_namespace_exists(bare_api: BareApi):
    with bare_api.watched() as seen:
        checked = Caller(bare_api.kubeconfig(), "nowhere").call(PkiResource, check_mode=True, **{**OPTIONS, "address": ""})
    assert seen.writes == [] and len(checked["steps"]) == 18


@pytest.mark.parametrize("number", range(1, 20))
def test_a_run_killed_at_any_write_is_completed_by_the_next(bare_api: BareApi, caller: Caller, number: int, monkeypatch: pytest.MonkeyPatch):
    resource = caller.resource(PkiResource, **OPTIONS)
    kill_before_write(resource.seed, number, monkeypatch)
    with pytest.raises(Killed):
        run(resource)
    before = secrets(bare_api, caller)
    caller.call(PkiResource, **OPTIONS)
    after = secrets(bare_api, caller)
    assert_consistent(after)
    assert {name: after[name] for name in before} == before
    assert not caller.call(PkiResource, **OPTIONS)["changed"]


def clock(monkeypatch: pytest.MonkeyPatch, off: timedelta) -> None:
    """This machine's, as the connection to the seed sees it."""
    monkeypatch.setattr(kube_api, "datetime", SimpleNamespace(now=lambda zone: datetime.now(zone) + off))


@pytest.mark.parametrize(("off", "part"), [(timedelta(minutes=4), "2[34][0-9] s ahead of"), (timedelta(hours=-1), "(3599|360[01]) s behind")])
def test_a_control_host_whose_clock_is_wrong_signs_nothing(bare_api: BareApi, caller: Caller, monkeypatch: pytest.MonkeyPatch, off: timedelta, part: str):
    clock(monkeypatch, off)
    with bare_api.watched() as seen, pytest.raises(CaasError, match=f"^The clock of this control host is {part} that of the seed"):
        caller.call(PkiResource, **OPTIONS)
    assert seen.writes == []
    monkeypatch.undo()
    caller.call(PkiResource, **OPTIONS)
    # what needs no signature needs no clock
    clock(monkeypatch, off)
    assert not caller.call(PkiResource, **OPTIONS)["changed"]


def test_two_runs_side_by_side_share_one_authority(bare_api: BareApi, caller: Caller):
    first, second = caller.resource(PkiResource, **OPTIONS), caller.resource(PkiResource, **OPTIONS)
    plans = [resource.plan(resource.observe()) for resource in (first, second)]
    for steps in zip(*plans, strict=True):
        for resource, step in zip((first, second), steps, strict=True):
            resource.apply_step(step)
    assert_consistent(secrets(bare_api, caller))
    assert len(bare_api.api("system:test").get("v1", "ConfigMap", "ca-bundle", f"cluster-{caller.cluster}")["data"]) == 3
    assert sum("was created by another process" in line for line in caller.lines) == len(ROOTS)
    assert first.report(first.observe(), plans[0])["hashes"] == second.report(second.observe(), plans[1])["hashes"]
    assert not caller.call(PkiResource, **OPTIONS)["changed"]


def test_an_address_is_added_to_two_certificates_only(bare_api: BareApi, caller: Caller):
    made = caller.call(PkiResource, **OPTIONS)
    before = secrets(bare_api, caller)
    moved = caller.call(PkiResource, **{**OPTIONS, "address": "demo.example.com"})
    place = f"cluster-{caller.cluster}"
    assert moved["steps"] == [f"Renew Secret {place}/kube-apiserver: a name was added (demo.example.com)",
                              f"Renew Secret {place}/konnectivity-server-tls: a name was added (demo.example.com)"]
    changed = {name for name in made["hashes"] if made["hashes"][name] != moved["hashes"][name]}
    assert changed == {"kube-apiserver", "konnectivity-server-tls"}
    assert {name for name, data in secrets(bare_api, caller).items() if data != before[name]} == changed
    assert "name: demo.example.com" in moved["diff"][0]["after"] and "198.51.100.10" in moved["diff"][0]["before"]


def test_what_does_not_fit_is_renewed_with_the_reason(bare_api: BareApi, caller: Caller):
    caller.call(PkiResource, **OPTIONS)
    present = secrets(bare_api, caller)
    foreign, foreign_key = x509.self_signed_ca("foreign")
    authority = present["etcd-ca"]["tls.crt"], present["etcd-ca"]["tls.key"]
    peer = x509.describe(present["etcd-peer"]["tls.crt"])
    names = {"dns": peer.dns, "ips": peer.ips, "usages": peer.usages}
    overwrite(bare_api, caller, "etcd-client", *x509.issue(foreign, foreign_key, cn="kube-apiserver-etcd-client", days=365))
    overwrite(bare_api, caller, "etcd-peer", *x509.issue(*authority, cn="etcd-peer", days=20, **names))
    overwrite(bare_api, caller, "etcd-server", present["etcd-server"]["tls.crt"], present["etcd-peer"]["tls.key"])
    overwrite(bare_api, caller, "kube-scheduler", "damaged", "damaged")
    place = f"cluster-{caller.cluster}"
    assert caller.call(PkiResource, **OPTIONS)["steps"] == [
        f"Renew Secret {place}/etcd-server: its key belongs to another certificate",
        f"Renew Secret {place}/etcd-peer: 19 days left",
        f"Renew Secret {place}/etcd-client: it is not signed by etcd-ca",
        f"Renew Secret {place}/kube-scheduler: it can't be read"]
    assert_consistent(secrets(bare_api, caller))


def test_rsa_keys_come_by_renewal_and_roots_stay(bare_api: BareApi, caller: Caller):
    caller.call(PkiResource, **OPTIONS)
    before = secrets(bare_api, caller)
    assert len(caller.call(PkiResource, **OPTIONS, key_type="rsa-2048")["steps"]) == len(LEAVES)
    after = secrets(bare_api, caller)
    assert_consistent(after)
    assert {name: after[name] for name in ROOTS} == {name: before[name] for name in ROOTS}
    assert not caller.call(PkiResource, **OPTIONS, key_type="rsa-2048")["changed"]


@pytest.mark.parametrize("root", ROOTS)
def test_a_lost_root_is_never_made_again(bare_api: BareApi, caller: Caller, root: str):
    caller.call(PkiResource, **OPTIONS)
    bare_api.api().delete("v1", "Secret", root, f"cluster-{caller.cluster}")
    with bare_api.watched() as seen, pytest.raises(CaasError, match=rf"^Secret cluster-{caller.cluster}/{root} is lost\. .*backup"):
        caller.call(PkiResource, **OPTIONS)
    assert seen.writes == []


def test_a_second_authority_in_the_bundle_stays_there(bare_api: BareApi, caller: Caller):
    caller.call(PkiResource, **OPTIONS)
    api, place = bare_api.api(), f"cluster-{caller.cluster}"
    bundle = api.get("v1", "ConfigMap", "ca-bundle", place)
    coming, dummy = x509.self_signed_ca("coming")
    api.replace({**bundle, "data": {**bundle["data"], "ca.crt": coming}})
    assert caller.call(PkiResource, **OPTIONS)["steps"] == [f"Update ConfigMap {place}/ca-bundle: cluster-ca was not in it"]
    assert x509.fingerprints(api.get("v1", "ConfigMap", "ca-bundle", place)["data"]["ca.crt"]) == [
        x509.fingerprint(bundle["data"]["ca.crt"]), x509.fingerprint(coming)]
    assert not caller.call(PkiResource, **OPTIONS)["changed"]
