# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The clouds of the lab by the names of their providers, so that one test can be held against all."""
from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from .aws import world as aws
from .digitalocean import world as digitalocean
from .faults import Request
from .world import World

MODULES = {"digitalocean": digitalocean, "aws": aws}
PROVIDERS = tuple(MODULES)


def world(provider: str, **options: Any) -> AbstractContextManager[World]:
    """options: those of both: faults, seed, lag, boots, limit, partial, late."""
    return MODULES[provider].world(**options)


def makes_machines(request: Request) -> bool:
    """At any provider."""
    return request.method == "POST" and request.path in {module.World.creates for module in MODULES.values()}
