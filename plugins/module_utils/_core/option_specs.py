# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Options as Ansible wants to be told of them: an argument spec, and documentation."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option


def argument_spec(options: Iterable[Option]) -> dict[str, Any]:
    return {one.name: _entry(one) for one in options}


def _entry(one: Option) -> dict[str, Any]:
    """no_log is always said: Ansible guesses it from names such as key_type."""
    return {**_shape(one), "no_log": one.secret,
            **({"options": argument_spec(one.keys)} if one.keys else {}),
            **({"apply_defaults": True} if one.keys and one.type == "dict" and not one.required else {}),
            **({"fallback": (env_fallback, list(one.environment))} if one.environment else {})}


def documentation(options: Iterable[Option]) -> dict[str, Any]:
    """What stands under `options` of a module or a role."""
    return {one.name: _page(one) for one in options}


def _page(one: Option) -> dict[str, Any]:
    paragraphs = one.paragraphs
    return {"description": paragraphs if len(paragraphs) > 1 else paragraphs[0], **_shape(one),
            **({"suboptions": documentation(one.keys)} if one.keys else {})}


def _shape(one: Option) -> dict[str, Any]:
    """What both say in the same words."""
    return {"type": one.type,
            **({"elements": one.elements} if one.elements else {}),
            **({"required": True} if one.required and not one.told_if_missing else {}),
            **({"default": one.default} if one.default is not None else {}),
            **({"choices": list(one.choices)} if one.choices else {}),
            **({"aliases": list(one.aliases)} if one.aliases else {})}
