# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation stays true: generated pages are up to date, links lead somewhere, shown variables exist."""
from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.doc_fragments.options import MODULES
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "inventories").rglob("*.yml"))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Ansible's own, and arguments of playbooks that only ask
ANSIBLE = re.compile(r"ansible_\w+")


sys.path.insert(0, str(ROOT / "scripts"))
REFERENCE = importlib.import_module("reference")
VARIABLES = importlib.import_module("reference_pages.variables")


def tracked(pattern: str) -> list[Path]:
    """A checkout holds much that is nobody's text: environments, builds, labs."""
    hidden = {".venv", ".dev", ".ansible", "build", "dist", "output"}
    return sorted(path for path in ROOT.rglob(pattern) if not hidden & {*path.relative_to(ROOT).parts})


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


TEXTS = tracked("*.md")


@pytest.mark.parametrize(("name", "text"), REFERENCE.pages().items())
def test_a_generated_page_is_up_to_date(name: str, text: str):
    path = ROOT / name
    same = path.exists() and path.read_text(encoding="utf-8") == text
    assert same, f"{relative(path)} is not up to date. Run: make docs"


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(path: Path) -> Iterator[str]:
    without_code = re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text(encoding="utf-8")))
    yield from (link for link in LINK.findall(without_code) if "://" not in link)
    yield from re.findall(r'(?:src|srcset|href)="([^":]+)"', without_code)


@pytest.mark.parametrize("path", TEXTS, ids=relative)
def test_relative_links_lead_somewhere(path: Path):
    for link in links(path):
        name, dummy, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{relative(path)} links to {link}, which is not there"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{relative(path)} links to {link}, but there is no such heading"


@pytest.mark.parametrize("path", [path for path in TEXTS if relative(path).startswith(("docs/", "README", "roles/"))], ids=relative)
def test_pages_that_are_shipped_link_to_what_is_shipped(path: Path):
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    for link in links(path):
        target = (path.parent / link.partition("#")[0]).resolve().relative_to(ROOT)
        assert not any(fnmatch(part, pattern) for part in target.parts[:1] for pattern in ignored), f"{relative(path)} links to {target}, which is not shipped"


# in place of who does what; and words that only we know
PRIVATE = re.compile(r"\b(?:(?:is|are) (?:told|said)|can(?:'t)? be had|furnish\w*|surroundings|leftovers)\b")


@pytest.mark.parametrize("path", [path for path in TEXTS if not relative(path).startswith("docs/reference/")], ids=relative)
def test_pages_say_who_does_what(path: Path):
    found = PRIVATE.findall(path.read_text(encoding="utf-8"))
    assert not found, f"{relative(path)} says {found}"


def spread_out(path: str) -> list[str]:
    """As a shell does: "a/{b,c}.py" are two files."""
    braces = re.search(r"\{([^}]*)\}", path)
    return [path[:braces.start()] + one + path[braces.end():] for one in braces[1].split(",")] if braces else [path]


@pytest.fixture(scope="session")
def every_path() -> str:
    """One a line, each with a "/" before it and, if it is a folder, behind it."""
    files = {relative(path) for path in tracked("*") if path.is_file()}
    folders = {str(folder) for file in files for folder in Path(file).parents}
    return "".join(sorted({f"/{file}\n" for file in files} | {f"/{folder}/\n" for folder in folders}))


