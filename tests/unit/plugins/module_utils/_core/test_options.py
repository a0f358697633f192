# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All that is made of an option says the same."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.doc_fragments.options import MODULES
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_schema import schema
from ansible_collections.kubermatic.caas.plugins.module_utils._core.option_specs import argument_spec, documentation
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, as_variables, check_limits, from_variables

SIZE = Option("size", "How large.", choices=("small", "large"), default="small", fixed=True, staged=True)
COUNT = Option("count", ("How many.", "With O(state=on)."), type="int", least=1, most=7, required=True)
TOKEN = Option("token", "Who asks.", secret=True, environment=("TOKEN", "OLD_TOKEN"), aliases=("key",))
KEYS = Option("add_ons", "What runs.", type="dict", keys=(Option("dns", "Whether.", type="bool", default=True), Option("name", "Which.", required=True)))
NAMES = Option("names", "Which.", type="list", elements="str", choices=("a", "b"))
STATE = Option("state", "Whether it is on.", variable="node_state")


@pytest.mark.parametrize(("option", "words"), [
    (SIZE, ["How large.", "It can't change later."]), (COUNT, ["How many.", "With O(state=on).", "From 1 to 7."]),
    (TOKEN, ["Who asks.", "If not given, the environment variable E(TOKEN) or E(OLD_TOKEN) where the module runs."])], ids=str)
def test_what_is_said_in_words(option: Option, words: list[str]):
    assert option.paragraphs == words


def test_what_ansible_checks():
    spec = argument_spec((SIZE, COUNT, TOKEN, KEYS, NAMES))
    assert spec["size"] == {"type": "str", "default": "small", "choices": ["small", "large"], "no_log": False}
    assert spec["count"] == {"type": "int", "required": True, "no_log": False}
    assert spec["token"]["no_log"] and spec["token"]["aliases"] == ["key"] and spec["token"]["fallback"][1] == ["TOKEN", "OLD_TOKEN"]
    assert spec["add_ons"]["apply_defaults"] and spec["add_ons"]["options"]["dns"]["default"] is True
    assert spec["names"] == {"type": "list", "elements": "str", "choices": ["a", "b"], "no_log": False}


def test_what_the_module_tells_itself_is_not_asked_for_by_ansible():
    one = Option("version", "Which.", required=True, told_if_missing=True)
    assert "required" not in argument_spec([one])["version"] and schema([one], str)["required"] == ["version"]


def test_what_a_form_needs():
    found = schema((SIZE, COUNT, TOKEN, KEYS, NAMES), str.upper)
    assert found["required"] == ["count"]
    assert found["properties"]["size"] == {"description": "HOW LARGE. IT CAN'T CHANGE LATER.", "x-type": "str", "type": "string", "enum": ["small", "large"],
                                           "default": "small", "x-fixed": True, "x-staged": True}
    assert found["properties"]["count"] | {"minimum": 1, "maximum": 7, "type": "integer"} == found["properties"]["count"]
    assert found["properties"]["token"]["writeOnly"] and found["properties"]["names"]["items"] == {"type": "string", "enum": ["a", "b"]}
    keys = found["properties"]["add_ons"]
    assert keys["type"] == "object" and keys["properties"]["dns"]["default"] is True and keys["required"] == ["name"]


@pytest.mark.parametrize("number", [0, 8, -1])
def test_a_number_beyond_its_limits_is_refused(number: int):
    with pytest.raises(InvalidInput, match=rf"^count is {number} .*Write a number from 1 to 7"):
        check_limits([SIZE, COUNT], {"size": "small", "count": number})


@pytest.mark.parametrize("params", [{"count": 1}, {"count": 7}, {"count": None}, {}])
def test_a_number_within_them_is_not(params: dict[str, Any]):
    check_limits([SIZE, COUNT], params)


def test_options_have_the_names_of_their_variables_in_an_inventory():
    found = as_variables([*from_variables(STATE, COUNT), SIZE])
    assert [one.name for one in found] == ["node_state", "count"]
    assert found[1].paragraphs[1] == "With O(node_state=on)."


@pytest.mark.parametrize("module", MODULES)
def test_an_option_has_one_name_and_words(module: str):
    names = [name for one in MODULES[module] for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))
    for one in MODULES[module]:
        assert all(text.strip() == text and text.endswith((".", ")")) for text in one.paragraphs), one.name
        assert (one.least is None) == (one.most is None) and (one.least is None or one.type == "int"), one.name
        assert set(documentation([one])[one.name]) <= {"description", "type", "elements", "required", "default", "choices", "aliases", "suboptions"}


@pytest.mark.parametrize("module", MODULES)
def test_a_variable_means_one_thing(module: str):
    """Two options of a module never come from one variable."""
    variables = [one.variable for one in MODULES[module] if one.variable]
    assert len(variables) == len(set(variables))
