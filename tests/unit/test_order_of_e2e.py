# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""End-to-end tests run in the order of their list, which has each file."""
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from e2e import conftest

E2E = Path(conftest.__file__).parent


def test_each_file_is_in_the_order_once():
    assert sorted(conftest.ORDER) == sorted(path.name for path in E2E.glob("test_*.py"))


def test_files_are_put_in_order_and_all_else_stays_where_it_is():
    first, second, *dummy = conftest.ORDER
    elsewhere, every_task = E2E.parent / "e2e_ha" / first, E2E / "every_task.py"
    items = [SimpleNamespace(path=path, number=number) for number, path in enumerate((E2E / second, elsewhere, E2E / second, E2E / first, every_task))]
    conftest.pytest_collection_modifyitems(items)
    assert [(item.path, item.number) for item in items] == [(E2E / first, 3), (elsewhere, 1), (E2E / second, 0), (E2E / second, 2), (every_task, 4)]
