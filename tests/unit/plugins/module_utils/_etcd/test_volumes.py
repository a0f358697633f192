# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the volumes of etcd grow, as far as that is decided here; the API and a real seed say whether they may."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.volumes import GrowVolume, RemakeStatefulSet, plan_volumes, remade


def claim(ordinal: int, size: str, *, provisioner: str = "ebs.csi.aws.com", volume: str = "pv") -> dict[str, Any]:
    return {"metadata": {"name": f"data-etcd-{ordinal}", "annotations": {"volume.kubernetes.io/storage-provisioner": provisioner}},
            "spec": {"resources": {"requests": {"storage": size}}, **({"volumeName": volume} if volume else {})}}


def stateful_set(size: str) -> dict[str, Any]:
    template = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "creationTimestamp": None},
                "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": size}}},
                "status": {"phase": "Pending"}}
    return {"metadata": {"name": "etcd", "namespace": "cluster-demo", "uid": "1", "resourceVersion": "9", "labels": {"a": "b"}, "managedFields": []},
            "spec": {"replicas": 3, "template": {"spec": {}}, "volumeClaimTemplates": [template]}, "status": {"replicas": 3}}


@pytest.mark.parametrize(("size", "template", "claims", "steps"), [
    ("4Gi", "1Gi", [claim(1, "1Gi"), claim(0, "1Gi")], [GrowVolume(0, "4Gi"), GrowVolume(1, "4Gi"), RemakeStatefulSet("4Gi")]),
    # killed in between
    ("4Gi", "1Gi", [claim(0, "4Gi"), claim(1, "1Gi")], [GrowVolume(1, "4Gi"), RemakeStatefulSet("4Gi")]),
    ("4Gi", "4Gi", [claim(0, "4096Mi"), claim(1, "4Gi")], []),
    # a directory is as large as its disk
    ("4Gi", "1Gi", [claim(0, "1Gi", provisioner="rancher.io/local-path")], [RemakeStatefulSet("4Gi")]),
    ("4Gi", "4Gi", [claim(0, "1Gi", provisioner="rancher.io/local-path")], []),
    # it has no volume yet, and so can't grow
    ("4Gi", "4Gi", [claim(0, "1Gi", volume="")], []),
    ("", "1Gi", [claim(0, "1Gi")], []),
])
def test_what_grows(size: str, template: str, claims: list[dict[str, Any]], steps: list[Any]):
    assert [step.target for step in plan_volumes(size, stateful_set(template), claims)] == steps


def test_where_there_is_no_stateful_set_nothing_is_made_anew():
    assert plan_volumes("4Gi", None, [claim(0, "1Gi")]) == []


def test_the_stateful_set_is_the_same_but_for_its_volumes():
    anew = remade(stateful_set("1Gi"), "4Gi")
    assert anew["metadata"] == {"name": "etcd", "namespace": "cluster-demo", "labels": {"a": "b"}}
    assert anew["spec"] == {"replicas": 3, "template": {"spec": {}}, "volumeClaimTemplates": [
        {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "4Gi"}}}}]}
    assert "status" not in anew
