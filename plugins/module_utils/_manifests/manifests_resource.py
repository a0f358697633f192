# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A whole set of manifests in one API, over one connection: applied in waves, waited for, pruned."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.cluster_client import open_cluster
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.in_cluster_resource import ClusterApiResource
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._core.plan import Plan, Step
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import comparison, readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import objects_store as live_objects
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import ObjectKey
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.prober_client import Answers, Prober
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import manifests as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests import yaml_text as manifest_yaml
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.manifest_set import SetName, Wanted, check_name, wanted_objects
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.options import MANIFESTS
from ansible_collections.kubermatic.caas.plugins.module_utils._manifests.wait_client import Judge, ready, started, wait_until_ready
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import room_client as seed_room
from ansible_collections.kubermatic.caas.plugins.module_utils._system.parallel import side_by_side

ALONE = "this run did not change it and does not let other clusters wait; a run for this cluster alone waits longer"


@dataclass(frozen=True, slots=True)
class Observed:
    """api: None in check mode if the cluster does not exist yet. predicted: answers of dry runs for what is new or may differ.

    left: objects of the set that are there and stay as they are.
    """

    api: KubeApi | None
    wanted: tuple[Wanted, ...]
    live: dict[ObjectKey, dict[str, Any]] = field(default_factory=dict)
    predicted: dict[ObjectKey, dict[str, Any]] = field(default_factory=dict)
    left: tuple[Wanted, ...] = ()


class ManifestsResource(ClusterApiResource):
    OPTIONS = MANIFESTS
    CONSTRAINTS = {"required_if": [("target", "cluster", ["cluster"])]}
    # how the API answered while this task changed something
    measured: Answers | None = None

    @cached_property
    def set_name(self) -> SetName:
        check_name(self.params["set"])
        return SetName(self.params["set"], self.cluster if self.params["cluster"] is not None else "")

    @cached_property
    def scope(self) -> str:
        """The only namespace that the set may write to, "" for the whole API."""
        return self.params["namespace"] or (self.namespace if self.params["target"] == "seed" else "")

    def observe(self) -> Observed:
        texts = self.parsed()
        api = self.api()
        # names of kinds come from the seed, which exists, while the cluster does not
        lookup = api or self.seed
        wanted = wanted_objects(texts, self.set_name, scope=self.scope,
                                is_namespaced=lambda api_version, kind: lookup.resource(api_version, kind).namespaced)
        if api is None:
            return Observed(api, wanted)
        live = self.labelled(api, wanted)
        wanted, left = decide.split(wanted, live, self.params["leave"])
        if not self.check_mode:
            self.must_have_namespaces(api, wanted, live)
        predicted = live_objects.predicted(api, [item.manifest for item in decide.undecided(wanted, live)], existing=live)
        unlabelled = live_objects.present(api, (item.manifest for item in wanted
                                                if item.key not in live and live_objects.is_of_an_object(predicted.get(item.key))))
        return Observed(api, wanted, {**live, **unlabelled}, predicted, left)

    def must_have_namespaces(self, api: KubeApi, wanted: tuple[Wanted, ...], live: dict[ObjectKey, dict[str, Any]]) -> None:
        """Found out before the first object is written. A namespace that holds something of the set, or comes with it, needs no look."""
        there = {key.namespace for key in live} | {item.key.name for item in wanted if item.key.kind == "Namespace"} | {""}
        for name in sorted({item.key.namespace for item in wanted} - there):
            try:
                found = api.get("v1", "Namespace", name)
            except Refused:
                continue
            if found is None:
                raise InvalidInput(f"Namespace {name} is not there", where=f"{api.server}, set {self.set_name.name}",
                                   fix="create it first, or correct its name")

    def parsed(self) -> list[Any]:
        found: list[Any] = []
        for number, text in enumerate(self.params["manifests"], start=1):
            where = f"set {self.set_name.name}, item {number} of manifests"
            # Ansible keeps the words of a secret option out of all output: of a dict that would be each of its words, such as "v1"
            if not isinstance(text, str):
                raise InvalidInput(f"Each item must be a string, not {type(text).__name__}", where=where,
                                   fix="give YAML text, such as of the filter ansible.builtin.to_nice_yaml")
            found += manifest_yaml.parse(text, where=where)
        return found

    def api(self) -> KubeApi | None:
        if self.params["target"] == "seed":
            return self.seed
        return self.cluster_api()

    def labelled(self, api: KubeApi, wanted: tuple[Wanted, ...]) -> dict[ObjectKey, dict[str, Any]]:
        """What the set has, or had."""
        kinds = decide.kinds_to_look_through(wanted, prune=self.params["prune"], scope=self.scope)
        return live_objects.listed(api, kinds, namespace=self.scope, selector=self.set_name.selector(),
                                   needed={(item.manifest["apiVersion"], item.manifest["kind"]) for item in wanted})

    def plan(self, observed: Observed) -> Plan:
        for warning in decide.worth_telling(observed.api.warnings) if observed.api else ():
            self.progress(f"the server warns: {warning}")
        plan = decide.plan(observed.wanted, observed.live, observed.predicted, prune=self.params["prune"], as_text=manifest_yaml.dump,
                           left=observed.left)
        for item in observed.left:
            if not comparison.covers(observed.live[item.key], item.manifest):
                self.progress(f"{item.key} stays as it is for now, though it differs from what is wanted")
        return plan

    @contextmanager
    def locked(self, plan: Plan) -> Iterator[bool]:
        """Before the first write: a control plane whose pods are replaced while no machine takes pods would be gone until one does."""
        moves_pods = any(step.target.action == "apply" and readiness.has_pods(step.target.key.kind) for step in plan)
        if moves_pods and self.params["target"] == "seed" and self.params["cluster"] is not None:
            seed_room.check_machines(self.seed, f"The control plane of cluster {self.cluster} can't be changed now")
        with super().locked(plan) as may_have_changed:
            prober = Prober(open_cluster(self.seed, self.namespace)) if self.params["measure_api"] else None
            try:
                yield may_have_changed
            finally:
                if prober:
                    self.measured = prober.end()
                    self.progress(self.measured.line())

    def apply(self, observed: Observed, plan: Plan) -> None:
        self.waves = Waves(self, observed, {step.target.key for step in plan})
        for steps in decide.independent(plan):
            if steps[0].target.action == "delete":
                self.waves.wait_for_all()
            else:
                self.waves.wait_for_those_before(steps[0].target.wave)
            self.must_hold_lock()
            for step in steps:
                self.progress(step.title)
            side_by_side(self.apply_step, steps)

    def apply_step(self, step: Step) -> None:
        change, api = step.target, self.waves.api
        if change.action == "apply":
            api.apply(change.manifest)
        else:
            metadata = change.manifest["metadata"]
            api.delete(change.manifest["apiVersion"], change.manifest["kind"], metadata["name"], metadata.get("namespace"), uid=metadata.get("uid"))

    def finish(self, observed: Any, plan: Plan) -> None:
        (self.waves if plan else Waves(self, observed, set())).wait_for_all()

    def report(self, observed: Observed, plan: Plan) -> dict[str, Any]:
        measured = {"api": asdict(self.measured)} if self.measured else {}
        objects = [{"kind": item.key.kind, "name": item.key.name, "namespace": item.key.namespace} for item in (*observed.wanted, *observed.left)]
        return {**measured, "objects": objects}


