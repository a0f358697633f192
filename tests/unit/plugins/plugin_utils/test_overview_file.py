# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The file that status -e format=json -e path=... writes."""
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.action.cluster_overview import written
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError


def test_a_file_that_says_it_already_is_no_change(tmp_path: Path):
    path = tmp_path / "status.json"
    assert written(path, "{}", check_mode=True) is True and not path.exists()
    assert written(path, "{}", check_mode=False) is True and path.read_text() == "{}"
    assert written(path, "{}", check_mode=False) is False
    assert written(path, "[]", check_mode=True) is True and path.read_text() == "{}"
    assert [one.name for one in tmp_path.iterdir()] == ["status.json"]


def test_a_place_that_can_not_be_written_is_one_line(tmp_path: Path):
    with pytest.raises(CaasError, match=r"can't be written.*Give another path"):
        written(tmp_path / "missing" / "status.json", "{}", check_mode=False)
