# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Labels and taints by the rules of Kubernetes."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node import labels_and_taints as node_marks


def test_what_kubernetes_takes():
    assert node_marks.labels({"example.com/disk": "ssd", "plain": ""}, "here") == {"example.com/disk": "ssd", "plain": ""}
    assert node_marks.taints([{"key": "only", "effect": "NoSchedule"}], "here") == ({"key": "only", "value": "", "effect": "NoSchedule"},)
    assert node_marks.labels(None, "here") == {} and node_marks.taints(None, "here") == ()


@pytest.mark.parametrize("given", [["disk"], {"-a": "b"}, {"a": True}, {"a": 1}, {"a": "b c"}, {"a": "x" * 64}, {"/a": "b"}, {"a": "{{ 7*7 }}"}, {7: "b"}])
def test_labels_that_are_none(given: Any):
    with pytest.raises(InvalidInput):
        node_marks.labels(given, "here")


@pytest.mark.parametrize("given", ["only", [["key"]], [{"key": "a"}], [{"key": "a", "effect": "Never"}], [{"key": "a", "effect": "NoSchedule", "more": "b"}],
                                   [{"key": "a b", "effect": "NoSchedule"}], [{"key": "a", "value": "b c", "effect": "NoSchedule"}]])
def test_taints_that_are_none(given: Any):
    with pytest.raises(InvalidInput):
        node_marks.taints(given, "here")


@pytest.mark.parametrize(("value", "written"), [(True, "true"), (False, "false"), (1, "1"), (None, "")])
def test_a_value_that_yaml_made_no_text_is_told_how_to_be_written(value: Any, written: str):
    with pytest.raises(InvalidInput, match=f'write "{written}" in quotes'):
        node_marks.labels({"gpu": value}, "here")


def test_a_taint_without_value_is_one_with_an_empty_value():
    assert node_marks.taints([{"key": "only", "value": None, "effect": "NoSchedule"}], "here")[0]["value"] == ""
    with pytest.raises(InvalidInput, match='write "true" in quotes'):
        node_marks.taints([{"key": "only", "value": True, "effect": "NoSchedule"}], "here")
    with pytest.raises(InvalidInput, match='write "false" in quotes'):
        node_marks.taints([{"key": "only", "value": False, "effect": "NoSchedule"}], "here")
