# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Secret in the customer's cluster by which its add-ons prove themselves to the cloud."""
from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.in_cluster_resource import ClusterApiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.uid_client import cluster_uid
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import SteppingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki import content_hash
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import credentials as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import SECRET
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.options import CLOUD_CREDENTIALS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.own_credentials_client import own_credentials
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import NAMESPACE, cluster_tag

NOTE, STORE, DROP = "note", "store", "drop"


@dataclass(frozen=True, slots=True)
class Observed:
    """api: None if the cluster doesn't answer yet. live: the Secret as it is. uid: of the cluster, "" in check mode if there is none yet."""

    api: KubeApi | None
    live: dict[str, Any] | None
    known: Record | None
    uid: str


class CloudCredentialsResource(SteppingResource, ClusterApiResource):
    OPTIONS = CLOUD_CREDENTIALS
    observed: Observed

    @cached_property
    def provider(self) -> str:
        return self.params["cloud_provider"]

    @property
    def title(self) -> str:
        return registry.DESCRIPTIONS[self.provider].title

    @property
    def secret_name(self) -> str:
        return registry.INTEGRATIONS[self.provider].secret

    @cached_property
    def given(self) -> dict[str, str]:
        found = decide.given(self.provider, self.params["cloud_credentials"], self.params)
        decide.check_not_own(self.provider, self.cluster, found, self.own)
        return found

    @cached_property
    def own(self) -> frozenset[str]:
        return own_credentials(self.params, os.environ)

    @property
    def stores(self) -> bool:
        return self.params["cloud_credentials"] == SECRET

    def observe(self) -> Observed | None:
        """None if only a look was asked for, which finds that all is there."""
        given, looks = self.given, self.params["state"] == "fit"
        api = None if looks else self.cluster_api()
        live = self.live_so_far() if looks else self.secret(api) if api else None
        if self.stores and not given and not decide.data_of(self.provider, live):
            raise decide.missing(self.provider, self.cluster)
        told = decide.holds_own(self.provider, self.cluster, live, self.own)
        if told and not looks:
            self.progress(told)
        if looks:
            return None
        known = record.read(self.seed, self.namespace)
        self.observed = Observed(api, live, known, self.uid(known))
        return self.observed

    def secret(self, api: KubeApi) -> dict[str, Any] | None:
        return api.get("v1", "Secret", self.secret_name, NAMESPACE)

    def live_so_far(self) -> dict[str, Any] | None:
        """The Secret, None also where the cluster doesn't answer, or is not there yet."""
        try:
            return self.secret(open_cluster(self.seed, self.namespace))
        except CaasError:
            return None

    def uid(self, known: Record | None) -> str:
        try:
            return cluster_uid(self, known)
        except InvalidInput:
            if self.check_mode and self.seed_namespace() is None:
                return ""
            raise

    def plan(self, observed: Observed | None) -> Plan:
        if observed is None:
            return Plan()
        steps, name = [], f"Secret {NAMESPACE}/{self.secret_name} of cluster {self.cluster}"
        if not (observed.known and observed.known.uid):
            steps.append(Step(f"Note the UID of cluster {self.cluster} in its record, by which the collection finds its resources at {self.title}", NOTE))
        if self.given and decide.data_of(self.provider, observed.live) != self.given:
            steps.append(Step(f"{'Update' if observed.live else 'Create'} {name}", STORE, before=_shown(self.hash(observed.live)),
                              after=_shown(content_hash(self.given)), header=name))
        if not self.stores and decide.is_ours(observed.live):
            steps.append(Step(f"Delete {name}, because its machines authenticate with their role", DROP, before=_shown(self.hash(observed.live)), header=name))
        return Plan(tuple(steps))

    def hash(self, live: dict[str, Any] | None) -> str:
        """Changes with what a Secret holds, and tells nothing of it."""
        return content_hash(decide.data_of(self.provider, live)) if live else ""

    def apply_step(self, step: Step) -> None:
        api = self.observed.api
        if step.target == NOTE:
            record.write(self.seed, self.namespace, self.with_uid)
        elif step.target == STORE and api:
            api.apply(decide.manifest(self.provider, self.cluster, self.given))
        elif step.target == DROP and api:
            api.delete("v1", "Secret", self.secret_name, NAMESPACE)

    def with_uid(self, old: Record | None) -> Record:
        if old is None:
            raise InvalidInput(f"Cluster {self.cluster} has no record", where=f"namespace {self.namespace} of {self.seed.server}",
                               fix="create the cluster first: kubermatic.caas.create_cluster")
        return replace(old, uid=self.observed.uid)

    def report(self, observed: Observed | None, plan: Plan) -> dict[str, Any]:
        if observed is None:
            return {}
        hashed = content_hash(self.given) if self.given else self.hash(observed.live) if self.stores else ""
        return {"uid": observed.uid, "tag": cluster_tag(observed.uid), "hash": hashed}


def _shown(hashed: str) -> str | None:
    return f"data: {hashed} (fingerprint)\n" if hashed else None
