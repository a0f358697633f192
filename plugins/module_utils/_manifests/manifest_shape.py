# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a document can be a manifest at all: what an API server would answer less clearly, or after others were written."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

# both become parts of a path
_API_VERSION = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?v[0-9][a-z0-9]{0,61}", re.ASCII)
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}", re.ASCII)
_SHAPES = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}


def check_shape(manifest: Any, *, where: str) -> None:
    """Raises InvalidInput for the first thing that no manifest has."""
    if not isinstance(manifest, dict):
        raise InvalidInput(f"A document is no manifest but {type(manifest).__name__}", where=where, fix="it must have apiVersion, kind and metadata")
    for field, pattern, sample in (("apiVersion", _API_VERSION, "apps/v1"), ("kind", _KIND, "Deployment")):
        if not isinstance(manifest.get(field), str) or not manifest[field]:
            raise InvalidInput(f"A manifest has no {field}", where=where, why=f"its name is {name_of(manifest)!r}", fix=f"set {field}")
        if not pattern.fullmatch(manifest[field]):
            raise InvalidInput(f"A manifest has {manifest[field][:80]!r} as its {field}", where=where, fix=f"write it like {sample}")
    if not isinstance(manifest.get("metadata"), dict) or not isinstance(name_of(manifest), str) or not name_of(manifest):
        raise InvalidInput(f"A {manifest['kind']} has no name", where=where, fix="set metadata.name")
    title = f"{manifest['kind']} {name_of(manifest)[:80]}"
    namespace = manifest["metadata"].get("namespace")
    if namespace is not None and not isinstance(namespace, str):
        raise InvalidInput(f"{title} has a namespace that is not a string", where=where, fix="put it in quotes")
    for field in ("labels", "annotations"):
        texts = manifest["metadata"].get(field) or {}
        if not isinstance(texts, dict) or not all(isinstance(value, str) for value in texts.values()):
            raise InvalidInput(f"{title} has {field} that are not strings", where=where, fix="put each value in quotes")
    for field in _SHAPES.get(manifest["kind"], ()):
        if not isinstance(manifest.get(field) or {}, dict):
            raise InvalidInput(f"{title} has {field} that is not a mapping", where=where, fix="write it as a mapping of keys to strings")
    if mistake := mistake_inside(manifest):
        raise InvalidInput(f"{title} {mistake.what}", where=where, fix=mistake.fix)


@dataclass(frozen=True, slots=True)
class Mistake:
    """what: follows the name of the object."""

    what: str
    fix: str


def mistake_inside(value: Any, above: tuple[int, ...] = ()) -> Mistake | None:
    """What JSON can't hold: keys that YAML read as numbers or nothing, and mappings that hold themselves."""
    if not isinstance(value, (dict, list)):
        return None
    if id(value) in above:
        return Mistake("contains a reference to itself", "write it out")
    for key in value if isinstance(value, dict) else ():
        if not isinstance(key, str):
            return Mistake(f"has the key {str(key)[:80]} that is not a string", "put it in quotes")
    parts = value.values() if isinstance(value, dict) else value
    return next(filter(None, (mistake_inside(part, (*above, id(value))) for part in parts)), None)


def name_of(manifest: dict[str, Any]) -> Any:
    metadata = manifest.get("metadata")
    return metadata.get("name") if isinstance(metadata, dict) else None
