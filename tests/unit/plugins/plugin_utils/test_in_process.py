# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail
from ansible.module_utils.datatag import deprecate_value

from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import plain, printed, validated


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
