# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.module_utils.datatag import deprecate_value

from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option, from_variables
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import check_variables, plain, printed, validated, with_variables


def test_tagged_values_become_plain_ones():
    tagged = {"name": deprecate_value("demo", "old", version="9.0.0"), "sizes": [deprecate_value(3, "old", version="9.0.0"), 1.5, True, None]}
    assert tagged["name"].__class__ is not str
    result = plain(tagged)
    assert result == {"name": "demo", "sizes": [3, 1.5, True, None]}
    assert [value.__class__ for value in (result["name"], *result["sizes"])] == [str, int, float, bool, None.__class__]


def test_printed_text_can_not_steer_a_terminal():
    assert printed("\x1b[31mred\nnext") == " [31mred next"


def test_a_key_that_is_no_text_is_one_line():
    spec = {"add_ons": {"type": "dict", "options": {"coredns": {"type": "bool"}}}}
    with pytest.raises(AnsibleActionFail, match=r"^kubermatic\.caas\.cluster_spec: "):
        validated("kubermatic.caas.cluster_spec", spec, {}, {"add_ons": {"strange": 1, 1: 2}})


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1.5, "one", [], None])
def test_a_number_that_is_none_is_one_line(value: object):
    with pytest.raises(AnsibleActionFail) as error:
        validated("kubermatic.caas.pki", {"size": {"type": "int", "required": True}}, {}, {"size": value})
    assert str(error.value).startswith("kubermatic.caas.pki: ")
    assert str(error.value).isprintable()


@dataclass
class Task:
    args: dict[str, Any]
    action: str = "kubermatic.caas.cluster_spec"


class Templar:
    """Ansible's drops what is `omit`."""

    def template(self, mapping: dict[str, Any]) -> dict[str, Any]:
        return {name: value.upper() if isinstance(value, str) else value for name, value in mapping.items() if value != "omit"}


@dataclass
class Action:
    _task: Task
    _templar: Templar = field(default_factory=Templar)


OPTIONS = (*from_variables(Option("size", "How large.", aliases=("how_large",)), Option("days", "How many.", type="int", least=1, most=7),
                           Option("state", "Which.", variable="node_state", choices=("present", "absent"))), Option("pool", "Only a task says it."))


@pytest.mark.parametrize(("args", "variables", "given"), [
    ({"size": "small"}, {"size": "large"}, {"size": "small"}),
    ({"how_large": "small"}, {"size": "large"}, {"how_large": "small"}),
    ({}, {"size": "large", "node_state": "absent", "pool": "web", "state": "x"}, {"size": "LARGE", "state": "ABSENT"}),
    ({"pool": "web"}, {"size": "omit"}, {"pool": "web"}),
    ({}, {"": "x", "days": None, "size": ""}, {}), ({}, {"days": 0}, {"days": 0})], ids=str)
def test_what_a_task_leaves_out_comes_from_variables(args: dict[str, Any], variables: dict[str, Any], given: dict[str, Any]):
    assert with_variables(args, OPTIONS, variables, Templar()) == given


@pytest.mark.parametrize(("variables", "words"), [
    ({"days": "soon"}, "days"), ({"days": 8}, "days is 8 .* Write a number from 1 to 7"), ({"node_state": "gone"}, "node_state")], ids=str)
def test_what_later_tasks_will_take_is_checked(variables: dict[str, Any], words: str):
    with pytest.raises(AnsibleActionFail, match=words):
        check_variables(Action(Task({})), OPTIONS, variables)


@pytest.mark.parametrize("variables", [{}, {"days": ""}, {"days": None}, {"days": 7, "pool": [1], "unknown": "x"}], ids=str)
def test_what_is_good_or_not_said_is_no_mistake(variables: dict[str, Any]):
    check_variables(Action(Task({})), OPTIONS, variables)
