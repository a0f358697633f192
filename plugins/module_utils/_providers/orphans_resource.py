# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster made at a cloud, whatever the cloud: listed, noted for later, or gone with proof."""
from __future__ import annotations

from abc import abstractmethod
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, Protocol

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.uid_client import cluster_uid
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused, Unsure
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.shared_options import CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.orphan import Found, Leftover, Said
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.provider import PROVIDERS, CloudProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._system.clock import Clock

LEFTOVERS: dict[str, Any] = {
    **CLUSTER,
    "state": {"type": "str", "choices": ["listed", "noted", "absent"], "default": "listed"},
    "wait_timeout": {"type": "int", "default": 600},
}
TELL_EVERY_SECONDS = 20.0


class Cloud(Protocol):
    """What every provider can do. All of it may be repeated."""

    def find(self, said: Said) -> Found:
        """ours, by the cluster's tag alone, in the order in which they can go. said: what may keep something."""

    def exists(self, one: Leftover) -> bool:
        """Asks for this very thing, which is more up to date than a list."""

    def remove(self, one: Leftover) -> None:
        """One that is gone already is as good. Raises ApiError, Refused or InvalidInput if it can't go (yet)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """record: None if there is no such cluster. said: by its own objects and its record. unchecked: what could not be looked at."""

    record: Record | None = None
    said: Said = field(default_factory=Said)
    found: Found = field(default_factory=Found)
    unchecked: tuple[str, ...] = ()


class LeftoversResource(ClusterResource):
    """A subclass names its PROVIDER, and reaches it in `cloud`."""

    ARGUMENT_SPEC = LEFTOVERS
    PROVIDER = ""
    clock = Clock()
    known: Record | None = None

    @property
    @abstractmethod
    def cloud(self) -> Cloud:
        """Where the things are."""

    @abstractmethod
    def check_provider_options(self) -> None:
        """Raises InvalidInput for options of the provider that can't be used. Asks nobody."""

    def places(self) -> tuple[str, ...]:
        """Parts of the provider, such as regions, if it has some; asked only if the cluster has to do with it. Raises InvalidInput."""
        return ()

    @property
    def provider(self) -> CloudProvider:
        return PROVIDERS[self.PROVIDER]

    @cached_property
    def uid(self) -> str:
        return cluster_uid(self, self.known)

    @property
    def removes(self) -> bool:
        return self.params["state"] == "absent"

    def observe(self) -> Seen:
        self.reach_seed()
        self.known = record.read(self.seed, self.namespace)
        if not decide.concerns(self.known, self.PROVIDER):
            return Seen(self.known)
        self.check_provider_options()
        if self.removes and not self.check_mode:
            decide.check_ends(self.known)
        now, unchecked = self.told_by_the_cluster()
        said = decide.known_of(self.known, now)
        return Seen(self.known, said, self.cloud.find(said), unchecked)

    def told_by_the_cluster(self) -> tuple[Said | None, tuple[str, ...]]:
        """What its objects say, None if they can't be asked. The customer writes them: they keep things, and delete none."""
        if self.known.spec.get("cloud_provider") != self.PROVIDER:
            return Said(), ()
        try:
            api = open_cluster(self.seed, self.namespace)
            if not api.ready():
                raise InvalidInput("it does not answer")
            volumes, services = (api.list("v1", kind) for kind in ("PersistentVolume", "Service"))
            return decide.said(self.provider, volumes, self.snapshot_contents(api), services), ()
        except CaasError as error:
            return None, (f"What volumes cluster {self.cluster} wants to retain could not be asked ({error.what}): only what was noted before is kept",)

    def snapshot_contents(self, api: KubeApi) -> list[dict[str, Any]]:
        try:
            return api.list("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent")
        except InvalidInput:
            # this kind is no part of Kubernetes; who wants snapshots brings it along
            return []

    def plan(self, observed: Seen) -> Plan:
        concerned = decide.concerns(observed.record, self.PROVIDER)
        writes = concerned and self.params["state"] != "listed" and self.with_notes(observed.record, observed) != observed.record
        return decide.plan(self.cluster, self.provider.title, observed.found, notes=writes, removes=self.removes)

    def with_notes(self, old: Record | None, observed: Seen) -> Record:
        if old is None:
            raise InvalidInput(f"Cluster {self.cluster} has no record", where=f"namespace {self.namespace} of {self.seed.server}")
        return decide.noted(old, self.PROVIDER, self.uid, observed.found.kept, observed.said, self.places())

    def carry_out(self, observed: Seen, plan: Plan) -> None:
        """Not step by step: under the lock things may look different, and what is still in use is tried again."""
        self.still_guarded()
        # before anything goes: what is gone in the cluster is known no more
        record.write(self.seed, self.namespace, lambda old: self.with_notes(old, observed))
        if self.removes:
            self.until_gone(observed.said)

    def until_gone(self, said: Said) -> None:
        begin = told = self.clock.monotonic()
        asked: set[str] = set()
        for attempt in count():
            left = [one for one in self.cloud.find(said).ours if one.id not in asked or self.cloud.exists(one)]
            if not left:
                return
            reasons = self.remove(left, asked)
            passed = self.clock.monotonic() - begin
            if passed > self.params["wait_timeout"]:
                raise decide.left_over(self.cluster, self.provider.title, left, reasons, passed)
            if self.clock.monotonic() - told > TELL_EVERY_SECONDS:
                told = self.clock.monotonic()
                self.progress(f"still at {self.provider.title} after {passed:.0f} s: {', '.join(map(str, left))}")
            self.clock.sleep(min(30.0, 2.0 * 2 ** attempt))

    def remove(self, left: list[Leftover], asked: set[str]) -> dict[str, str]:
        """Id -> why it can't go yet."""
        reasons: dict[str, str] = {}
        for one in left:
            self.still_guarded()
            if one.id not in asked:
                self.progress(f"Delete {one} at {self.provider.title}, {one.why}")
            try:
                self.cloud.remove(one)
            except (ApiError, Refused, InvalidInput, Unsure) as error:
                reasons[one.id] = error.why or error.what
            else:
                asked.add(one.id)
        return reasons

    def settle(self, plan: Plan) -> None:
        """Only here it is proved."""
        if self.removes and plan:
            self.progress(f"Nothing of cluster {self.cluster} is left at {self.provider.title}")

    def report(self, observed: Seen, plan: Plan) -> dict[str, Any]:
        for text in observed.unchecked:
            self.progress(text)
        return {"found": [asdict(one) for one in observed.found.ours], "kept": [asdict(one) for one in observed.found.kept],
                "unchecked": list(observed.unchecked), **({"residual": []} if self.removes and not self.check_mode else {})}
