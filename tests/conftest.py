# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes this checkout importable as ansible_collections.kubermatic.caas, wherever it lies."""
from __future__ import annotations

import importlib.util
import os
import sys
import types
from pathlib import Path

from hypothesis import settings

# a busy machine is no error
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# tests read what Ansible prints of each task, whatever ansible.cfg of the checkout says
os.environ.setdefault("ANSIBLE_STDOUT_CALLBACK", "default")

ROOT = Path(__file__).resolve().parents[1]


def _package(name: str, path: Path | None) -> None:
    package = types.ModuleType(name)
    package.__path__ = [str(path)] if path else []
    sys.modules[name] = package
    parent, dummy, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


try:
    _found = importlib.util.find_spec("ansible_collections.kubermatic.caas") is not None
except ModuleNotFoundError:
    _found = False
if not _found:
    _package("ansible_collections", None)
    _package("ansible_collections.kubermatic", None)
    _package("ansible_collections.kubermatic.caas", ROOT)
    # Ansible's own loader, once a test has it installed, asks for that before it imports anything more of a collection
    sys.modules["ansible_collections.kubermatic.caas"]._collection_meta = {}
# the lab is beside the tests
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]
