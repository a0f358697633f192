# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of clusters: what is good, and one clear line for each kind of mistake."""
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LONGEST_NAME, cluster_name, group_of, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput


@pytest.mark.parametrize("name", ["a", "demo", "demo-2", "a--b", "x" * LONGEST_NAME])
def test_good_names(name: str):
    assert cluster_name(name) == name


@pytest.mark.parametrize(("name", "why"), [
    ("", "It is empty"),
    ("x" * 41, "It has 41 characters, and 40 is the most"),
    ("Demo", "It has upper-case letters"),
    ("my_demo", "'_' is not allowed"),
    ("De_mo", "'_' is not allowed"),
    ("1demo", "It does not begin with a letter"),
    ("-demo", "It does not begin with a letter"),
    ("demo-", "It ends with '-'"),
    ("démo", "It holds characters other than a to z"),
    ("demo.eu", "It holds characters other than a to z"),
    ("demo ", "It begins or ends with white space"),
    ("demo\n", "It begins or ends with white space"),
    ("all", "This word is reserved. Choose another word"),
    (None, "It is not a string"),
    (7, "It is not a string"),
])
def test_mistakes(name: object, why: str):
    with pytest.raises(InvalidInput) as error:
        cluster_name(name)
    line = error.value.line()
    assert why in line and "(cluster)" in line
    if isinstance(name, str) and name not in ("all",):
        assert "lower-case letters, digits and '-'" in line


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_any_text_gives_a_name_or_one_line(name: object):
    try:
        good = cluster_name(name)
    except InvalidInput as error:
        assert error.line().isprintable()
    else:
        assert re.fullmatch(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?", good)
        assert len(namespace_of(good)) <= 63


def test_what_follows_from_the_name():
    assert (namespace_of("a-b"), group_of("a-b")) == ("cluster-a-b", "cluster_a_b")
