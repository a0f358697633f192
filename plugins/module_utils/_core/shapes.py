# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an answer must look like before anything reads it. Who answers may be a customer, or a proxy in between.

A shape is a type (str, int, bool, dict, object for anything), [shape] for a list, {str: shape} for a mapping with any keys, or {"field": shape, ...}
for an object: it may lack these fields, but for those written "field!", and have others.
"""
from __future__ import annotations

from typing import Any

Shape = Any
LONGEST_NAME = 253
_NAMES = {str: "text", int: "a number", bool: "true or false", dict: "an object", list: "a list"}

CONDITION: Shape = {"type": str, "status": str, "reason": str, "message": str}
METADATA: Shape = {
    "name": str, "namespace": str, "uid": str, "resourceVersion": str, "generation": int, "creationTimestamp": str, "deletionTimestamp": str,
    "labels": {str: str}, "annotations": {str: str}, "finalizers": [str],
    "ownerReferences": [{"apiVersion": str, "kind": str, "name": str, "uid": str, "controller": bool}],
    "managedFields": [{"manager": str, "operation": str, "time": str, "subresource": str, "fieldsV1": {"f:metadata": {"f:labels": {str: object}}}}]}
_ENDED: Shape = {"reason": str, "message": str, "exitCode": int}
_STATE: Shape = {"waiting": {"reason": str, "message": str}, "terminated": _ENDED, "running": {"startedAt": str}}
_CONTAINER: Shape = {"name!": str, "ready": bool, "restartCount": int, "state": _STATE, "lastState": _STATE}
_REPLICAS: Shape = {"conditions": [CONDITION], "observedGeneration": int, "replicas": int, "readyReplicas": int, "updatedReplicas": int,
                    "availableReplicas": int}
_SELECTOR: Shape = {"matchLabels": {str: str}}
_WORKLOAD: Shape = {"replicas": int, "selector": _SELECTOR, "template": dict, "updateStrategy": {"type": str, "rollingUpdate": {"partition": int}}}
_DATA: Shape = {"data": {str: str}}
_OF_KIND: dict[tuple[str, str], Shape] = {
    ("v1", "Node"): {
        "spec": {"podCIDR": str, "providerID": str, "unschedulable": bool, "taints": [{"key!": str, "value": str, "effect!": str}]},
        "status": {"conditions": [CONDITION], "addresses": [{"type": str, "address!": str}],
                   "nodeInfo": {"machineID": str, "kubeletVersion": str, "osImage": str, "architecture": str}}},
    ("v1", "Pod"): {
        "metadata": {**METADATA, "namespace!": str, "uid!": str},
        "spec": {"nodeName": str, "volumes": [{"name": str, "persistentVolumeClaim": {"claimName": str}}]},
        "status": {"conditions": [CONDITION], "phase": str, "reason": str, "message": str, "podIP": str, "initContainerStatuses": [_CONTAINER],
                   "containerStatuses": [_CONTAINER]}},
    ("v1", "PersistentVolume"): {
        "spec": {"csi": {"driver": str, "volumeHandle": str}, "claimRef": {"name": str, "namespace": str, "uid": str},
                 "persistentVolumeReclaimPolicy": str},
        "status": {"phase": str}},
    ("v1", "PersistentVolumeClaim"): {"spec": {"volumeName": str}},
    ("storage.k8s.io/v1", "VolumeAttachment"): {"spec": {"attacher": str, "nodeName": str, "source": {"persistentVolumeName": str}}},
    ("v1", "Service"): {
        "spec": {"type": str, "clusterIP": str, "ports": [{"name": str, "port": int, "nodePort": int}]},
        "status": {"loadBalancer": {"ingress": [{"ip": str, "hostname": str}]}}},
    ("v1", "Namespace"): {"status": {"phase": str, "conditions": [CONDITION]}},
    ("v1", "ConfigMap"): _DATA,
    ("v1", "Secret"): {**_DATA, "type": str},
    ("v1", "Event"): {"type": str, "reason": str, "message": str, "lastTimestamp": str, "eventTime": str},
    ("apps/v1", "Deployment"): {"spec": _WORKLOAD, "status": _REPLICAS},
    ("apps/v1", "StatefulSet"): {"spec": _WORKLOAD, "status": _REPLICAS},
    ("apps/v1", "DaemonSet"): {"spec": _WORKLOAD, "status": {
        "conditions": [CONDITION], "observedGeneration": int, "desiredNumberScheduled": int, "updatedNumberScheduled": int, "numberAvailable": int}},
    ("batch/v1", "Job"): {"spec": {"completions": int}, "status": {"conditions": [CONDITION], "succeeded": int}},
    ("policy/v1", "PodDisruptionBudget"): {"metadata": {**METADATA, "namespace!": str}, "spec": {"selector": _SELECTOR}},
    ("coordination.k8s.io/v1", "Lease"): {
        "spec": {"holderIdentity": str, "acquireTime": str, "renewTime": str, "leaseDurationSeconds": int, "leaseTransitions": int}},
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent"): {"spec": {"driver": str, "source": {"snapshotHandle": str}}, "status": {"snapshotHandle": str}},
    ("apiregistration.k8s.io/v1", "APIService"): {"status": {"conditions": [CONDITION]}},
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): {"status": {"conditions": [CONDITION]}},
}
KUBEADM: Shape = {"kind": str, "controlPlaneEndpoint": str, "nodeRegistration": {"taints": [dict]}, "localAPIEndpoint": {"advertiseAddress!": str}}
LIST: Shape = {"metadata": {"continue": str, "resourceVersion": str}, "items": [dict]}
DISCOVERY: Shape = {"resources": [{"name": str, "kind": str, "namespaced": bool}]}
VERSION: Shape = {"gitVersion": str}
REVIEW: Shape = {"status": {"allowed": bool}}
STATUS: Shape = {"reason": str, "message": str, "code": int, "details": {"causes": [{"reason": str, "message": str, "field": str}]}}


def fitting(value: Any, shape: Shape, where: str = "the answer") -> Any:
    """The value, without the known fields that are null. Raises ValueError with the first place that has another shape."""
    if isinstance(shape, list):
        _must(isinstance(value, list), where, "a list")
        return [fitting(item, shape[0], f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(shape, dict):
        _must(isinstance(value, dict), where, "an object")
        if str in shape:
            return {key: fitting(item, shape[str], f"{where}.{key}") for key, item in value.items() if item is not None}
        known = {key.rstrip("!"): inner for key, inner in shape.items()}
        # null stands for a field that is not set
        fits = {key: fitting(value[key], inner, f"{where}.{key}") for key, inner in known.items() if value.get(key) is not None}
        for key in shape:
            _must(not key.endswith("!") or key.rstrip("!") in fits, f"{where}.{key.rstrip('!')}", "there")
        return {key: fits.get(key, item) for key, item in value.items() if key in fits or key not in known}
    if shape is not object:
        _must(isinstance(value, shape) and not (shape is int and isinstance(value, bool)), where, _NAMES[shape])
    return value


def _must(fits: bool, where: str, name: str) -> None:
    if not fits:
        raise ValueError(f"{where[:200]} is not {name}")


def as_object(value: Any, api_version: str, kind: str, where: str = "the answer") -> dict[str, Any]:
    """A Kubernetes object of that kind. Raises ValueError."""
    found = fitting(value, {"apiVersion": str, "kind": str, "metadata": METADATA, **_OF_KIND.get((api_version, kind), {})}, where)
    said = (found.get("apiVersion", api_version), found.get("kind", kind))
    if said != (api_version, kind):
        raise ValueError(f"{where} is {said[1][:80]} of {said[0][:80]}, not {kind} of {api_version}")
    if not 0 < len(found.get("metadata", {}).get("name", "")) <= LONGEST_NAME:
        raise ValueError(f"{where} has no valid name")
    return {"apiVersion": api_version, "kind": kind, **found}


def as_list(value: Any, api_version: str, kind: str) -> tuple[list[dict[str, Any]], str]:
    """The objects of one page, and by what the next one is asked for, "" after the last. Raises ValueError."""
    found = fitting(value, LIST)
    if "items" not in found and not str(found.get("kind", "")).endswith("List"):
        raise ValueError("the answer is not a list of objects")
    items = [as_object(item, api_version, kind, f"item {number}") for number, item in enumerate(found.get("items", []))]
    return items, found.get("metadata", {}).get("continue", "")
