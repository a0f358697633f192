# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Labels by which things at Hetzner Cloud are known to be a cluster's, and the texts that select them."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import OWN_TAGS

CLUSTER, POOL, NAME = OWN_TAGS, f"{OWN_TAGS}-pool", f"{OWN_TAGS}-name"
_UID = re.compile(r"[0-9a-zA-Z-]{8,63}", re.ASCII)
_WHY = "it becomes a label, key:value, and each part has at most 63 letters, digits, '-', '_' and '.', and a key is there once"
_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?", re.ASCII)


def checked_uid(uid: str) -> str:
    """uid: of a cluster. Raises InvalidInput."""
    if not _UID.fullmatch(uid):
        raise InvalidInput(f"{uid[:80]!r} can't be the UID of a cluster")
    return uid


def selector(uid: str) -> dict[str, str]:
    """What a list is asked for."""
    return {"label_selector": f"{CLUSTER}={uid}"}


def of(thing: Mapping[str, Any]) -> dict[str, str]:
    """Raises ValueError."""
    labels = thing.get("labels")
    if labels is None:
        return {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise ValueError("its labels are none")
    return labels


def number(value: Any) -> int:
    """An id, which becomes part of the path of a request. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("its id is none")
    return value


def of_tags(tags: tuple[str, ...], where: str) -> dict[str, str]:
    """A user's tags: "env:prod" becomes the label env with the value prod. Raises InvalidInput."""
    found: dict[str, str] = {}
    for tag in tags:
        key, dummy, value = tag.partition(":")
        if not key or not _VALUE.fullmatch(key) or not _VALUE.fullmatch(value) or key in found:
            raise InvalidInput(f"Tag {shown(tag)} can't be given", where=where, why=_WHY, fix="write it like env:prod")
        found[key] = value
    return found