class Waves:
    """Remembers which waves are ready. What was ready when observed and did not change since is not asked for again."""

    def __init__(self, resource: ManifestsResource, observed: Observed, changing: set[ObjectKey]) -> None:
        self.api, self.resource = observed.api, resource
        self.pending: dict[int, list[Wanted]] = {}
        # created by this run, and of use to others before they are ready
        self.young = {item.key for item in observed.wanted if item.start_suffices and item.key not in observed.live}
        self.started: set[ObjectKey] = set()
        for item in observed.wanted:
            is_ready = item.key not in changing and readiness.judge(observed.live.get(item.key)).ready
            if item.awaited and readiness.takes_time(item.key.kind) and not is_ready:
                self.pending.setdefault(item.wave, []).append(item)
        self.several = len({item.wave for item in observed.wanted}) > 1
        # short waits for those: this run does not change them, and they were ready before
        self.failing = set() if changing or not resource.params["others_wait"] else {
            item.key for item in observed.wanted if item.key in observed.live and readiness.was_ready(observed.live[item.key])}
        # nothing is on its way up either, on which the rest may wait
        self.unchanged = not changing and len(self.pending) <= 1

    def wait_for_those_before(self, wave: int) -> None:
        for number in sorted(self.pending):
            if number < wave:
                young = [item for item in self.pending[number] if item.key in self.young]
                self._wait_for_start(number, young)
                self._wait_for(number, [item for item in self.pending[number] if item not in young])

    def wait_for_all(self) -> None:
        for number in sorted(self.pending):
            self._wait_for(number, self.pending[number])

    def _wait_for_start(self, number: int, items: list[Wanted]) -> None:
        items = [item for item in items if item.key not in self.started]
        if items:
            self._wait(number, items, started, "started")
            self.started |= {item.key for item in items}

    def _wait_for(self, number: int, items: list[Wanted]) -> None:
        if items:
            self._wait(number, items, ready, "ready")
            self.pending[number] = [item for item in self.pending[number] if item not in items]

    def _wait(self, number: int, items: list[Wanted], judge: Judge, state: str) -> None:
        failing = all(item.key in self.failing for item in items)
        timeout, remedy = (self.resource.patience, ALONE) if failing else (self.resource.params["wait_timeout"], "")
        seconds = wait_until_ready(self.api, [item.manifest for item in items], timeout=timeout, progress=self.resource.progress, judge=judge,
                                   unchanged=self.unchanged, remedy=remedy)
        names = ", ".join(f"{item.key.kind} {item.key.name}" for item in items)
        self.resource.progress(f"{f'wave {number}' if self.several else 'set ' + self.resource.set_name.name} {state} after {seconds:.1f} s: {names}")
