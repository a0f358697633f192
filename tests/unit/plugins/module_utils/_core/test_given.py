# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Left out, null and empty mean the same for every option of every module that may be left out."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.doc_fragments.options import MODULES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.given import said
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated

ROOT = Path(__file__).resolve().parents[5]
GOOD = {"str": "x", "path": "/x", "int": 1, "bool": True, "list": [], "dict": {"x": "y"}, "raw": "x"}


SPECS = {name: argument_spec(options) for name, options in MODULES.items()}


def required(spec: dict[str, Any]) -> dict[str, Any]:
    return {name: (one.get("choices") or [GOOD[one.get("type", "str")]])[0] for name, one in spec.items() if one.get("required")}


def optional() -> list[tuple[str, str]]:
    return [(name, option) for name, spec in SPECS.items() for option, one in spec.items() if not one.get("required")]


def test_all_modules_are_looked_at():
    assert set(SPECS) == {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}


@pytest.mark.parametrize(("name", "option"), optional())
def test_null_and_empty_are_left_out(name: str, option: str):
    spec = SPECS[name]
    without = validated(name, spec, {}, required(spec))
    assert validated(name, spec, {}, {**required(spec), option: None}) == without
    # a text that has no default may be empty; whoever reads it takes "" for nothing said
    assert {**validated(name, spec, {}, {**required(spec), option: ""}), option: without[option]} == without


def test_what_is_inside_is_looked_at():
    spec = {"add_ons": {"type": "dict", "options": {"coredns": {"type": "bool", "default": True}}},
            "rows": {"type": "list", "elements": "dict", "options": {"size": {"type": "int"}, "name": {"type": "str", "required": True}}}}
    given = {"add_ons": {"coredns": None}, "rows": [{"size": "", "name": ""}, {"size": 3, "name": "a"}]}
    assert said(given, spec) == {"add_ons": {}, "rows": [{"name": ""}, {"size": 3, "name": "a"}]}


def test_zero_and_false_are_answers():
    spec = {"count": {"type": "int", "default": 1}, "on": {"type": "bool", "default": True}}
    assert said({"count": 0, "on": False}, spec) == {"count": 0, "on": False}


def test_a_required_option_is_missed_by_its_name():
    spec = {"kubernetes_version": {"type": "raw", "required": True}}
    assert said({"kubernetes_version": None}, spec) == {"kubernetes_version": None}


def test_what_no_option_is_stays_to_be_refused():
    assert said({"kubernets": "", "cidr": None}, {}) == {"kubernets": "", "cidr": None}


def test_an_empty_text_that_means_something_stays():
    assert said({"last_error": ""}, {"last_error": {"type": "str"}}) == {"last_error": ""}
