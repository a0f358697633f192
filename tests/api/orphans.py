# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The end of what a cluster made at its cloud. One API server plays seed and cluster."""
from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import run
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.cloud_resources_resource import CloudResourcesResource
from ansible_collections.kubermatic.caas.plugins.plugin_utils.in_process import validated
from api import clusters
from api.bare_api import BareApi
from api.resources import Caller
from lab.cloud.clock import SimulatedClock

numbers = count(1)


@dataclass
class Customer:
    """A cluster in the real API, with an account at the provider. options: of all calls, url: that of the provider. clock: the provider's time."""

    bare: BareApi
    caller: Caller
    provider: str
    options: dict[str, Any]
    url: str
    clock: SimulatedClock

    @property
    def namespace(self) -> str:
        return f"cluster-{self.caller.cluster}"

    @property
    def uid(self) -> str:
        return self.bare.api("system:test").get("v1", "Namespace", self.namespace)["metadata"]["uid"]

    def record(self) -> dict[str, Any]:
        return json.loads(self.bare.api("system:test").get("v1", "ConfigMap", "cluster-record", self.namespace)["data"]["record.json"])

    def call(self, state: str = "listed", check_mode: bool = False, **given: Any) -> dict[str, Any]:
        """given: options in place of the usual ones, None for those that are left out."""
        chosen = {"provider": self.provider, **self.options, f"{self.provider}_url": self.url, "state": state, **given}
        return self._run(self.caller.resource(CloudResourcesResource, check_mode, **{name: value for name, value in chosen.items() if value is not None}))

    def good_options(self) -> dict[str, Any]:
        return {"seed_kubeconfig": self.caller.seed_kubeconfig, "cluster": self.caller.cluster, "provider": self.provider, "state": "noted", "wait_timeout": 5,
                **self.options, f"{self.provider}_url": self.url}

    def attempt(self, given: dict[str, Any], own_url: tuple[str | None, ...]) -> None:
        """With any options. own_url: how a user means the provider's own API; nobody is asked but the server of this test."""
        params = validated("cloud_resources", CloudResourcesResource.ARGUMENT_SPEC, {}, given)
        if params[f"{self.provider}_url"] in own_url:
            params[f"{self.provider}_url"] = self.url
        self._run(CloudResourcesResource(params, holder=self.caller.holder, check_mode=False, progress=self.caller.lines.append))

    def _run(self, resource: CloudResourcesResource) -> dict[str, Any]:
        # the cloud's time, so that nothing is really waited for
        resource.clock = self.clock
        return run(resource)

    def ends(self) -> None:
        self.caller.call(ClusterRecordResource, phase="Deleting")

    def has_volume(self, name: str, handle: str, driver: str, *, made: bool = True, policy: str = "Delete") -> None:
        """handle: its id at the cloud. made: for a claim, else by hand."""
        claim = str(UUID(int=next(numbers)))
        self.bare.api("system:setup").create({
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": f"pvc-{claim}" if made else name, "annotations": {"pv.kubernetes.io/provisioned-by": driver} if made else {}},
            "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "csi": {"driver": driver, "volumeHandle": handle},
                     "persistentVolumeReclaimPolicy": policy,
                     **({"claimRef": {"kind": "PersistentVolumeClaim", "namespace": "default", "name": name, "uid": claim}} if made else {})}})

    def has_balancer(self, service: str, **annotations: str) -> str:
        """What a cloud names it by."""
        made = self.bare.api("system:setup").create({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": service, "namespace": "default", "annotations": annotations},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}})
        return f"a{made['metadata']['uid'].replace('-', '')}"[:32]


@contextmanager
def cleared(bare: BareApi) -> Iterator[None]:
    """Afterwards no cluster has volumes and load balancers, as all share one API."""
    yield
    api = bare.api("system:setup")
    for one in api.list("v1", "PersistentVolume"):
        api.request("PATCH", f"/api/v1/persistentvolumes/{one['metadata']['name']}", body={"metadata": {"finalizers": None}},
                    content_type="application/merge-patch+json")
        api.delete("v1", "PersistentVolume", one["metadata"]["name"])
    for one in api.list("v1", "Service", "default"):
        if one["spec"].get("type") == "LoadBalancer":
            api.delete("v1", "Service", one["metadata"]["name"], "default")


def a_cluster(bare: BareApi, provider: str) -> Caller:
    """One that answers where this seed does."""
    caller = clusters.running(bare, f"left{next(numbers)}", spec={"cloud_provider": provider})
    clusters.describe_cluster(bare, caller.cluster)
    return caller
