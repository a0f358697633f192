# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Container images as the OCI image specification writes them: layers, a configuration, a manifest.

Layers are not compressed: they never leave the machine, and unpacking would cost each host more than reading.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from . import archive
from .archive import Entry
from .recipes import Image

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def with_parents(entries: Iterable[Entry]) -> list[Entry]:
    """The same with the directories that lead to them, each once and before what is in it."""
    seen: set[str] = set()
    complete = []
    for entry in entries:
        path = PurePosixPath(entry.path)
        for parent in (*reversed(path.parents), None):
            name = str(parent) if parent is not None else str(path)
            if name in seen or name == ".":
                continue
            seen.add(name)
            complete.append(Entry(name) if parent is not None else entry)
    return complete


def write_layer(blobs: Path, entries: Iterable[Entry]) -> str:
    """Hexadecimal digest of the layer, which lies in blobs under that name."""
    blobs.mkdir(parents=True, exist_ok=True)
    temporary = blobs / "layer"
    digest = archive.write(temporary, entries)
    temporary.rename(blobs / digest)
    return digest


def write_blob(blobs: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return digest


def config(image: Image, architecture: str, layers: Sequence[str]) -> bytes:
    how: dict[str, Any] = {"Env": [f"PATH={SEARCH_PATH}"], "WorkingDir": "/"}
    if image.entrypoint:
        how["Entrypoint"] = list(image.entrypoint)
    if image.command:
        how["Cmd"] = list(image.command)
    if image.user:
        how["User"] = image.user
    return _json({
        "architecture": architecture, "os": "linux", "config": how,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in layers]},
        "history": [{"created_by": "kubermatic.caas lab"} for dummy in layers],
    })


def manifest(configuration: tuple[str, int], layers: Sequence[tuple[str, int]]) -> bytes:
    """Of digests with their sizes."""
    return _json({
        "schemaVersion": 2, "mediaType": MANIFEST_TYPE,
        "config": _descriptor(CONFIG_TYPE, *configuration),
        "layers": [_descriptor(LAYER_TYPE, *layer) for layer in layers],
    })


def _descriptor(media_type: str, digest: str, size: int) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size}


def _json(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
