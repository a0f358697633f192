# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""No message and no page sends anybody to a playbook that is not there."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"(?:ansible-playbook(?: -[a-z] \S+)* |[Pp]laybooks? `?|run )kubermatic\.caas\.([a-z_]+)"
                   r"|[Tt]he playbook `?([a-z]+(?:_[a-z]+)+|scale|status|upgrade|renew)\b")
PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}


def named() -> Iterator[tuple[str, str]]:
    for place in ("plugins", "roles", "playbooks", "docs", "inventories", "README.md"):
        for path in sorted((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place]):
            if path.suffix in (".py", ".yml", ".md", ".sh", ".j2"):
                yield from ((str(path.relative_to(ROOT)), match[1] or match[2]) for match in NAMED.finditer(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("path", "name"), sorted(set(named())))
def test_it_is_there(path: str, name: str):
    assert name in PLAYBOOKS, f"{path} names the playbook {name}"


def test_names_are_found():
    assert {"create_cluster", "remove_node", "scale", "status"} <= {name for dummy, name in named()}
