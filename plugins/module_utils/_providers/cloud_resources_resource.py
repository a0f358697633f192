# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster made at its providers: listed, noted for later, or gone with proof."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.uid_client import cluster_uid
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.options import CLOUD_RESOURCES
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Orphan, Said
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.providers_client import provider
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock

TELL_EVERY_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class SeenAt:
    """One provider. at: what talks to it. said: by the cluster's own objects and its record."""

    provider: str
    at: ResourcesAtProvider
    said: Said
    found: Found

    @property
    def title(self) -> str:
        return registry.DESCRIPTIONS[self.provider].title


@dataclass(frozen=True, slots=True)
class Seen:
    """record: None if there is no such cluster. at: each provider that it has to do with. unchecked: what could not be looked at."""

    record: Record | None = None
    at: tuple[SeenAt, ...] = ()
    unchecked: tuple[str, ...] = ()


class CloudResourcesResource(ClusterResource):
    """What it tells a provider is what contract.ResourcesRun says."""

    OPTIONS = CLOUD_RESOURCES
    clock = Clock()
    known: Record | None = None

    @cached_property
    def uid(self) -> str:
        return cluster_uid(self, self.known)

    @property
    def removes(self) -> bool:
        return self.params["state"] == "absent"

    @property
    def outlives_namespace(self) -> bool:
        return self.removes

    def noted_places(self) -> frozenset[str]:
        return decide.places(self.known) if self.known else frozenset()

    def observe(self) -> Seen:
        self.reach_seed()
        self.known = record.read(self.seed, self.namespace)
        names = [self.params["provider"]] if self.params["provider"] else list(registry.DESCRIPTIONS)
        concerned = {name: provider(name).resources(self) for name in names if decide.concerns(self.known, name)}
        for at in concerned.values():
            at.check_options()
        if concerned and self.removes and not self.check_mode and not self.namespace_goes():
            decide.check_ends(self.known)
        seen, unchecked = [], []
        for name, at in concerned.items():
            now, texts = self.told_by_the_cluster(name)
            said = decide.known_of(self.known, now)
            seen.append(SeenAt(name, at, said, at.find(said)))
            unchecked += texts
        return Seen(self.known, tuple(seen), tuple(unchecked))

    def told_by_the_cluster(self, name: str) -> tuple[Said | None, tuple[str, ...]]:
        """What its objects say, None if they can't be asked. The customer writes them: they keep things, and delete none."""
        integration = registry.INTEGRATIONS.get(name)
        if integration is None or self.known.spec.get("cloud_provider") != name:
            return Said(), ()
        try:
            api = open_cluster(self.seed, self.namespace)
            if not api.ready():
                raise InvalidInput("it does not answer")
            volumes, services = (api.list("v1", kind) for kind in ("PersistentVolume", "Service"))
            return decide.said(integration, volumes, self.snapshot_contents(api), services), ()
        except CaasError as error:
            return None, (f"What volumes cluster {self.cluster} wants to retain could not be asked ({error.what}): only what was noted before is kept",)

    def snapshot_contents(self, api: KubeApi) -> list[dict[str, Any]]:
        try:
            return api.list("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent")
        except InvalidInput:
            # this kind is no part of Kubernetes; who wants snapshots brings it along
            return []

    def plan(self, observed: Seen) -> Plan:
        writes = bool(observed.at) and self.params["state"] != "listed" and self.with_notes(observed.record, observed) != observed.record
        plans = [decide.plan(self.cluster, one.title, one.found, notes=writes, removes=self.removes) for one in observed.at]
        return Plan(tuple(step for plan in plans for step in plan))

    def with_notes(self, old: Record | None, observed: Seen) -> Record:
        if old is None:
            raise InvalidInput(f"Cluster {self.cluster} has no record", where=f"namespace {self.namespace} of {self.seed.server}")
        return decide.noted(old, self.uid, [decide.Noted(one.provider, one.found.kept, one.said, one.at.places()) for one in observed.at])

    def apply(self, observed: Seen, plan: Plan) -> None:
        """Not step by step: under the lock things may look different, and what is still in use is tried again."""
        self.must_hold_lock()
        if not self.namespace_goes():
            # before anything goes: what is gone in the cluster is known no more
            record.write(self.seed, self.namespace, lambda old: self.with_notes(old, observed))
        if self.removes:
            for one in observed.at:
                self.until_gone(one)

    def until_gone(self, seen: SeenAt) -> None:
        begin = told = self.clock.monotonic()
        asked: set[str] = set()
        for attempt in count():
            left = [one for one in seen.at.find(seen.said).ours if one.id not in asked or seen.at.exists(one)]
            if not left:
                return
            reasons = self.remove(seen, left, asked)
            passed = self.clock.monotonic() - begin
            if passed > self.params["wait_timeout"]:
                raise decide.left_over(self.cluster, seen.title, left, reasons, passed)
            if self.clock.monotonic() - told > TELL_EVERY_SECONDS:
                told = self.clock.monotonic()
                self.progress(f"still at {seen.title} after {passed:.0f} s: {', '.join(map(str, left))}")
            self.clock.sleep(min(30.0, 2.0 * 2 ** attempt))

    def remove(self, seen: SeenAt, left: list[Orphan], asked: set[str]) -> dict[str, str]:
        """Id -> why it can't go yet."""
        reasons: dict[str, str] = {}
        for one in left:
            self.must_hold_lock()
            if one.id not in asked:
                self.progress(f"Delete {one} at {seen.title}, {one.why}")
            try:
                seen.at.remove(one)
            except (ApiError, Refused, InvalidInput, Unsure) as error:
                reasons[one.id] = error.why or error.what
            else:
                asked.add(one.id)
        return reasons

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        for text in observed.unchecked:
            self.progress(text)
        if self.removes and plan and not self.check_mode:
            for one in observed.at:
                self.progress(f"Nothing of cluster {self.cluster} is left at {one.title}")
        return {**{key: [{"provider": one.provider, **asdict(thing)} for one in observed.at for thing in getattr(one.found, part)]
                   for key, part in (("found", "ours"), ("kept", "kept"))},
                "unchecked": list(observed.unchecked), **({"residual": []} if self.removes and not self.check_mode else {})}
