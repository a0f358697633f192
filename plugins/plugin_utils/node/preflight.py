# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Before anything is made: whether a host could become a node, and what it lacks for that. So a host that can't stops a run in time."""
from __future__ import annotations

from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._host import capabilities as hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._host import registry_mirrors
from ansible_collections.kubermatic.caas.plugins.module_utils._host.artefacts import Artefact, lacking, unprotected
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join, Observed


class Fit(Join):
    """state: fit. Looks as a join does, and leaves it at that; the cluster need not exist yet."""

    needs_cluster = False

    def observe(self) -> Observed:
        observed = super().observe()
        self.lacks = self.lacking(observed)
        return observed

    def plan(self, observed: Observed) -> Plan:
        if self.lacks:
            for text in (*unprotected(self.lacks), *registry_mirrors.unprotected(registry_mirrors.read(self.params["registry_mirrors"]))):
                self.warn(text)
        return Plan()

    def settle(self, plan: Plan) -> None:
        """There is nothing to wait for."""

    def lacking(self, observed: Observed) -> list[Artefact]:
        """What a join would have to fetch. A version that the cluster can't have is told where the cluster is looked at."""
        if observed.wanted:
            artefacts = observed.wanted.artefacts
        else:
            try:
                row = catalogue.choose(self.params["cluster_version"]).components
            except InvalidInput:
                return []
            artefacts = self.artefacts(observed.host, self.version(observed.host, hosts.capability(observed.host), row.kubernetes), row)
        return lacking(artefacts, observed.host.installed, observed.host.checksums)

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        return {**super().report(observed, plan), "lacking": [f"{item.name} {item.version}" for item in self.lacks]}
