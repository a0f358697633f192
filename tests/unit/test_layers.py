# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Imports point inwards only: doors -> frame, hands and decisions -> nouns. Decisions and nouns are pure standard library."""
from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
PREFIX = "ansible_collections.kubermatic.caas.plugins."
# layer: the layers that it may use besides itself
ALLOWED = {
    "_model": set(),
    "_plan": {"_model"},
    "_adapter": {"_model"},
    "_module": {"_model", "_adapter"},
    "_door": {"_model", "_plan", "_adapter", "_module"},
}
PURE = {"_model", "_plan"}
OUTSIDE = {"kubernetes", "urllib3", "cryptography", "yaml", "digitalocean", "boto3", "botocore"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def layer_files() -> list[tuple[str, Path]]:
    return [(layer, path) for layer in ALLOWED for path in sorted((PLUGINS / "module_utils" / layer).rglob("*.py"))]


def test_the_layers_hold_files():
    assert {layer for layer, dummy in layer_files()} == set(ALLOWED)


@pytest.mark.parametrize(("layer", "path"), layer_files(), ids=lambda value: getattr(value, "stem", value))
def test_imports_point_inwards(layer: str, path: Path):
    for name in imports(path):
        assert not name.startswith("."), f"{path.name}: relative import {name}"
        if name.startswith(PREFIX):
            used = name.removeprefix(PREFIX + "module_utils.").split(".")[0]
            assert used == layer or used in ALLOWED[layer], f"{layer}/{path.name} may not use {used}"
        elif layer in PURE:
            assert name.split(".")[0] in sys.stdlib_module_names, f"{layer}/{path.name} is pure, but imports {name}"
        elif layer != "_adapter":
            assert name.split(".")[0] not in OUTSIDE, f"{layer}/{path.name}: {name} belongs into _adapter"
