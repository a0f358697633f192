# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A seed whose API server restarts in the middle of a run."""
from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import kubeconfig_store as kubeconfig_file
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.retrying_client import PatientApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.resources import Caller


@pytest.fixture
def own_api(tmp_path) -> Iterator[BareApi]:
    bare = BareApi(tmp_path)
    try:
        bare.start()
        yield bare
    finally:
        bare.stop()


def test_a_server_that_restarts_is_waited_for(own_api: BareApi):
    # no member of system:masters: the roles must be known again, too
    administrators = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "team"},
                      "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                      "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "team"}]}
    own_api.api().create(administrators)
    api, told = PatientApi.from_kubeconfig(own_api.kubeconfig("member", ("team",))), []
    api.progress = told.append
    assert api.get("v1", "Namespace", "default")
    for number in range(3):
        own_api.restart_api_server()
        assert api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"made-{number}"}})["metadata"]["uid"]
    # on a busy machine a server may be back before anybody asked it
    assert len(told) >= 2 and len(told) % 2 == 0
    # what is seen first depends on the moment: nobody listens, or somebody who doesn't know its roles yet
    assert "does not answer (" in told[0] and "waiting for it up to" in told[0]
    assert "answers again after" in told[1]


def test_a_resource_outlives_a_restart(own_api: BareApi, monkeypatch: pytest.MonkeyPatch):
    """Half of the authorities are made when it happens: they stay, and the others come."""
    own_api.api().create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cluster-demo"}})
    caller, options = Caller(own_api.kubeconfig(), "demo"), {"address": "192.0.2.10", "service_address": "10.96.0.1"}
    resource, steps = caller.resource(PkiResource, **options), []
    apply_step = resource.apply_step

    def apply_and_restart(step):
        steps.append(step)
        if len(steps) in (2, 6):
            own_api.restart_api_server()
        apply_step(step)

    monkeypatch.setattr(resource, "apply_step", apply_and_restart)
    assert run(resource)["changed"]
    assert len(steps) > 6
    assert caller.call(PkiResource, **options)["changed"] is False


def test_patience_ends(own_api: BareApi):
    access = kubeconfig_file.with_credentials(kubeconfig_file.read(own_api.kubeconfig(), allow_exec=False), where="test")
    api = PatientApi(access, patience=2)
    assert api.ready() and api.server_version()
    own_api.stop()
    assert api.ready() is False
    began = time.monotonic()
    with pytest.raises(Unreachable, match="connection refused"):
        api.server_version()
    assert 2 < time.monotonic() - began < 15


def test_a_server_that_never_answered_is_told_at_once(own_api: BareApi):
    api = PatientApi.from_kubeconfig(own_api.kubeconfig())
    own_api.stop()
    began = time.monotonic()
    with pytest.raises(Unreachable):
        api.server_version()
    assert time.monotonic() - began < 5
