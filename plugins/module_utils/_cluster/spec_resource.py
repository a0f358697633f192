# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Checks the wanted state of a cluster, and returns it in full."""
from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Choice, Components, assumed, newer_patch
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.features import Feature
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import record_store as record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import plan_present, seen
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import CLUSTER_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import ClusterSpec, moved, variables
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import (
    check_against_record,
    check_no_upgrade,
    check_version,
    storage_before,
    wanted,
    what_runs,
    with_kept_storage,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster_resource import ClusterResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, CaasError, InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan
from ansible_collections.kubermatic.caas.plugins.module_utils._core.resource import ReadingResource
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods_client import EtcdReader, grow
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.volumes import growing
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.rights_client import check_rights
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import machines_client as seed_machines
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import room_client as seed_room

API_SERVER = "kube-apiserver"


class ClusterSpecResource(ReadingResource, ClusterResource):
    """Reads only."""

    # it came to run once
    runs = False

    OPTIONS = CLUSTER_SPEC

    def observe(self) -> tuple[ClusterSpec, Choice]:
        # mistakes come before what the seed answers; which versions there are to choose from depends on what runs there
        wanted(self.params, assumed(self.params["kubernetes_version"]))
        self.reach_seed()
        namespace = seen(self)
        plan_present(self, namespace)
        exists = namespace.namespace is not None
        known = self.known() if exists else None
        runs = what_runs(known, self.ready_image() if known and not known.versions else "")
        spec, choice = self.chosen(known, runs)
        spec = with_kept_storage(spec, known, self.params["etcd_storage"])
        self.runs = bool(runs)
        check_against_record(spec, known, upgrade=self.params["upgrade"])
        self.check_growth(spec, storage_before(spec, known))
        self.check_stages(spec, known)
        for name, (was, now) in moved(spec.as_dict(), known.spec if known else {}).items():
            self.progress(f"{name} changes from {was or 'the usual place'} to {now or 'the usual place'}: the value comes from the inventory; the "
                          "record does not contain it")
        if exists:
            self.lock.check()
        if known is None:
            self.look_elsewhere()
            check_rights(self.seed, self.namespace, exists=exists)
        self.check_seed(spec, known)
        return replace(spec, priority_class=self.priority_class(known)), choice

    def chosen(self, known: Record | None, runs: Components | None) -> tuple[ClusterSpec, Choice]:
        """An upgrade takes what is on offer; all else keeps what runs."""
        if self.params["upgrade"]:
            return wanted(self.params)
        check_no_upgrade(known)
        check_version(self.cluster, self.params["kubernetes_version"], runs)
        spec, choice = wanted(self.params, runs)
        self.say_version(choice, runs)
        return spec, choice

    def check_seed(self, spec: ClusterSpec, known: Record | None) -> None:
        """A cluster that ran before keeps its place; what would move its pods is looked at when there is something to change."""
        if known is None or not known.versions:
            seed_room.check_machines(self.seed, f"Cluster {spec.name} can't be created now")
            seed_room.check_storage(self.seed, spec)
        if known is None:
            seed_room.check_room(self.seed, spec)
        elif known.versions:
            seed_room.check_growth(self.seed, spec, known.spec)

    def priority_class(self, known: Record | None) -> str:
        """The one that was given, else the one that the seed offers. If the kubeconfig may not read that, the cluster keeps its own."""
        if self.params["control_plane_priority_class"]:
            return self.params["control_plane_priority_class"]
        offer = seed_machines.offer(self.seed)
        if offer is None:
            return str(known.spec.get("priority_class") or "") if known else ""
        return offer.get("control_plane_priority_class", "")

    def ready_image(self) -> str:
        """Of a kube-apiserver that runs, "" if none does."""
        found = self.seed.get("apps/v1", "Deployment", API_SERVER, self.namespace)
        if not found or not (found.get("status") or {}).get("readyReplicas"):
            return ""
        return next((one["image"] for one in found["spec"]["template"]["spec"]["containers"] if one["name"] == API_SERVER), "")

    def say_version(self, choice: Choice, runs: Components | None) -> None:
        newer = newer_patch(runs.kubernetes) if runs else ""
        if newer:
            self.progress(f"Cluster {self.cluster} runs Kubernetes {choice.version} and keeps it; new clusters get {newer}")
        elif choice.resolved_from and not runs:
            self.progress(f"Kubernetes {choice.resolved_from} is {choice.version}, the newest patch that this release knows")

    def check_growth(self, spec: ClusterSpec, before: str) -> None:
        """Whether the volumes of etcd may grow says the seed, by a dry run. before: their size, "" if they don't grow."""
        if not before:
            return
        for ordinal in growing(spec.etcd_storage, EtcdReader(self.seed, self.namespace).claims()):
            try:
                grow(self.seed, self.namespace, ordinal, spec.etcd_storage, dry_run=True)
            except (Refused, ApiError) as error:
                raise InvalidInput(f"etcd_storage can't grow from {before} to {spec.etcd_storage}", where=f"cluster {spec.name}",
                                   why=error.why or error.what,
                                   fix=f"write etcd_storage: {before}, or let its StorageClass allow it (allowVolumeExpansion: true)") from None

    def look_elsewhere(self) -> None:
        """A cluster stays in its seed: a new one has no namesake in another. A seed that doesn't answer does not stop the run."""
        for name, kubeconfig in self.params["other_seeds"].items():
            try:
                api = KubeApi.from_kubeconfig(os.path.expanduser(str(kubeconfig)))
                elsewhere = record.read(api, self.namespace)
            except CaasError as error:
                self.progress(f"Could not check whether seed {name} has a cluster {self.cluster}: {error.line()}")
                continue
            if elsewhere:
                raise InvalidInput(f"Cluster {self.cluster} is in seed {name}, and a cluster can't change its seed", where=api.server,
                                   fix=f"write seed: {name}, or give the new cluster another name")

    def check_stages(self, spec: ClusterSpec, known: Record | None) -> None:
        found = features_of(spec)
        launch_stages.check(spec.name, found, launch_stages.used_by(known), self.params["allowed_stages"])
        for line in launch_stages.leaving(found):
            self.progress(line)

    def known(self) -> Record | None:
        try:
            return record.read(self.seed, self.namespace)
        except Refused:
            # says what else is missing, and how to get it
            check_rights(self.seed, self.namespace, exists=True)
            raise

    def report(self, observed: tuple[ClusterSpec, Choice], plan: Plan) -> dict[str, Any]:
        spec, choice = observed
        found = features_of(spec)
        integration = registry.INTEGRATIONS.get(spec.cloud_provider)
        templates = {name: list(files) for name, files in integration.templates.items()} if integration else {}
        return {"cluster": spec.as_dict(), "cloud_templates": templates, "runs": self.runs,
                "resolved_from": choice.resolved_from, "stage": launch_stages.least_trusted(found),
                "features": launch_stages.shown(found)}


def features_of(spec: ClusterSpec) -> tuple[Feature, ...]:
    return launch_stages.used(variables(spec.as_dict()))
