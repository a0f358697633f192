# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The DNS of a seed runs on more than one machine."""
from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.wait_client import wait_until_ready
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.dns_spread import pod_to_move
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import SEED_SPREAD

NAMESPACE, SELECTOR = "kube-system", "k8s-app=kube-dns"
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "coredns", "namespace": NAMESPACE}}
TIMEOUT = 120.0
# the ReplicaSet notices within a moment
NOTICE = 1.0


class SeedSpreadResource(SteppingResource):
    OPTIONS = SEED_SPREAD

    @cached_property
    def seed(self) -> KubeApi:
        return KubeApi.from_kubeconfig(self.params["seed_kubeconfig"])

    def observe(self) -> Any:
        return pod_to_move(self.seed.list("v1", "Pod", NAMESPACE, SELECTOR), self.seed.list("v1", "Node"))

    def plan(self, observed: Any) -> Plan:
        if observed is None:
            return Plan()
        metadata = observed["metadata"]
        title = f"Move the pod {NAMESPACE}/{metadata['name']} away from {observed['spec']['nodeName']}, where all of the seed's DNS runs"
        return Plan((Step(title, (metadata["name"], metadata["uid"])),))

    def apply_step(self, step: Step) -> None:
        name, uid = step.target
        self.seed.delete("v1", "Pod", name, NAMESPACE, uid=uid)
        time.sleep(NOTICE)
        wait_until_ready(self.seed, [DEPLOYMENT], timeout=TIMEOUT, progress=self.progress)