@pytest.mark.parametrize("path", [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/contributing").glob("*.md"))], ids=relative)
def test_files_that_contributors_are_sent_to_exist(path: Path, every_path: str):
    """Whole, from the top of the repository on or only its end. What the reader adds has a name with <>."""
    text = path.read_text(encoding="utf-8")
    arguments = [word for command in re.findall(r"(?:pytest|python3?) [^`\n]+", text) for word in command.split() if "/" in word]
    code = re.findall(r"`([\w./{},-]*[\w}]/?)`", text) + [word for word in arguments if re.fullmatch(r"[\w./-]+", word)]
    named = [one for word in code if "/" in word.rstrip("/") or word.endswith((".py", ".yml", ".j2", ".sh")) for one in spread_out(word)]
    assert named
    gone = [one for one in named if not re.search(rf"/{re.escape(one.rstrip('/'))}/?\n", every_path)]
    assert not gone, f"{relative(path)} names {gone}"


def known() -> set[str]:
    """Variables of roles, of providers, of the inventory and of playbooks."""
    specs = [yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"] for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")]
    providers = {one.name for kind in (registry.SPEC, registry.CREDENTIALS, registry.RESOURCES) for one in registry.options(kind)}
    return providers | {name for options in specs for name in options} | set(VARIABLES.INVENTORY) | {
        name for names in VARIABLES.PLAYBOOKS.values() for name in names}


def of_inventory(group: Any) -> Iterator[str]:
    """Names of variables of a group, its hosts and its children."""
    group = group or {}
    yield from group.get("vars") or {}
    for values in (group.get("hosts") or {}).values():
        yield from values or {}
    for child in (group.get("children") or {}).values():
        yield from of_inventory(child)


def of_plays(plays: list[Any]) -> Iterator[str]:
    for play in plays:
        yield from play.get("vars") or {}
        for role in play.get("roles") or []:
            yield from role.get("vars") or {} if isinstance(role, dict) else ()


def shown(text: str) -> Iterator[str]:
    """Names of variables in YAML that a reader would copy: an inventory, group_vars, or plays."""
    data = yaml.safe_load(text)
    if isinstance(data, list):
        yield from of_plays(data)
    elif isinstance(data, dict) and "all" in data:
        for group in data.values():
            yield from of_inventory(group)
    # an API object, or the configuration of an inventory plugin
    elif isinstance(data, dict) and not {"apiVersion", "plugin"} & set(data):
        yield from data


def extra_variables(path: Path) -> set[str]:
    return set(re.findall(r"(?:^|\s)-e '?(\w+)=", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", TEXTS + EXAMPLES, ids=relative)
def test_variables_that_are_shown_exist(path: Path):
    text = path.read_text(encoding="utf-8")
    blocks = [text] if path.suffix == ".yml" else [body for language, body in FENCE.findall(text) if language in ("yaml", "yml")]
    names = {name for block in blocks for name in shown(block)} | extra_variables(path)
    strangers = {name for name in names if not ANSIBLE.fullmatch(name)} - known()
    assert not strangers, f"{relative(path)} shows variables that nothing knows: {sorted(strangers)}"


@pytest.mark.parametrize(("playbook", "names"), VARIABLES.PLAYBOOKS.items())
def test_variables_of_playbooks_are_used_there(playbook: str, names: dict[str, str]):
    used = "".join(path.read_text() for path in [ROOT / "playbooks" / f"{playbook}.yml", *(ROOT / "playbooks/tasks").glob("*.yml")])
    called = set(re.findall(r"\bkubermatic\.caas\.(\w+)", used))
    used += "".join(path.read_text() for name in called for path in (ROOT / "roles" / name / "tasks").glob("*.yml"))
    of_modules = {one.variable for name in re.findall(r"\bkubermatic\.caas\.(\w+)", used) for one in MODULES.get(name, ())}
    for name in names:
        assert name in of_modules or re.search(rf"\b{name}\b", used), f"{playbook} doesn't know {name}"


def test_playbooks_that_pages_name_exist():
    there = {path.stem for path in (ROOT / "playbooks").glob("*.yml")} | {path.name for path in (ROOT / "roles").iterdir()}
    there |= {path.stem for kind in ("callback", "inventory", "modules") for path in (ROOT / "plugins" / kind).glob("*.py")}
    for path in TEXTS:
        named = set(re.findall(r"\bkubermatic\.caas\.([a-z_]+)", path.read_text(encoding="utf-8")))
        assert named <= there, f"{relative(path)} names {sorted(named - there)}"


def test_every_limit_of_the_trust_boundaries_names_tests_that_exist():
    rows = [line for line in (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ") and line.count(" | ") == 3]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row.rpartition(" | ")[2])
        assert named or row.endswith(("| test |", "|---|")), f"no test holds this row: {row}"
        for file, test in named:
            assert any(f"def {test}(" in path.read_text(encoding="utf-8") for path in tracked(f"tests/**/{file}")), f"there is no {file}::{test}"


@pytest.mark.parametrize("path", tracked("docs/*.svg"), ids=relative)
def test_pictures_are_well_formed_and_say_what_they_show(path: Path):
    picture = ElementTree.parse(path).getroot()
    assert picture.get("viewBox")
    assert picture.find("{http://www.w3.org/2000/svg}title") is not None


def sources() -> str:
    """All that speaks to users, with texts that go over several lines joined."""
    paths = [path for place in ("plugins", "playbooks", "roles") for path in sorted((ROOT / place).rglob("*")) if path.suffix in (".py", ".sh", ".yml", ".j2")]
    joined = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return re.sub(r"[\"']\s*\n\s*f?[\"']", "", joined)


def test_errors_that_are_explained_are_those_of_the_code():
    code = sources()
    texts = re.findall(r"^### `([^`]+)`$", (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(texts) > 20
    # what Ansible says
    for text in set(texts) - {"skipping: no hosts matched"}:
        for part in text.split("…"):
            assert part.strip(" :,") in code, f"{text!r}: the code doesn't say {part!r}"
