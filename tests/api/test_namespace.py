# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The namespace of a cluster against a real API, with the real controller that ends namespaces."""
from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource, Seen
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput, LockHeld, NotReady
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from api.bare_api import BareApi
from api.resources import Caller

_numbers = itertools.count(1)


pytestmark = pytest.mark.usefixtures("namespace_controller")


@pytest.fixture
def caller(bare_api: BareApi) -> Caller:
    return Caller(bare_api.kubeconfig(), f"place{next(_numbers)}")


def namespace(caller: Caller, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"cluster-{caller.cluster}", "labels": labels}}


def volume(caller: Caller, policy: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"pv-{caller.cluster}"},
            "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": policy,
                     "hostPath": {"path": "/nowhere"},
                     "claimRef": {"kind": "PersistentVolumeClaim", "namespace": f"cluster-{caller.cluster}", "name": "data"}}}


def remove_volume(api: KubeApi, caller: Caller) -> None:
    """As the controllers of a volume do."""
    name = f"pv-{caller.cluster}"
    api.delete("v1", "PersistentVolume", name)
    found = api.get("v1", "PersistentVolume", name)
    if found is not None:
        api.replace({**found, "metadata": {**found["metadata"], "finalizers": []}})


def operator(bare_api: BareApi, caller: Caller) -> Caller:
    """The same cluster, by someone who only has a Role in its namespace."""
    user, place = f"operator-{caller.cluster}", f"cluster-{caller.cluster}"
    admin = bare_api.api("system:setup")
    rules = [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update"]},
             {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}]
    admin.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "operator", "namespace": place}, "rules": rules})
    admin.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "operator", "namespace": place},
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "operator"},
                  "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]})
    return Caller(bare_api.kubeconfig(user, ()), caller.cluster)


def test_create_once_with_labels_and_lock(bare_api: BareApi, caller: Caller):
    place = f"cluster-{caller.cluster}"
    with bare_api.watched() as seen:
        check = caller.call(NamespaceResource, check_mode=True)
    assert seen.writes == [] and check["steps"] == [f"Create Namespace {place}"]
    with bare_api.watched() as seen:
        assert caller.call(NamespaceResource)["changed"]
    assert seen.writes == [f"patch namespaces {place}/{place}", f"create leases {place}/cluster-lock"]
    labels = bare_api.api().get("v1", "Namespace", place)["metadata"]["labels"]
    assert {"kubermatic.caas/cluster": caller.cluster, "app.kubernetes.io/managed-by": "kubermatic.caas",
            "pod-security.kubernetes.io/enforce": "restricted"}.items() <= labels.items()
    with bare_api.watched() as seen:
        assert not caller.call(NamespaceResource)["changed"]
    assert seen.writes == []


def test_a_label_that_was_changed_comes_back(bare_api: BareApi, caller: Caller):
    caller.call(NamespaceResource)
    api = bare_api.api()
    found = api.get("v1", "Namespace", f"cluster-{caller.cluster}")
    found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "privileged"
    api.replace(found)
    result = caller.call(NamespaceResource)
    assert result["steps"] == [f"Label Namespace cluster-{caller.cluster}"] and "privileged" in result["diff"][0]["before"]
    assert not caller.call(NamespaceResource)["changed"]


def test_two_runs_create_it_and_one_goes_on(bare_api: BareApi, caller: Caller):
    callers = [Caller(caller.seed_kubeconfig, caller.cluster, holder=f"user@ops{number} pid {number} 1/cccccccc") for number in range(4)]
    start, outcomes = threading.Barrier(4), []

    def create(one: Caller) -> None:
        start.wait()
        try:
            one.call(NamespaceResource)
        except LockHeld:
            outcomes.append("held")
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=create, args=(one,)) for one in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # a run that came so late that nothing was left to do needs no lock
    lock = callers[0].resource(NamespaceResource).lock.read()
    assert lock is not None and lock.holder in {one.holder for one in callers}
    assert outcomes.count("done") >= 1


def test_a_namespace_of_somebody_else_is_not_touched(bare_api: BareApi, caller: Caller):
    bare_api.api("system:setup").create(namespace(caller, team="payments"))
    with bare_api.watched() as seen:
        for params in ({}, {"state": "absent", "confirm": caller.cluster}):
            with pytest.raises(InvalidInput, match="exists and belongs to another owner"):
                caller.call(NamespaceResource, **params)
    assert seen.writes == []


def test_with_a_role_the_namespace_is_used_as_it_is(bare_api: BareApi, caller: Caller):
    bare_api.api("system:setup").create(namespace(caller))
    with bare_api.watched() as seen:
        assert not operator(bare_api, caller).call(NamespaceResource)["changed"]
    assert [write for write in seen.writes if "role" not in write] == []


def test_deletion_needs_the_name_again(bare_api: BareApi, caller: Caller):
    caller.call(NamespaceResource)
    with bare_api.watched() as seen:
        for confirm in ({}, {"confirm": "other"}):
            with pytest.raises(InvalidInput, match=f"-e confirm={caller.cluster}"):
                caller.call(NamespaceResource, state="absent", **confirm)
    assert seen.requests == []


