# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits until a seed is ready. Reads only."""
from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import NotReady, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Telling
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_READY
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready import lacking

PAUSE = 0.5


class SeedReadyResource(ReadingResource):
    OPTIONS = SEED_READY

    @cached_property
    def seed(self) -> KubeApi:
        return KubeApi.from_kubeconfig(self.params["seed_kubeconfig"])

    def observe(self) -> list[str]:
        return self.lacking()

    def lacking(self) -> list[str]:
        try:
            return lacking(self.seed.list("v1", "Node"), self.seed.get("apps/v1", "Deployment", "coredns", "kube-system"))
        except Unreachable as error:
            return [error.line()]

    def finish(self, observed: Any, plan: Plan) -> None:
        began, telling = time.monotonic(), Telling()
        while missing := self.lacking():
            now = time.monotonic()
            if now - began > self.params["wait_timeout"]:
                raise NotReady(f"The seed is not ready after {now - began:.0f} s", where=self.seed.server, why="; ".join(missing),
                               fix=f"look at the pods: {self.seed.kubectl} get pods -A")
            if line := telling.line("; ".join(missing), now - began):
                self.progress(line)
            time.sleep(PAUSE)
        waited = time.monotonic() - began
        if waited > PAUSE:
            self.progress(f"Nodes Ready, DNS available after {waited:.1f} s")

    def report(self, observed: list[str], plan: Plan) -> dict[str, Any]:
        return {"missing": observed if self.check_mode else []}
