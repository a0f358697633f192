# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A set of manifests as its author wrote them -> objects as they are wanted in the API, each with its labels and its wave."""
from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER, LABEL_MANAGED_BY, MANAGED_BY
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import ObjectKey, annotation, key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_shape import check_shape, name_of

LABEL_SET = "kubermatic.caas/set"
WAVE = "kubermatic.caas/wave"
WAIT = "kubermatic.caas/wait"
WAITS = ("true", "false", "started")
APPLIED = "kubermatic.caas/applied"
# of a pod template, with the hash of the data of NAME: a change of the data replaces the pods
HASH = "kubermatic.caas/hash-"

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)
# what others need comes first, what runs comes last
_ORDER = ("Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "ServiceAccount", "ClusterRole", "ClusterRoleBinding",
          "Role", "RoleBinding", "NetworkPolicy", "ConfigMap", "Secret", "PersistentVolumeClaim", "Service", "Endpoints", "EndpointSlice",
          "PodDisruptionBudget")


@dataclass(frozen=True, slots=True)
class SetName:
    """Whose objects these are. cluster: name of the customer's cluster, "" for sets of the seed itself."""

    name: str
    cluster: str = ""

    def labels(self) -> dict[str, str]:
        return {LABEL_MANAGED_BY: MANAGED_BY, LABEL_SET: self.name, **({LABEL_CLUSTER: self.cluster} if self.cluster else {})}

    def selector(self) -> str:
        owner = f"{LABEL_CLUSTER}={self.cluster}" if self.cluster else f"!{LABEL_CLUSTER}"
        return f"{LABEL_SET}={self.name},{owner}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object of the set. awaited: the set is done only when it is ready.

    start_suffices: a wave after one that creates it begins as soon as its pods have started; in all other cases when it is ready.
    """

    key: ObjectKey
    manifest: dict[str, Any]
    wave: int = 0
    awaited: bool = True
    start_suffices: bool = False


def check_name(name: str) -> None:
    if not _LABEL.fullmatch(name):
        raise InvalidInput(f"Set name {name!r} is not valid", where="set", why="it becomes the value of a label",
                           fix="use up to 63 letters, digits, '-', '_' and '.'")


def wanted_objects(manifests: Iterable[Any], of: SetName, *, scope: str, is_namespaced: Callable[[str, str], bool]) -> tuple[Wanted, ...]:
    """In the order in which they are applied: by wave, then by kind, then as given.

    scope: the only namespace the set may write to, "" if it may write anywhere. is_namespaced: of (apiVersion, kind).
    """
    check_name(of.name)
    found: dict[ObjectKey, Wanted] = {}
    for manifest in manifests:
        check_shape(manifest, where=f"set {of.name}")
        wanted = _wanted(_in_namespace(manifest, of, scope, is_namespaced(manifest["apiVersion"], manifest["kind"])), of)
        if wanted.key in found:
            raise InvalidInput(f"{wanted.key} occurs twice", where=f"set {of.name}", fix="remove one of them")
        found[wanted.key] = wanted
    return tuple(sorted(found.values(), key=lambda wanted: (wanted.wave, _rank(wanted.key.kind))))


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _in_namespace(manifest: dict[str, Any], of: SetName, scope: str, namespaced: bool) -> dict[str, Any]:
    where, title = f"set {of.name}", f"{manifest['kind']} {name_of(manifest)}"
    namespace = manifest["metadata"].get("namespace") or ""
    if not namespaced:
        if scope:
            raise InvalidInput(f"{title} is not namespaced", where=where, why=f"this set may only write to namespace {scope}",
                               fix="remove it from the set")
        return manifest
    if not namespace and not scope:
        raise InvalidInput(f"{title} has no namespace", where=where, fix="set metadata.namespace, or the option namespace")
    if scope and namespace not in ("", scope):
        raise InvalidInput(f"{title} is for namespace {namespace}", where=where, why=f"this set may only write to namespace {scope}",
                           fix="remove metadata.namespace")
    return {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace or scope}}


def _wanted(manifest: dict[str, Any], of: SetName) -> Wanted:
    manifest = _with_encoded_data(manifest) if manifest["kind"] == "Secret" else manifest
    metadata = manifest["metadata"]
    complete = {**manifest, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **of.labels()}}}
    complete.pop("status", None)
    annotations = {**(metadata.get("annotations") or {}), APPLIED: fingerprint(complete)}
    complete["metadata"]["annotations"] = annotations
    wait = _wait(manifest, of)
    return Wanted(key_of(complete), complete, _wave(manifest, of), wait != "false", wait == "started")


def _wave(manifest: dict[str, Any], of: SetName) -> int:
    text = annotation(manifest, WAVE, "0")
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
        raise InvalidInput(f"{key_of(manifest)} has {text!r} as its wave", where=f"set {of.name}", fix=f'set {WAVE} to a number such as "1"')
    return int(text)


def _wait(manifest: dict[str, Any], of: SetName) -> str:
    text = annotation(manifest, WAIT, "true")
    if text not in WAITS:
        raise InvalidInput(f"{key_of(manifest)} has {text!r} as its {WAIT}", where=f"set {of.name}", fix=f"set {WAIT} to {', '.join(WAITS)}")
    return text


def _with_encoded_data(secret: dict[str, Any]) -> dict[str, Any]:
    """stringData is only for writing: as data, it can be compared and taken away again."""
    plain = secret.get("stringData")
    if not isinstance(plain, dict):
        return secret
    data = {**(secret.get("data") or {}), **{key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}}
    return {**{key: value for key, value in secret.items() if key != "stringData"}, "data": data}


def fingerprint(manifest: dict[str, Any]) -> str:
    """16 hex digits that change with anything in a manifest, except with the data that its pods have read.

    A renewal of certificates changes that data, and the pods, without the manifest.
    """
    template = (manifest.get("spec") or {}).get("template") if isinstance(manifest.get("spec"), dict) else None
    metadata = template.get("metadata") if isinstance(template, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(annotations, dict):
        annotations = {key: "" if str(key).startswith(HASH) else value for key, value in annotations.items()}
        template = {**template, "metadata": {**metadata, "annotations": annotations}}
        manifest = {**manifest, "spec": {**manifest["spec"], "template": template}}
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, default=str).encode()).hexdigest()[:16]
