# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster lacks to be a seed."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.fitness import Seen, default_storage_class, missing, notes

READY = {"metadata": {"name": "fra1-a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
MARK = "storageclass.kubernetes.io/is-default-class"


def storage_class(name: str, default: str, created: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {"metadata": {"name": name, "creationTimestamp": created, "annotations": {MARK: default}}}


FIT = Seen("1.36.3", [storage_class("local-path", "true")], [READY], True, "", False, [])


@pytest.mark.parametrize(("change", "line"), [
    ({"version": "1.29.9"}, "Kubernetes 1.30 or newer - the seed runs 1.29.9 - upgrade the seed"),
    ({"version": "nonsense"}, "Kubernetes 1.30 or newer"),
    ({"storage_classes": []}, "a default storage class - "),
    ({"storage_classes": [storage_class("slow", "false"), {"metadata": {"name": "bare"}}]}, "a default storage class - "),
    ({"nodes": []}, "a node that is ready - "),
    ({"nodes": [{**READY, "spec": {"unschedulable": True}}]}, "a node that is ready and takes pods - fra1-a is cordoned - "),
    ({"nodes": [{**READY, "spec": {"taints": [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]}}],
      "free": {"fra1-a": {"disk-pressure": "38 GiB of 252 free"}}}, "a node that is ready and takes pods - fra1-a has disk-pressure: 38 GiB of 252 free - "),
    ({"may_create_namespaces": False}, "the right to create namespaces - "),
    ({"may_create_namespaces": False, "namespace": "cluster-demo"}, "namespace cluster-demo - "),
    ({"missing_rights": ["secrets", "leases"]}, "the right to create secrets, leases in namespaces of clusters - "),
    ({"missing_rights": ["secrets"], "namespace": "cluster-demo", "namespace_exists": True}, "the right to create secrets in namespace cluster-demo - "),
], ids=str)
def test_each_lack_has_its_line(change: dict[str, Any], line: str):
    found = missing(replace(FIT, **change))
    assert len(found) == 1 and found[0].startswith(line) and found[0].count(" - ") == 2


@pytest.mark.parametrize("change", [
    {}, {"version": "1.30.0"}, {"storage_classes": None}, {"nodes": None},
    {"may_create_namespaces": False, "namespace": "cluster-demo", "namespace_exists": True}], ids=str)
def test_a_seed_that_lacks_nothing(change: dict[str, Any]):
    assert missing(replace(FIT, **change)) == []


def test_of_several_default_classes_the_youngest_counts():
    classes = [storage_class("a", "true"), storage_class("b", "true", "2026-02-01T00:00:00Z"), storage_class("c", "false", "2026-03-01T00:00:00Z")]
    assert default_storage_class(classes) == "b"
    assert default_storage_class([]) == default_storage_class(None) == ""


GOOD = replace(FIT, offer={"control_plane_priority_class": "system-cluster-critical"}, takes_external_ips=False,
               api_server_flags=["kube-apiserver", "--encryption-provider-config=/etc/kubernetes/pki/encryption-config.yaml"])


@pytest.mark.parametrize(("change", "beginning"), [
    ({}, ""), ({"takes_external_ips": None}, ""),
    ({"api_server_flags": None}, "Whether Secrets are encrypted in its etcd can't be seen"),
    ({"api_server_flags": ["kube-apiserver"]}, "Secrets are not encrypted in its etcd"),
    ({"takes_external_ips": True}, "It accepts Services with externalIPs"),
    ({"offer": {}}, "It offers no PriorityClass"), ({"offer": None}, "It offers no PriorityClass"),
    ({"nodes": [READY, {**READY, "spec": {"unschedulable": True}}]}, "fra1-a is cordoned"),
], ids=str)
def test_what_a_seed_does_without_is_told(change: dict[str, Any], beginning: str):
    assert [line[:len(beginning)] for line in notes(replace(GOOD, **change))] == ([beginning] if beginning else [])
