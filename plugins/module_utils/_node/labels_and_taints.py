# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Labels and taints of nodes, by the rules of Kubernetes: a mistake in them is an error before a machine is made for it."""
from __future__ import annotations

import re
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_NAME}", re.ASCII)
_VALUE = re.compile(rf"({_NAME})?", re.ASCII)


def _key(value: Any, what: str, where: str) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise InvalidInput(f"{what} {shown(value)} is not valid", where=where, fix="write it like example.com/name, or without the part before the '/'")
    return value


def _value(value: Any, what: str, where: str) -> str:
    if isinstance(value, str) and _VALUE.fullmatch(value):
        return value
    fix = "use at most 63 letters, digits, '-', '_' and '.'"
    if value is None or isinstance(value, (bool, int, float)):
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        fix = f'values are strings: write "{text}" in quotes'
    raise InvalidInput(f"Value {shown(value)} of {what} is not valid", where=where, fix=fix)


def labels(given: Any, where: str) -> dict[str, str]:
    """Raises InvalidInput."""
    if given is not None and not isinstance(given, dict):
        raise InvalidInput(f"labels {shown(given)} are not a mapping", where=where, fix="write them as key: value")
    return {_key(key, "Label", where): _value(value, f"label {key}", where) for key, value in (given or {}).items()}


def taints(given: Any, where: str) -> tuple[dict[str, str], ...]:
    """Each with key, value and effect. Raises InvalidInput."""
    if given is not None and not isinstance(given, (list, tuple)):
        raise InvalidInput(f"taints {shown(given)} are not a list", where=where, fix="write them as a list of key, effect and perhaps value")
    return tuple(_taint(one, where) for one in given or ())


def _taint(given: Any, where: str) -> dict[str, str]:
    if not isinstance(given, dict) or not set(given) <= {"key", "value", "effect"}:
        raise InvalidInput(f"Taint {shown(given)} is not valid", where=where, fix="give it key, effect and perhaps value, and nothing else")
    key = _key(given.get("key"), "Taint", where)
    if given.get("effect") not in EFFECTS:
        raise InvalidInput(f"Effect {shown(given.get('effect'))} of taint {key} is not known", where=where, fix=f"use {', '.join(EFFECTS)}")
    return {"key": key, "value": _value("" if given.get("value") is None else given["value"], f"taint {key}", where), "effect": given["effect"]}
