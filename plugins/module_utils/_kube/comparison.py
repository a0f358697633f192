# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Wanted against live objects. A live object has more fields than its manifest, as the server fills in defaults."""
from __future__ import annotations

import hashlib
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._kube import quantity

# what the server counts for itself
_SERVERS_METADATA = {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink", "deletionTimestamp",
                     "deletionGracePeriodSeconds"}
# kubectl keeps a whole manifest there, with the data of a Secret
_COPY_OF_MANIFEST = "kubectl.kubernetes.io/last-applied-configuration"


def covers(live: Any, wanted: Any, path: tuple[str, ...] = ()) -> bool:
    """True if everything wanted is in the live object with the same value. False may also mean: the server knows better.

    Lists must have as many elements as wanted: which of them belong together is the server's knowledge.
    """
    if is_empty(wanted):
        return is_empty(live)
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(covers(live.get(key), value, (*path, key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (isinstance(live, list) and len(live) == len(wanted)
                and all(covers(one, other, path) for one, other in zip(live, wanted, strict=True)))
    if type(live) is type(wanted) and live == wanted:
        return True
    return quantity.is_quantity(path) and quantity.same(live, wanted)


def is_empty(value: Any) -> bool:
    """The server leaves out fields with such values, and shows some that were left out."""
    return value is None or value is False or value == "" or value == 0 or value == {} or value == []


def cleaned(manifest: dict[str, Any]) -> dict[str, Any]:
    """Without what the server counts and without status: the part that people write, in the order in which they write it."""
    result = {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "metadata": {}}
    result.update((key, value) for key, value in manifest.items() if key != "status")
    result["metadata"] = {key: value for key, value in manifest["metadata"].items() if key not in _SERVERS_METADATA}
    return result


def differs(live: dict[str, Any], predicted: dict[str, Any]) -> bool:
    """predicted: the answer of a dry run."""
    return cleaned(live) != cleaned(predicted)


def masked(manifest: dict[str, Any]) -> dict[str, Any]:
    """For people's eyes: a Secret's data only by fingerprints, which still tell whether it changes."""
    if manifest["kind"] != "Secret" or "/" in manifest["apiVersion"]:
        return manifest
    result = dict(manifest)
    if isinstance(manifest.get("data"), dict):
        result["data"] = {key: _fingerprint(str(value)) for key, value in manifest["data"].items()}
    annotations = manifest["metadata"].get("annotations") or {}
    if _COPY_OF_MANIFEST in annotations:
        result["metadata"] = {**manifest["metadata"], "annotations": {**annotations, _COPY_OF_MANIFEST: "(secret)"}}
    return result


def _fingerprint(text: str) -> str:
    return f"(secret, sha256 {hashlib.sha256(text.encode()).hexdigest()[:8]})"
