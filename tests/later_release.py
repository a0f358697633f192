# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""This collection as a later release of it will be: patches raised, components moved on, the oldest minor releases gone.

Nothing in the lab has what it offers: whatever is taken from its catalogue in place of what runs fails loudly.
"""
from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = Path("plugins/module_utils/_catalog/catalogue.py")
OFFERED = {"1.37.2": "1.37.9", "1.36.3": "1.36.8", "1.35.4": "1.35.9"}
GONE = ("1.34.4", "1.33.13")
# what providers bring along
PROVIDERS = "plugins/module_utils/_providers/*/description.py"
_COMPONENT = re.compile(r'(Component\("\w+", "[^"]+", "v)([0-9][^"]*)"')
_DEFAULT = re.compile(r'^(    [a-z_]+: str = "v?)([0-9][^"]*)"$', re.MULTILINE)


def at(directory: Path) -> Path:
    """A path of collections that holds it."""
    collection = directory / "ansible_collections" / "kubermatic" / "caas"
    for part in ("plugins", "roles", "playbooks", "meta"):
        shutil.copytree(ROOT / part, collection / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", collection)
    (collection / CATALOGUE).write_text(moved_on((ROOT / CATALOGUE).read_text()))
    for path in collection.glob(PROVIDERS):
        path.write_text(_COMPONENT.sub(r'\g<1>99.\g<2>"', path.read_text()))
    return directory


def moved_on(catalogue: str) -> str:
    row, rows, rest = catalogue.partition("ROWS = (\n")
    offered, end, rest = rest.partition("\n)\n")
    kept = [line for line in offered.splitlines() if not any(f'"{version}"' in line for version in GONE)]
    assert len(offered.splitlines()) - len(kept) == len(GONE)
    text = "\n".join(kept)
    for old, new in OFFERED.items():
        assert f'"{old}"' in text
        text = text.replace(f'"{old}"', f'"{new}"')
    # the defaults of a row; 99 is a version that nothing has
    row, count = _DEFAULT.subn(r'\g<1>99.\g<2>"', row)
    assert count > 12
    return f"{row}{rows}{text}{end}{rest}"
