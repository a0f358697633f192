# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Downloads come to the host and are checked before anything is made, in the seed or on the host; a join then finds them there."""
from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Observed
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.preflight import Fit
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import Script, assemble


class Fetch(Fit):
    """state: fetched. If one download fails, the others are dropped too, and the host is as it was."""

    def guard(self) -> AbstractContextManager[Any]:
        """The cluster may not be there yet, so it has no lock; the host has one of its own."""
        return nullcontext()

    def plan(self, observed: Observed) -> Plan:
        if self.lacks and self.check_mode:
            # asks the mirror for the checksums
            self.remote.run(self.fetching("plan"))
        return Plan(tuple(Step(f"Fetch {item.name} {item.version}") for item in self.lacks))

    def carry_out(self, observed: Observed, plan: Plan) -> None:
        self.progress(self.fetching_from(f"{item.name} {item.version}" for item in self.lacks))
        self.host_did(self.remote.run(self.fetching("apply")))

    def fetching(self, mode: str) -> Script:
        return assemble(["artefacts"], mode=mode, config={"fetch_only": True, **self.proxy.words()}, artefacts=self.lacks)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a look at the host said."""

    answer: Answer


class Unfetch(NodeResource):
    """state: unfetched. Drops downloads that were fetched and are not going to be installed."""

    def guard(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def observe(self) -> Dropped:
        return Dropped(self.remote.run(assemble(["unfetch"])))

    def plan(self, observed: Dropped) -> Plan:
        return observed.answer.plan

    def carry_out(self, observed: Dropped, plan: Plan) -> None:
        self.host_did(self.remote.run(assemble(["unfetch"], mode="apply")))
