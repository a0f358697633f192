# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Versions as users write them, and the rows of the catalogue that they mean."""
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput


@pytest.mark.parametrize(("text", "version", "resolved_from"), [
    ("1.36.3", "1.36.3", ""), ("1.36", "1.36.3", "1.36"), ("1.37", "1.37.2", "1.37"), ("1.33.13", "1.33.13", ""), ("1.33", "1.33.13", "1.33")])
def test_good_versions(text: str, version: str, resolved_from: str):
    choice = catalogue.choose(text)
    assert (str(choice.version), choice.components.kubernetes, choice.resolved_from) == (version, version, resolved_from)


@pytest.mark.parametrize(("value", "why"), [
    ("", "It is empty"),
    ("v1.36.3", "It begins with a 'v'"),
    ("latest", "It is not three numbers"),
    ("1", "It is not three numbers"),
    ("1.3.6.3", "It is not three numbers"),
    ("01.36.3", "It is not three numbers"),
    ("1.36.٣", "It is not three numbers"),
    ("1.36." + "9" * 5000, "It is not three numbers"),
    ("1.36.3-rc.0", "Pre-releases"),
    ("1.36.3+build", "Pre-releases"),
    ("1.36.3 ", "It begins or ends with white space"),
    (1.36, "YAML reads 1.30 as 1.3"),
    (1.4, "it is a number"),
    (36, "it is a number"),
    (True, "It is not a string"),
    (None, "It is not a string"),
    (["1.36.3"], "It is not a string"),
    ("1.36.99", "'1.36.99' is not known"),
    ("1.36.2", "is not known"),
    ("1.20", "is not known"),
    ("2.0.0", "is not known"),
])
def test_mistakes_name_what_is_on_offer(value: object, why: str):
    with pytest.raises(InvalidInput) as error:
        catalogue.choose(value)
    line = error.value.line()
    assert why.lower() in line.lower() and "1.37.2, 1.36.3, 1.35.4 (beta)" in line and "kubernetes_version" in line


@given(st.text() | st.floats() | st.integers() | st.from_regex(r"\A\d{1,3}\.\d{1,3}(\.\d{1,3})?\Z"))
def test_any_value_gives_a_row_or_one_line(value: object):
    try:
        choice = catalogue.choose(value)
    except InvalidInput as error:
        assert error.line().isprintable() and len(error.line()) < 400
    else:
        assert choice.components in catalogue.ROWS


def test_versions_compare_by_age():
    texts = ["1.9.9", "1.10.0", "1.36.3", "1.36.10", "1.37.0"]
    versions = [KubernetesVersion.of(text) for text in texts]
    assert versions == sorted(version for version in versions if version)


def test_every_row_is_complete_and_single():
    versions = [KubernetesVersion.of(row.kubernetes) for row in catalogue.ROWS]
    assert None not in versions and len(set(versions)) == len(versions)
    assert all(value for row in catalogue.ROWS for value in row.as_dict().values())
    assert {row.kubernetes for row in catalogue.ROWS if row.stage is LaunchStage.PUBLIC} == {"1.37.2", "1.36.3"}
    assert catalogue.lookup("1.36.3").stage == "public"


def test_what_is_deprecated_goes_one_day_and_nothing_else():
    assert {row.kubernetes: row.end_of_life for row in catalogue.ROWS if row.end_of_life} == {"1.34.4": "2027-04-27", "1.33.13": "2026-12-28"}
    for row in catalogue.ROWS:
        assert (row.stage is LaunchStage.DEPRECATED) == bool(row.end_of_life and date.fromisoformat(row.end_of_life))
    assert catalogue.known() == "1.37.2, 1.36.3, 1.35.4 (beta), 1.34.4 (deprecated), 1.33.13 (deprecated)"
    assert "end_of_life" not in catalogue.lookup("1.33").as_dict()
