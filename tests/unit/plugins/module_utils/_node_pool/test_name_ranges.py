# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import name_ranges as numbered


def names(*numbers: int) -> list[str]:
    return [f"demo-web-{number}" for number in numbers]


def test_as_a_person_would_write_it():
    assert list(numbered.texts(names(1, 2, 3, 7, 9, 10), 256)) == [("demo-web 1-3 7 9-10", tuple(names(1, 2, 3, 7, 9, 10)))]
    assert list(numbered.texts(names(5), 256)) == [("demo-web 5", ("demo-web-5",))]
    assert list(numbered.texts([], 256)) == []


@given(st.sets(st.integers(1, 1000), min_size=1, max_size=150), st.integers(20, 256))
def test_every_name_comes_back_by_its_place(numbers: set[int], longest: int):
    wanted = names(*sorted(numbers))
    texts = list(numbered.texts(wanted, longest))
    assert [name for dummy, inside in texts for name in inside] == wanted
    for text, inside in texts:
        assert len(text) <= longest
        assert [numbered.name(text, index) for index in range(len(inside) + 1)] == [*inside, ""]


@pytest.mark.parametrize("text", [
    "", "demo-web", "demo-web ", "demo-web 0", "demo-web x", "demo-web 3-1", "demo-web 1-999999999999", "demo-web -1", "{{ 7*7 }}"])
def test_what_nobody_can_have_written(text: str):
    assert numbered.name(text, 0) == ""


def test_it_counts_no_further_than_it_is_asked():
    assert numbered.name("demo-web 1-999999999", 5) == "demo-web-6"
