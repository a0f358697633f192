# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task says: an option that is left out, null or empty was not given, however a survey or an inventory spells that."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def said(given: Any, spec: Mapping[str, Mapping[str, Any]]) -> Any:
    """The options of a task without those that were not given, at any depth. A required option stays, so that the error for its absence names it.

    An empty text stays where it may be a value of its own: for a text that has no default, no choices, and no other source.
    """
    if not isinstance(given, Mapping):
        return given
    return {name: _inside(value, spec[name]) if name in spec else value for name, value in given.items()
            if name not in spec or not _is_not_given(value, spec[name])}


def _is_not_given(value: Any, option: Mapping[str, Any]) -> bool:
    if option.get("required"):
        return False
    if value is None:
        return True
    if not isinstance(value, str) or value:
        return False
    return option.get("type", "str") not in ("str", "path") or option.get("default") is not None or "choices" in option or "fallback" in option


def _inside(value: Any, option: Mapping[str, Any]) -> Any:
    spec = option.get("options")
    if spec and isinstance(value, (list, tuple)):
        return [said(one, spec) for one in value]
    return said(value, spec) if spec else value
