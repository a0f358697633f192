# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What etcd_members does where no pod runs: volumes, machines and notes. Its work on a real etcd is seen on hosts of the lab."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.members_resource import EtcdMembersResource
from api.bare_api import BareApi
from api.clusters import running
from api.resources import Caller
from api.test_cluster_spec import claim_of
from api.test_info import set_status
from unit.roles.rendered import ROLE

LABELS = {"app.kubernetes.io/name": "etcd"}


@pytest.fixture
def caller(bare_api: BareApi, cluster: str) -> Caller:
    return running(bare_api, f"etcd-{cluster}")


@pytest.fixture
def machines(bare_api: BareApi) -> Iterator[list[str]]:
    """Three machines of the seed, of which the last one is cordoned."""
    api, names = bare_api.api("system:setup"), ["m0", "m1", "m2"]
    for name in names:
        api.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
                    "spec": {"unschedulable": name == "m2"}})
        # the API taints what is new, as a controller takes that away again once the machine is ready
        patch(bare_api, f"/api/v1/nodes/{name}", {"spec": {"taints": None}})
        set_status(bare_api, f"/api/v1/nodes/{name}", {"conditions": [{"type": "Ready", "status": "True"}]})
    yield names
    for name in names:
        api.delete("v1", "Node", name)


def patch(bare_api: BareApi, path: str, body: dict[str, Any]) -> None:
    bare_api.api("system:setup").request("PATCH", path, body=body, content_type="application/merge-patch+json")


def make_stateful_set(bare_api: BareApi, namespace: str, storage: str) -> None:
    bare_api.api("system:setup").create({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "etcd", "namespace": namespace, "labels": LABELS},
        "spec": {"serviceName": "etcd", "replicas": 1, "selector": {"matchLabels": LABELS},
                 "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "etcd", "image": "etcd:1"}]}},
                 "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                     "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}}]}})


def size_of_volume(bare_api: BareApi, namespace: str) -> str:
    claim = bare_api.api("system:judge").get("v1", "PersistentVolumeClaim", "data-etcd-0", namespace)
    return claim["spec"]["resources"]["requests"]["storage"]


def test_a_volume_grows_and_then_is_left_alone(bare_api: BareApi, caller: Caller):
    name, namespace = f"fast-{caller.cluster}", f"cluster-{caller.cluster}"
    bare_api.api("system:setup").create({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
                                         "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": True})
    claim_of(bare_api, namespace, name, "ebs.csi.aws.com")
    caller.call(EtcdMembersResource, etcd_replicas=1)
    make_stateful_set(bare_api, namespace, "8Gi")
    wanted = {"etcd_replicas": 1, "etcd_storage": "8Gi"}
    looked = caller.call(EtcdMembersResource, check_mode=True, **wanted)
    assert looked["steps"] == ["Grow the volume of etcd-0 from 4Gi to 8Gi"]
    assert size_of_volume(bare_api, namespace) == "4Gi"
    assert caller.call(EtcdMembersResource, **wanted)["steps"] == looked["steps"]
    assert size_of_volume(bare_api, namespace) == "8Gi"
    with bare_api.watched() as seen:
        assert caller.call(EtcdMembersResource, **wanted)["steps"] == []
    assert seen.writes == []


def test_a_look_at_a_stateful_set_that_is_to_be_made_anew_keeps_others_from_it(bare_api: BareApi, caller: Caller):
    make_stateful_set(bare_api, f"cluster-{caller.cluster}", "1Gi")
    looked = caller.call(EtcdMembersResource, check_mode=True, etcd_replicas=1, etcd_storage="4Gi")
    assert looked["steps"][0] == "Recreate the StatefulSet of etcd with volumes of 4Gi; its pods keep running"
    assert looked["leave"] == ["StatefulSet/etcd"]


def test_new_members_wait_until_each_has_a_machine(bare_api: BareApi, caller: Caller, machines: list[str]):
    with bare_api.watched() as seen, pytest.raises(NotReady, match=r"Each has a machine of the seed of its own, and 2 of the 3 .*m2 is cordoned"):
        caller.call(EtcdMembersResource, etcd_replicas=3)
    assert seen.writes == []
    assert caller.call(EtcdMembersResource, check_mode=True, etcd_replicas=1)["spread"] is True
    patch(bare_api, "/api/v1/nodes/m2", {"spec": {"unschedulable": None}})
    result = caller.call(EtcdMembersResource, etcd_replicas=3)
    assert (result["spread"], result["away"], result["leave"]) == (True, [], [])
    assert result["steps"] == ["Note the members to form a new etcd: etcd-0, etcd-1, etcd-2"]


def test_where_nobody_may_see_machines_members_are_made_as_ever(bare_api: BareApi, caller: Caller, machines: list[str]):
    namespace = f"cluster-{caller.cluster}"
    (role,) = [item for item in yaml.safe_load_all((ROLE / "files" / "operator-role.yaml").read_text()) if item]
    role["metadata"]["namespace"] = namespace
    group = "rbac.authorization.k8s.io"
    for item in (role, {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": "olga", "namespace": namespace},
                        "roleRef": {"apiGroup": group, "kind": "Role", "name": role["metadata"]["name"]},
                        "subjects": [{"apiGroup": group, "kind": "User", "name": "olga"}]}):
        bare_api.api("system:setup").create(item)
    olga = Caller(bare_api.kubeconfig("olga", ()), caller.cluster)
    assert olga.call(EtcdMembersResource, check_mode=True, etcd_replicas=3)["spread"] is False
