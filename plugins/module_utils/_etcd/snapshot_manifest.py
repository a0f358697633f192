# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is written beside a snapshot, and whether a snapshot can be used for a cluster."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

FORMAT = 1
_NAME = re.compile(r"(?P<cluster>[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?)-\d{8}T\d{6}Z", re.ASCII)
SNAPSHOT, MANIFEST, PART = ".snapshot", ".json", ".part"


@dataclass(frozen=True, slots=True)
class Manifest:
    """time: RFC 3339 in UTC. versions: of the cluster's record. revision: etcd had at least this one. size: of the snapshot, stored_size and
    sha256: of the file. key: fingerprint, "" if it is not encrypted."""

    format: int
    cluster: str
    uid: str
    time: str
    kubernetes_version: str
    etcd_version: str
    revision: int
    size: int
    stored_size: int
    sha256: str
    key: str

    def text(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


def manifest_of(text: str, where: str) -> Manifest:
    """Raises InvalidInput if that is no manifest, or one of a later release."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _unusable(where, f"it is no JSON: {error}") from None
    if not isinstance(found, dict) or not _is(found.get("format"), int):
        raise _unusable(where, "it names no format")
    if found["format"] > FORMAT:
        raise InvalidInput("The snapshot was taken by a later release", where=where, why=f"its format is {found['format']}, this release reads {FORMAT}",
                           fix="use that release")
    wrong = [field.name for field in fields(Manifest) if not _is(found.get(field.name), {"int": int, "str": str}[str(field.type)])]
    if wrong:
        raise _unusable(where, f"missing or of another type: {', '.join(wrong)}")
    return Manifest(**{field.name: found[field.name] for field in fields(Manifest)})


def must_be_for(manifest: Manifest, *, cluster: str, uid: str, key: str, where: str) -> None:
    """uid: of the cluster's namespace; key: fingerprint of the one that was given, "" without. Raises InvalidInput."""
    if manifest.cluster != cluster:
        raise InvalidInput(f"The snapshot is of cluster {manifest.cluster}, not of {cluster}", where=where, fix="choose one of this cluster")
    if manifest.uid != uid:
        raise InvalidInput(f"The snapshot is of another cluster {cluster}, which had this name before", where=where,
                           why=f"its namespace had UID {manifest.uid}, now it is {uid}", fix="choose one of this cluster")
    if manifest.key and not key:
        raise InvalidInput("The snapshot is encrypted", where=where, why="no key was given", fix=f"set snapshot_key_file to the key {manifest.key}")
    if manifest.key and manifest.key != key:
        raise InvalidInput("This is not the key of the snapshot", where=where, why=f"it needs key {manifest.key}, the given one is {key}",
                           fix="set snapshot_key_file to that key")


def must_be_stored(manifest: Manifest, *, size: int, sha256: str, where: str) -> None:
    """size and sha256: of the file as it is now. Raises InvalidInput."""
    if size != manifest.stored_size:
        raise InvalidInput("The snapshot is cut" if size < manifest.stored_size else "The snapshot is damaged", where=where,
                           why=f"it has {size} bytes and had {manifest.stored_size}", fix="choose another one")
    if sha256 != manifest.sha256:
        raise InvalidInput("The snapshot is damaged", where=where, why="its SHA-256 is another one than in its manifest", fix="choose another one")


def name_of(cluster: str, now: datetime) -> str:
    return f"{cluster}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def names_of(cluster: str, files: Iterable[str]) -> list[str]:
    """Whole snapshots of a cluster, the oldest first: the manifest is written last."""
    found = {*files}
    names = (file.removesuffix(MANIFEST) for file in found if file.endswith(MANIFEST))
    return sorted(name for name in names if _is_of(cluster, name) and name + SNAPSHOT in found)


def unfinished_of(cluster: str, files: Iterable[str]) -> list[str]:
    """What killed runs left: files under another name, and snapshots without manifest."""
    found = {*files}
    return sorted(file for file in found if (file.endswith(PART) and _is_of(cluster, file.partition(".")[0]))
                  or (file.endswith(SNAPSHOT) and _is_of(cluster, name := file.removesuffix(SNAPSHOT)) and name + MANIFEST not in found))


def superseded(names: list[str], kept: int) -> list[str]:
    """The oldest, if there are more than are kept. names: the oldest first."""
    return names[:max(len(names) - kept, 0)]


def _is_of(cluster: str, name: str) -> bool:
    match = _NAME.fullmatch(name)
    return bool(match and match["cluster"] == cluster)


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _unusable(where: str, why: str) -> InvalidInput:
    return InvalidInput("The manifest of the snapshot can't be used", where=where, why=why, fix="choose another snapshot")
