# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records as they are stored."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._model.record import Record

RECORD = Record("demo", "Running", "2026-03-01T14:03:10Z", {"pod_cidr": "10.244.0.0/16"}, {"kubernetes": "1.36.3"}, "é", {"web-1": {}})


def test_what_is_stored_comes_back():
    assert Record.of(RECORD.text()) == RECORD
    assert RECORD.text() == Record.of(RECORD.text()).text()


def test_words_of_later_releases_are_left_out():
    assert Record.of(RECORD.text().replace('"format"', '"colour": 1, "format"')) == RECORD


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1}', RECORD.text().replace('"Running"', "7")])
def test_what_is_no_record(text: str):
    with pytest.raises(ValueError, match=r"."):
        Record.of(text)


@given(st.text())
def test_any_text(text: str):
    with pytest.raises(ValueError, match=r"."):
        Record.of(text)
