# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""With the shipped Role in a namespace that an administrator prepared, and nothing else, a cluster can be created; again changes nothing."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.info_resource import ClusterInfoResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifests_resource import ManifestsResource
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi
from api.resources import Caller
from unit.roles.rendered import ROLE, TEMPLATES, rendered, role_values

CLUSTER, NAMESPACE, OPERATOR = "operated", "cluster-operated", "olga"
ADDRESS = "198.51.100.10"
ROLE_FILE = ROLE / "files" / "operator-role.yaml"


@pytest.fixture(scope="module")
def operator(bare_api: BareApi) -> Caller:
    """A user that has the Role in the namespace of the cluster."""
    administrator = bare_api.api("system:administrator")
    administrator.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels_of_the_instruction()}})
    (role,) = [item for item in yaml.safe_load_all(ROLE_FILE.read_text()) if item]
    role["metadata"]["namespace"] = NAMESPACE
    administrator.create(role)
    administrator.create({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "operator", "namespace": NAMESPACE},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": OPERATOR}]})
    return Caller(bare_api.kubeconfig(OPERATOR, ()), CLUSTER)


def labels_of_the_instruction() -> dict[str, str]:
    """What the comment in the file tells the administrator to label the namespace with."""
    words = Path(ROLE_FILE).read_text().replace("\\\n#", " ").split("kubectl label namespace cluster-demo ")[1].splitlines()[0].split()
    return {key: value.replace("demo", CLUSTER) for key, dummy, value in (word.partition("=") for word in words)}


def everything(operator: Caller, check_mode: bool = False, wait_timeout: int = 1) -> list[dict[str, Any]]:
    """What the role control_plane does in a seed."""
    spec = operator.call(ClusterSpecResource, kubernetes_version="1.36.3", seed_address=ADDRESS)["cluster"]
    results = [operator.call(NamespaceResource, check_mode),
               operator.call(ClusterRecordResource, check_mode, phase="Creating", spec=spec),
               endpoint := operator.call(EndpointResource, check_mode, address=ADDRESS),
               pki := operator.call(PkiResource, check_mode, address=ADDRESS, service_address=spec["service_address"]),
               etcd := operator.call(EtcdMembersResource, check_mode, etcd_replicas=spec["etcd_replicas"], etcd_storage=spec["etcd_storage"])]
    values = role_values(control_plane_spec={"cluster": spec}, control_plane_endpoint=endpoint, control_plane_pki=pki, control_plane_etcd=etcd)
    texts = [rendered(template, values) for template in TEMPLATES if template.startswith("seed/")]
    # no kubelet makes anything ready here, so all goes in one wave
    texts = [text.replace("kubermatic.caas/wave:", "kubermatic.caas/former-wave:") for text in texts]
    return [*results, operator.call(ManifestsResource, check_mode, set="control-plane", manifests=texts, wait_timeout=wait_timeout)]


def test_the_role_is_enough_to_create_a_cluster(bare_api: BareApi, operator: Caller):
    with pytest.raises(NotReady):
        everything(operator)
    made = {(item["kind"], item["metadata"]["name"]) for kind in ("Deployment", "StatefulSet")
            for item in bare_api.api("system:judge").list("apps/v1", kind, NAMESPACE)}
    assert {name for dummy, name in made} == {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}


def test_once_more_there_is_nothing_to_do(operator: Caller):
    assert [step for result in everything(operator, check_mode=True) for step in result["steps"]] == []


def test_the_role_is_enough_to_look_and_to_give_back_the_lock(operator: Caller):
    (info,) = operator.call(ClusterInfoResource)["clusters"]
    assert info["phase"] == "Creating"
    assert operator.call(ClusterLockResource, state="free")["changed"] is True


def test_the_role_is_enough_to_change_the_size_of_etcd(bare_api: BareApi):
    api = bare_api.api(OPERATOR, ())
    for verb, group, resource in (("create", "", "pods/exec"), ("get", "", "pods/exec"), ("delete", "", "pods"), ("get", "", "pods/log"),
                                  ("delete", "", "persistentvolumeclaims"), ("patch", "", "persistentvolumeclaims"), ("patch", "apps", "statefulsets"),
                                  ("delete", "apps", "statefulsets")):
        assert api.allowed(verb, group, resource, NAMESPACE), f"{verb} {resource}"


def test_the_role_ends_at_the_namespace(bare_api: BareApi, operator: Caller):
    api = bare_api.api(OPERATOR, ())
    with pytest.raises(Refused):
        api.list("v1", "Secret", "kube-system")
    for verb, group, resource in (("create", "", "namespaces"), ("create", "rbac.authorization.k8s.io", "clusterroles"), ("list", "", "nodes")):
        assert not api.allowed(verb, group, resource)


def test_a_look_when_a_run_ended_right_after_the_namespace(bare_api: BareApi, cluster: str):
    """Nothing that later parts build on is there, and the look says all the same what would be made."""
    label = {"metadata": {"labels": {"kubermatic.caas/cluster": cluster}}}
    bare_api.api("system:administrator").request("PATCH", f"/api/v1/namespaces/cluster-{cluster}", body=label, content_type="application/merge-patch+json")
    caller = Caller(bare_api.kubeconfig(), cluster)
    steps = [step for result in everything(caller, check_mode=True) for step in result["steps"]]
    assert f"Create Deployment cluster-{cluster}/kube-apiserver" in steps


def test_the_end_of_the_namespace_is_the_administrators_and_the_line_says_so(operator: Caller):
    with pytest.raises(Refused, match=rf"may not delete namespace {NAMESPACE}.*administrator of the seed to run kubectl delete namespace {NAMESPACE}"):
        operator.call(NamespaceResource, state="absent", confirm=CLUSTER)
