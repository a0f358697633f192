# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A room is a noun, and what a file may do is told by the end of its name. The core knows no noun."""
from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
PREFIX = "ansible_collections.kubermatic.caas.plugins."
# rooms that know no noun, each with those that it stands on
CORE = {"_core": {"_core", "_system", "_kube"}, "_system": {"_core"}, "_kube": {"_core", "_system"}, "_catalog": {"_core"}}
# what is on offer is also what providers bring along, and which there are tells the registry alone
ASKED_BY_THE_CORE = {"_catalog": {"_providers/registry"}}
# ends of names of files that read and write: *_resource.py is the work of one module, *_client.py talks to somebody, *_store.py reads and writes what is kept
ROLES = ("_resource", "_client", "_store")
# this machine: its clock, its files, its processes
MACHINE = "_system"
# pure, but over a library that is not in the standard one
OVER_A_LIBRARY = {"_pki/x509", "_pki/x509_reader", "_etcd/snapshot_cipher", "_manifests/yaml_text", "_cluster/user_kubeconfig", "_core/option_specs"}
OUTSIDE = {"kubernetes", "urllib3", "cryptography", "yaml", "digitalocean", "boto3", "botocore", "requests", "websocket", "ansible"}
READS_AND_WRITES = {"subprocess", "http.client", "urllib.request", "threading"}


def imports(path: Path) -> set[str]:
    """Full names; of what is imported from this collection, with the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            inside = module.startswith(PREFIX) and not (PLUGINS / f"{module.removeprefix(PREFIX).replace('.', '/')}.py").exists()
            found.update(f"{module}.{alias.name}" for alias in node.names) if inside else found.add(module)
    return found


def files() -> list[str]:
    """Those of module_utils: "_cluster/spec"."""
    top = PLUGINS / "module_utils"
    return sorted(str(path.relative_to(top).with_suffix("")) for path in top.rglob("*.py"))


def is_pure(file: str) -> bool:
    return not file.endswith(ROLES) and not file.startswith(f"{MACHINE}/")


def of_the_collection(file: str) -> list[str]:
    used = [name.removeprefix(PREFIX) for name in imports(PLUGINS / "module_utils" / f"{file}.py") if name.startswith(PREFIX)]
    assert all(name.startswith("module_utils.") for name in used), f"{file}: module_utils may use module_utils alone: {used}"
    return [name.removeprefix("module_utils.").replace(".", "/") for name in used]


def of_others(file: str) -> list[str]:
    return [name for name in imports(PLUGINS / "module_utils" / f"{file}.py") if not name.startswith(PREFIX)]


def test_there_are_rooms():
    assert {"_cluster", "_node", "_node_pool", "_seed", "_upgrade", *CORE} <= {file.partition("/")[0] for file in files()}


@pytest.mark.parametrize("file", files())
def test_imports_are_whole_names(file: str):
    assert not [name for name in of_others(file) if name.startswith(".")]


@pytest.mark.parametrize("file", [file for file in files() if is_pure(file)])
def test_what_is_pure_reads_and_writes_nothing(file: str):
    assert [used for used in of_the_collection(file) if not is_pure(used)] == [], f"{file} is pure: a name that ends with {ROLES} would say otherwise"
    allowed = OUTSIDE if file in OVER_A_LIBRARY else set()
    assert [name for name in of_others(file) if name.split(".")[0] not in sys.stdlib_module_names | allowed] == []
    assert [name for name in of_others(file) if name in READS_AND_WRITES] == []


@pytest.mark.parametrize("file", [file for file in files() if file.partition("/")[0] in CORE])
def test_the_core_knows_no_noun(file: str):
    room = file.partition("/")[0]
    known = CORE[room] | {room}
    assert [used for used in of_the_collection(file) if used.partition("/")[0] not in known and used not in ASKED_BY_THE_CORE.get(room, ())] == []


@pytest.mark.parametrize("file", [file for file in files() if not file.startswith("_providers/")])
def test_nobody_names_a_provider(file: str):
    """What is of one provider lies in its folder, and is found by the registry."""
    assert [used for used in of_the_collection(file) if used.count("/") > 1] == []


def words(file: str) -> Iterator[tuple[int, str]]:
    """Names and texts of the code, with their lines; no comments and no documentation."""
    tree = ast.parse((PLUGINS / "module_utils" / f"{file}.py").read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
        for name in ("id", "attr", "arg", "name"):
            if isinstance(getattr(node, name, None), str):
                yield getattr(node, "lineno", 0), getattr(node, name)


PROVIDERS = sorted(path.parent.name for path in (PLUGINS / "module_utils/_providers").glob("*/description.py"))
NAMED = re.compile(rf"(?<![a-z])({'|'.join(PROVIDERS)})(?![a-z])", re.IGNORECASE)


# made of the folders, for Ansible alone
@pytest.mark.parametrize("file", [file for file in files() if file.count("/") < 2 and file not in ("_providers/shipped", "_providers/shipped_client")])
def test_nobody_names_a_provider_in_code(file: str):
    assert [f"line {line}: {word}" for line, word in words(file) if NAMED.search(word)] == []


@pytest.mark.parametrize("file", [file for file in files() if file.count("/") > 1])
def test_a_provider_knows_no_other(file: str):
    assert [used for used in of_the_collection(file) if used.count("/") > 1 and Path(used).parent != Path(file).parent] == []
