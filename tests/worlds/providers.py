# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The clouds of the lab by the names of their providers, so that one test can be held against all."""
from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from lab import cloud
from lab.cloud.faults import Request
from worlds.world import World

# each simulator has a folder of its provider's name, and a world of that name here
MODULES = {path.parent.name: import_module(f"worlds.{path.parent.name}") for path in sorted(Path(cloud.__path__[0]).glob("*/server.py"))}
PROVIDERS = tuple(MODULES)


def world(provider: str, **options: Any) -> AbstractContextManager[World]:
    """options: those of all: faults, seed, lag, boots, limit, partial, late."""
    return MODULES[provider].world(**options)


def makes_machines(request: Request) -> bool:
    """At any provider."""
    return request.method == "POST" and request.path in {module.World.creates for module in MODULES.values()}
