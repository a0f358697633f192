# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who has the operator's Role diverts no connections of others. Seeds that are built have an admission plugin for it, which is seen on hosts of the lab;
for other seeds the role seed has a policy, which is tried here."""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.info_resource import SeedInfoResource
from api.bare_api import BareApi
from api.resources import Caller
from unit.roles.rendered import ROLE

POLICY = ROLE.parent / "seed" / "files" / "deny-external-ips.yaml"
OPERATOR_ROLE = ROLE / "files" / "operator-role.yaml"


@pytest.fixture
def operator(bare_api: BareApi, cluster: str) -> Caller:
    """Has the operator's Role in the namespace of a cluster."""
    name = f"ips-{cluster}"
    Caller(bare_api.kubeconfig(), name).call(NamespaceResource)
    administrator, namespace = bare_api.api("system:administrator"), f"cluster-{name}"
    role, = [item for item in yaml.safe_load_all(OPERATOR_ROLE.read_text()) if item]
    role["metadata"]["namespace"] = namespace
    administrator.create(role)
    administrator.create({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "operator", "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "otto"}]})
    return Caller(bare_api.kubeconfig("otto", ()), name)


@pytest.fixture
def policy(bare_api: BareApi) -> Iterator[None]:
    administrator = bare_api.api("system:administrator")
    documents = yaml.safe_load(POLICY.read_text())["items"]
    for item in documents:
        administrator.apply(item)
    yield
    for item in reversed(documents):
        administrator.delete(item["apiVersion"], item["kind"], item["metadata"]["name"])


def service(namespace: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "diverted", "namespace": namespace},
            "spec": {"ports": [{"port": 31443}], **spec}}


def refused(api: KubeApi, manifest: dict[str, Any]) -> str:
    """The line by which the API refuses it; it takes a moment to know a new policy."""
    end = time.monotonic() + 30
    while True:
        try:
            api.apply(manifest, dry_run=True)
        except (Refused, ApiError) as error:
            return error.line()
        assert time.monotonic() < end, "not refused"
        time.sleep(0.2)


def test_an_operator_is_refused_external_ips_by_the_policy(bare_api: BareApi, operator: Caller, policy: None):
    namespace = f"cluster-{operator.cluster}"
    api = KubeApi.from_kubeconfig(operator.seed_kubeconfig)
    assert "have no externalIPs" in refused(api, service(namespace, externalIPs=["198.51.100.10"]))
    assert "lead to no other name" in refused(api, service(namespace, type="ExternalName", externalName="internal.example.org"))
    # what control planes are made of
    for spec in ({"type": "NodePort"}, {"type": "LoadBalancer"}, {"clusterIP": "None"}):
        api.apply(service(namespace, **spec), dry_run=True)
    # others' namespaces are their own business
    bare_api.api("system:administrator").apply(service("default", externalIPs=["198.51.100.10"]), dry_run=True)
    assert not [line for line in operator.call(SeedInfoResource)["notes"] if "externalIPs" in line]


def test_a_seed_without_it_is_told(operator: Caller):
    end = time.monotonic() + 30
    # a policy of the test before is forgotten a moment after it is gone
    while not [line for line in operator.call(SeedInfoResource)["notes"] if line.startswith("It accepts Services with externalIPs")]:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_look_makes_no_service(bare_api: BareApi, operator: Caller):
    with bare_api.watched() as seen:
        operator.call(SeedInfoResource)
    assert seen.writes == []
    with pytest.raises(CaasError):
        bare_api.api("nobody", ()).list("v1", "Service")
