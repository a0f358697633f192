# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Volumes that still hang on a node whose pods have left."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Object = Mapping[str, Any]


def attached(attachments: Iterable[Object], node: str) -> set[str]:
    """Names of the PersistentVolumes that are attached to the node, or are being attached or detached."""
    specs = [one.get("spec") or {} for one in attachments]
    return {spec["source"]["persistentVolumeName"] for spec in specs
            if spec.get("nodeName") == node and (spec.get("source") or {}).get("persistentVolumeName")}


def claims(pod: Object) -> set[str]:
    """Names of the PersistentVolumeClaims that the pod uses, in its namespace."""
    volumes = (pod.get("spec") or {}).get("volumes") or ()
    return {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if (volume.get("persistentVolumeClaim") or {}).get("claimName")}
