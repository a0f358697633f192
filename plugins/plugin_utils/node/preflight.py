# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Before anything is made: whether a host could become a node, and what it lacks for that. So a host that can't stops a run in time."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._host import registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, lacking, unprotected
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Host
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.look import Look, Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource


@dataclass(frozen=True, slots=True)
class Fitness:
    """lacking: what a join would have to download."""

    observed: Observed
    lacking: tuple[Artefact, ...]


def look(of: NodeResource) -> Fitness:
    """As a join looks; the cluster need not exist yet."""
    observed = Look(of, must_answer=False).observe()
    found = Fitness(observed, observed.wanted.downloads if observed.wanted else _lacking_for_a_new_cluster(of, observed.host))
    if found.lacking:
        for text in (*unprotected(found.lacking), *registry_mirrors.unprotected(registry_mirrors.read(of.params["registry_mirrors"]))):
            of.warn_once(text)
    return found


def _lacking_for_a_new_cluster(of: NodeResource, host: Host) -> tuple[Artefact, ...]:
    """The check of the cluster reports a version that it can't have."""
    try:
        row = catalogue.choose(of.params["cluster_version"]).components
    except InvalidInput:
        return ()
    version, warnings = of.wish.kubelet_version(host, row.kubernetes)
    for text in warnings:
        of.warn(text)
    return tuple(lacking(of.wish.artefacts(host, version, row), host.installed, host.checksums))


class Preflight(ReadingResource, NodeResource):
    """state: fit."""

    def observe(self) -> Fitness:
        return look(self)

    def report(self, observed: Fitness, plan: Plan) -> dict[str, Any]:
        return report(self, observed)


def report(of: NodeResource, fitness: Fitness) -> dict[str, Any]:
    return {**of.told(fitness.observed.wanted), "lacking": [f"{item.name} {item.version}" for item in fitness.lacking]}
