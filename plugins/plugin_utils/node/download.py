# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Downloads come to the host and are checked before anything is made, in the seed or on the host; a join then finds them there."""
from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node import preflight
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.installation import fetch_script, fetching_from
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.node_resource import NodeResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.preflight import Fitness
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.remote import Answer
from ansible_collections.kubermatic.caas.plugins.plugin_utils.ssh.script import assemble


class Download(NodeResource):
    """state: fetched. If one download fails, the others are dropped too, and the host is as it was."""

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        """The cluster may not be there yet, so it has no lock; the host has one of its own."""
        return nullcontext()

    def observe(self) -> Fitness:
        found = preflight.look(self)
        if found.lacking and self.check_mode:
            # asks the mirror for the checksums, so that a mirror without them is known before it is needed
            self.remote.run(fetch_script(self.wish, found.lacking, "plan"))
        return found

    def plan(self, observed: Fitness) -> Plan:
        return Plan(tuple(Step(f"Fetch {item.name} {item.version}") for item in observed.lacking))

    def apply(self, observed: Fitness, plan: Plan) -> None:
        self.progress(fetching_from(self.wish, [f"{item.name} {item.version}" for item in observed.lacking]))
        self.host_did(self.remote.run(fetch_script(self.wish, observed.lacking)))

    def report(self, observed: Fitness, plan: Plan) -> dict[str, Any]:
        return preflight.report(self, observed)


class DropDownloads(NodeResource):
    """state: unfetched. Drops downloads that were fetched and are not going to be installed."""

    def locked(self, plan: Plan) -> AbstractContextManager[Any]:
        return nullcontext()

    def observe(self) -> Answer:
        return self.remote.run(assemble(["unfetch"]))

    def plan(self, observed: Answer) -> Plan:
        return observed.plan

    def apply(self, observed: Answer, plan: Plan) -> None:
        self.host_did(self.remote.run(assemble(["unfetch"], mode="apply")))
