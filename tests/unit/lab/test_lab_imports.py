# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab is a room of its own: it knows nothing of the product's code, of the tests, and of scripts."""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LAB = Path(__file__).resolve().parents[3] / "lab"
FILES = sorted(str(path.relative_to(LAB)) for path in LAB.rglob("*.py"))
# simulates EC2, and only its simulator needs it
OUTSIDE = {"cloud/aws/": {"moto", "werkzeug"}}


def imports(path: Path) -> Iterator[str]:
    """Whole names of modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = ("lab", *path.relative_to(LAB).parent.parts)
            yield ".".join((*parts[:len(parts) - node.level + 1], node.module or "")).rstrip(".") if node.level else node.module or ""


@pytest.mark.parametrize("file", FILES)
def test_the_lab_knows_only_itself(file: str):
    allowed = {"lab"} | {name for place, names in OUTSIDE.items() if file.startswith(place) for name in names}
    assert sorted({name for name in imports(LAB / file) if name.split(".")[0] not in sys.stdlib_module_names | allowed}) == []


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith(("cloud/", "artefacts/")) and not file.endswith("on_hosts.py")])
def test_simulators_and_builds_know_nothing_of_hosts(file: str):
    assert [name for name in imports(LAB / file) if name.startswith("lab.hosts")] == []


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("cloud/") and file.count("/") > 1])
def test_a_simulator_knows_no_other(file: str):
    """What is of one provider lies in its folder."""
    own = f"lab.cloud.{file.split('/')[1]}"
    others = [f"lab.cloud.{path.parent.name}" for path in LAB.glob("cloud/*/server.py")]
    assert [name for name in imports(LAB / file) if any(name.startswith(other) for other in others if other != own)] == []


def test_no_program_changes_where_python_looks():
    assert [file for file in FILES if "sys.path" in (LAB / file).read_text(encoding="utf-8")] == []
