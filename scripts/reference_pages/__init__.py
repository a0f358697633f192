# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pages of docs/reference/. From here on this checkout is the collection, the same way as for tests."""
from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def loaded(name: str, path: Path) -> ModuleType:
    """The module in that file, whatever else has its name."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if "ansible_collections.kubermatic.caas" not in sys.modules:
    loaded("checkout_as_collection", ROOT / "tests" / "conftest.py")
