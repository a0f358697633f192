# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which versions a machine of a seed gets: those that its seed runs, whatever is on offer; of a new seed those that were asked for."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import (
    Components,
    assumed,
    choose,
    is_meant,
    lookup,
    newer_patch,
    newest_public,
    running,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Mark

WHERE = "seed_kubernetes_version"


def asked_for(asked: Any) -> Components:
    """Before any machine was looked at: a seed may run what is not on offer any more. asked: None for no wish. Raises InvalidInput."""
    return lookup(newest_public()) if asked is None else assumed(asked, where=WHERE)


def components(asked: Any, mark: Mark | None, seed: Mapping[str, Any]) -> Components:
    """The row for one machine. mark: its own; seed: what another machine of the seed runs, {} if there is none yet. Raises InvalidInput."""
    of_seed = running(seed)
    if of_seed:
        # whatever was asked for was compared with it already
        return of_seed
    runs = running(mark.versions) if mark else None
    if runs and (asked is None or is_meant(asked, runs.kubernetes)):
        return runs
    if runs and mark and mark.complete:
        # SeedMachine.must_fit compares it with what the machine has, and refuses it
        return asked_for(asked)
    return asked_for(None) if asked is None else choose(asked, where=WHERE).components


def hint(version: str) -> str:
    """What is to be known of a version that runs, "" if nothing."""
    newer = newer_patch(version)
    return f"The seed runs Kubernetes {version} and keeps it; new seeds get {newer}" if newer else ""
