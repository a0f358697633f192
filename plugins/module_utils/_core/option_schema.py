# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options as JSON schema, from which programs make forms, surveys and pages."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option

# of Ansible -> of JSON; raw may be anything
TYPES = {"str": "string", "path": "string", "int": "integer", "bool": "boolean", "list": "array", "dict": "object"}


def schema(options: Iterable[Option], text: Callable[[str], str]) -> dict[str, Any]:
    """text: turns Ansible's markup into that of the reader."""
    options = tuple(options)
    return {"type": "object", "properties": {one.name: _property(one, text) for one in options}, "required": [one.name for one in options if one.required]}


def _property(one: Option, text: Callable[[str], str]) -> dict[str, Any]:
    """x-type: as Ansible calls it. x-fixed: it can't change later. x-staged: what can be chosen has launch stages."""
    kind = TYPES.get(one.type)
    return {"description": text(" ".join(one.paragraphs)), "x-type": one.type,
            **({"type": kind} if kind else {}),
            **({"items": {"type": TYPES[one.elements], **({"enum": list(one.choices)} if one.choices else {})}} if one.elements else {}),
            **({"enum": list(one.choices)} if one.choices and not one.elements else {}),
            **({"default": one.default} if one.default is not None else {}),
            **({"minimum": one.least, "maximum": one.most} if one.least is not None else {}),
            **({key: value for key, value in schema(one.keys, text).items() if key != "type"} if one.keys else {}),
            **({"writeOnly": True} if one.secret else {}), **({"x-fixed": True} if one.fixed else {}), **({"x-staged": True} if one.staged else {})}
