# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits until objects are ready, says for what when that changes, ends early if waiting won't help, and tells in the end what was seen last."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, NotReady, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._kube import readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_client import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects import key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.objects_store import current
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.patience import Snag, Snags, Telling, snag
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.readiness import Verdict
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import condition as seed_condition

# one small request each; a control plane waits a few times
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
LOOK_EVERY = 5.0
# of a live object, None if there is none
Judge = Callable[[KubeApi, Any], Verdict]


def ready(_api: KubeApi, live: dict[str, Any] | None) -> Verdict:
    return readiness.judge(live)


def started(api: KubeApi, live: dict[str, Any] | None) -> Verdict:
    """Ready enough for those who wait themselves until it answers."""
    return readiness.judge_start(live, _pods(api, live) if live else ())


def wait_until_ready(api: KubeApi, manifests: Iterable[dict[str, Any]], *, timeout: float, progress: Callable[[str], None], judge: Judge = ready,
                     unchanged: bool = False, remedy: str = "") -> float:
    """Returns the seconds it took. manifests: at least names of the objects. timeout: seconds. unchanged: this run did nothing that could help them.

    remedy: what to do if the time is over.

    Raises NotReady, early if waiting won't help.
    """
    begin = looked = time.monotonic()
    pending, pause, telling, snags = list(manifests), FIRST_PAUSE, Telling(), Snags()
    while True:
        pending = [manifest for manifest in pending if not _is_ready(api, manifest, judge)]
        now = time.monotonic()
        if not pending:
            return now - begin
        if now - begin > timeout:
            raise _not_ready(api, pending[0], f"after {now - begin:.0f} s", remedy=remedy)
        if now - looked > LOOK_EVERY:
            looked = now
            _give_up_on_snags(api, pending, snags, now - begin, unchanged)
            line = telling.line(f"{key_of(pending[0])}: {what_is_wrong(api, pending[0])}", now - begin)
            if line:
                progress(line)
        time.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)


def _give_up_on_snags(api: KubeApi, pending: list[dict[str, Any]], snags: Snags, waited: float, unchanged: bool) -> None:
    for manifest in pending:
        found = snags.lasting(key_of(manifest), _snag(api, manifest, unchanged), waited)
        if found:
            raise _not_ready(api, manifest, f"after {waited:.0f} s, and waiting longer won't help: {found.kind}", remedy=found.remedy)


def _snag(api: KubeApi, manifest: dict[str, Any], unchanged: bool) -> Snag | None:
    """None also if it can't be told now."""
    try:
        live = current(api, manifest)
        if live is None or not readiness.has_pods(live["kind"]):
            return None
        pods = _pods(api, live)
        return snag(live, pods, _events(api, live, readiness.troubled_pod(pods)), unchanged=unchanged)
    except (Refused, Unreachable, ApiError):
        return None


def _is_ready(api: KubeApi, manifest: dict[str, Any], judge: Judge) -> bool:
    verdict = _verdict(api, manifest, judge)
    if verdict.hopeless:
        raise _not_ready(api, manifest, "and won't be")
    return verdict.ready


def _verdict(api: KubeApi, manifest: dict[str, Any], judge: Judge) -> Verdict:
    """An API that is away for a moment, as when its own replicas change, leaves things as they were: not ready."""
    try:
        return judge(api, current(api, manifest))
    except Unreachable as error:
        return Verdict(error.what)
    except ApiError as error:
        if error.status < 500:
            raise
        return Verdict(error.what)


def _not_ready(api: KubeApi, manifest: dict[str, Any], moment: str, *, remedy: str = "") -> NotReady:
    key = key_of(manifest)
    namespace = f" -n {key.namespace}" if key.namespace else ""
    look = f"look closer with {api.kubectl}{namespace} describe {key.kind.lower()} {key.name}"
    return NotReady(f"{key} is not ready {moment}", where=api.server, why=what_is_wrong(api, manifest),
                    fix="; ".join(filter(None, (remedy, look, "the next run continues from here"))))


def what_is_wrong(api: KubeApi, manifest: dict[str, Any]) -> str:
    """What the object, its pods and their events say, as far as we may read them."""
    try:
        live = current(api, manifest)
    except Unreachable as error:
        return error.line()
    parts = [readiness.judge(live).why or "it is ready now"]
    if live is not None and readiness.has_pods(live["kind"]):
        parts += _pods_and_events(api, live)
    return "; ".join(filter(None, parts))


def _pods_and_events(api: KubeApi, live: dict[str, Any]) -> list[str]:
    try:
        pods = _all_pods(api, live)
        troubled = readiness.troubled_pod(readiness.alive(pods))
        events = _events(api, live, troubled)
    except (Refused, Unreachable, ApiError):
        return []
    said = readiness.trouble_of(troubled) if troubled else ""
    event = readiness.unless_said(readiness.last_event(events), said)
    return [said, _machines(api) if "not scheduled" in said else "", readiness.evicted(pods), f"last event {event}" if event else ""]


def _machines(api: KubeApi) -> str:
    """Why none of them takes a pod, in words that name them."""
    try:
        return seed_condition.takes_nothing(api.list("v1", "Node"))
    except (Refused, Unreachable, ApiError):
        return ""


def _events(api: KubeApi, live: dict[str, Any], troubled: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Of the pod in trouble, else of the object."""
    metadata = (troubled or live)["metadata"]
    return api.list("v1", "Event", live["metadata"].get("namespace", ""), field_selector=f"involvedObject.name={metadata['name']}")


def _pods(api: KubeApi, live: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that run or shall run; of a Job all of them."""
    pods = _all_pods(api, live)
    return pods if live["kind"] == "Job" else readiness.alive(pods)


def _all_pods(api: KubeApi, live: dict[str, Any]) -> list[dict[str, Any]]:
    labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return api.list("v1", "Pod", live["metadata"].get("namespace", ""), ",".join(f"{key}={value}" for key, value in labels.items())) if labels else []