def test_delete_with_proof(bare_api: BareApi, caller: Caller):
    caller.call(NamespaceResource)
    with bare_api.watched() as seen:
        check = caller.call(NamespaceResource, check_mode=True, state="absent", confirm=caller.cluster)
    assert seen.writes == [] and check["steps"] == [f"Delete Namespace cluster-{caller.cluster} with everything in it"]
    result = caller.call(NamespaceResource, state="absent", confirm=caller.cluster)
    assert result["changed"] and result["residual"] == [] and result["unchecked"] == []
    assert bare_api.api().get("v1", "Namespace", f"cluster-{caller.cluster}") is None
    assert "are gone after" in caller.lines[-1]
    with bare_api.watched() as seen:
        assert not caller.call(NamespaceResource, state="absent", confirm=caller.cluster)["changed"]
    assert seen.writes == []


def test_pods_and_claims_of_a_namespace_that_goes_end_at_once(bare_api: BareApi, caller: Caller):
    """Kubernetes itself gives them 5 seconds first, pods their 30, and looks at claims afterwards. No kubelet is here, so the pod stays."""
    api, place = bare_api.api("system:setup"), f"cluster-{caller.cluster}"
    caller.call(NamespaceResource)
    spec = {"nodeName": "fra1-a", "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, "containers": [
        {"name": "etcd", "image": "example.org/etcd", "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}]}
    labels = {"app.kubernetes.io/name": "etcd"}
    api.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "etcd-0", "namespace": place, "labels": labels}, "spec": spec})
    api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-etcd-0", "namespace": place},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "4Gi"}}}})
    with bare_api.watched() as seen, pytest.raises(NotReady, match="is not gone after"):
        caller.call(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=2)
    deleted = [write for write in seen.writes if write.startswith("delete")]
    assert deleted[0].split()[1] == "namespaces"
    assert sorted(line.split()[1] for line in deleted[1:]) == ["persistentvolumeclaims", "pods"]
    assert api.get("v1", "Pod", "etcd-0", place)["metadata"]["deletionGracePeriodSeconds"] == 1
    claim = api.get("v1", "PersistentVolumeClaim", "data-etcd-0", place)
    assert claim["metadata"]["deletionTimestamp"]
    # as a kubelet does when its containers have ended, and then the controller that protects claims
    api.delete("v1", "Pod", "etcd-0", place, grace_period=0)
    api.replace({**claim, "metadata": {**claim["metadata"], "finalizers": []}})
    assert caller.call(NamespaceResource, state="absent", confirm=caller.cluster)["residual"] == []


def test_a_cluster_that_somebody_makes_anew_meanwhile_keeps_what_it_has(bare_api: BareApi, caller: Caller):
    """The namespace of that name is not ending, so its claims are another cluster's data."""
    api, place = bare_api.api("system:setup"), f"cluster-{caller.cluster}"
    api.create(namespace(caller))
    api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-etcd-0", "namespace": place},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "4Gi"}}}})
    resource = caller.resource(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=1)
    with bare_api.watched() as seen, pytest.raises(NotReady, match="is not gone after"):
        resource.finish(Seen(None), Plan())
    assert seen.writes == []


def test_a_volume_that_stays_is_named(bare_api: BareApi, caller: Caller):
    api = bare_api.api("system:setup")
    caller.call(NamespaceResource)
    api.create(volume(caller, "Retain"))
    for _again in range(2):
        with pytest.raises(NotReady, match=rf"is not gone .*PersistentVolume pv-{caller.cluster} \(.*reclaim policy Retain\) left"):
            caller.call(NamespaceResource, state="absent", confirm=caller.cluster)
    remove_volume(api, caller)


def test_a_volume_that_is_about_to_go_is_waited_for(bare_api: BareApi, caller: Caller):
    api = bare_api.api("system:setup")
    api.create(volume(caller, "Delete"))
    with pytest.raises(NotReady, match="not gone after"):
        caller.call(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=1)
    timer = threading.Timer(1.5, remove_volume, (api, caller))
    timer.start()
    result = caller.call(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=20)
    timer.join()
    assert result["residual"] == [] and not result["changed"]


def test_a_deletion_that_was_cut_off_is_finished(bare_api: BareApi, caller: Caller):
    """A finalizer holds the namespace, as a pod that ends slowly would."""
    api = bare_api.api("system:setup")
    caller.call(NamespaceResource)
    place = f"cluster-{caller.cluster}"
    api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "slow", "namespace": place, "finalizers": ["example.org/slow"]}})
    with pytest.raises(NotReady, match=rf"Namespace {place} \(.*example.org/slow.*\) left"):
        caller.call(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=8)
    with pytest.raises(NotReady, match="is being deleted"):
        caller.call(NamespaceResource)
    slow = api.get("v1", "ConfigMap", "slow", place)
    slow["metadata"]["finalizers"] = []
    api.replace(slow)
    result = caller.call(NamespaceResource, state="absent", confirm=caller.cluster)
    assert result["residual"] == []


def test_nobody_deletes_what_another_run_changes(bare_api: BareApi, caller: Caller):
    caller.call(NamespaceResource)
    other = Caller(caller.seed_kubeconfig, caller.cluster, holder="bob@ops2 pid 22 2/bbbbbbbb")
    with pytest.raises(LockHeld):
        other.call(NamespaceResource, state="absent", confirm=caller.cluster)
    assert bare_api.api().get("v1", "Namespace", f"cluster-{caller.cluster}") is not None


def test_an_operator_sees_what_could_not_be_proved(bare_api: BareApi, caller: Caller):
    result = Caller(bare_api.kubeconfig("nobody", ()), caller.cluster)
    with pytest.raises(CaasError, match="may not read Namespace"):
        result.call(NamespaceResource, state="absent", confirm=caller.cluster, wait_timeout=5)
