# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a plan says follows from what was observed: no resource asks a seed, a cluster, a host or a provider while it plans, or keeps something for later."""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
# attributes of a resource that reach somebody
SOMEBODY = {"seed", "api", "remote", "lock", "at", "store", "reader", "pool_record"}


def planners() -> list[tuple[str, ast.ClassDef]]:
    found = []
    for path in [*PLUGINS.glob("module_utils/**/*.py"), *PLUGINS.glob("plugin_utils/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            methods = {one.name for one in getattr(node, "body", ()) if isinstance(one, ast.FunctionDef)} if isinstance(node, ast.ClassDef) else set()
            if {"observe", "plan"} <= methods:
                found.append((f"{path.relative_to(PLUGINS)}:{node.name}", node))
    return found


def own(node: ast.AST) -> str:
    """The attribute of self that this is, "" if it is something else."""
    return node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self" else ""


def mistakes(resource: ast.ClassDef) -> list[str]:
    """In plan, and in the methods that it calls."""
    methods = {one.name: one for one in resource.body if isinstance(one, ast.FunctionDef)}
    found, to_read, read = [], ["plan"], set()
    while to_read:
        name = to_read.pop()
        if name in read or name not in methods:
            continue
        read.add(name)
        for node in ast.walk(methods[name]):
            if isinstance(node, ast.Attribute) and own(node) and isinstance(node.ctx, ast.Store):
                found.append(f"line {node.lineno} keeps self.{node.attr}")
            if isinstance(node, ast.Call):
                asked = own(node.func.value) if isinstance(node.func, ast.Attribute) else ""
                if asked in SOMEBODY:
                    found.append(f"line {node.lineno} asks self.{asked}")
                to_read.append(own(node.func))
    return found


def test_there_are_resources_that_plan():
    assert len(planners()) > 15


@pytest.mark.parametrize(("name", "resource"), planners(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_plan_asks_nobody(name: str, resource: ast.ClassDef):
    assert mistakes(resource) == [], name


@pytest.mark.parametrize("body", ["self.seed.get('v1')", "self.helper()", "self.waves = 1"])
def test_a_plan_that_asks_is_found(body: str):
    source = f"class One:\n    def observe(self): pass\n    def plan(self, observed):\n        {body}\n    def helper(self):\n        return self.lock.read()\n"
    assert mistakes(ast.parse(source).body[0])
