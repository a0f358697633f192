# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits until objects are ready, says every few seconds for what, and tells in the end what was seen last."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.kube_api import KubeApi
from ansible_collections.kubermatic.caas.plugins.module_utils._adapter.live_objects import current
from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import ApiError, NotReady, Refused, Unreachable
from ansible_collections.kubermatic.caas.plugins.module_utils._model.objects import key_of
from ansible_collections.kubermatic.caas.plugins.module_utils._plan import readiness
from ansible_collections.kubermatic.caas.plugins.module_utils._plan.readiness import Verdict

# one small request each; a control plane waits a few times
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
TELL_EVERY = 10.0
# of a live object, None if there is none
Judge = Callable[[KubeApi, Any], Verdict]


def ready(_api: KubeApi, live: dict[str, Any] | None) -> Verdict:
    return readiness.judge(live)


def started(api: KubeApi, live: dict[str, Any] | None) -> Verdict:
    """Ready enough for those who wait themselves until it answers."""
    return readiness.judge_start(live, _pods(api, live) if live else ())


def wait_until_ready(api: KubeApi, manifests: Iterable[dict[str, Any]], *, timeout: float, progress: Callable[[str], None], judge: Judge = ready) -> float:
    """Returns the seconds it took. manifests: at least names of the objects. timeout: seconds. Raises NotReady."""
    begin = told = time.monotonic()
    pending, pause = list(manifests), FIRST_PAUSE
    while True:
        pending = [manifest for manifest in pending if not _is_ready(api, manifest, judge)]
        now = time.monotonic()
        if not pending:
            return now - begin
        if now - begin > timeout:
            raise _not_ready(api, pending[0], f"after {now - begin:.0f} s")
        if now - told > TELL_EVERY:
            told = now
            progress(f"still waiting after {now - begin:.0f} s for {key_of(pending[0])}: {what_is_wrong(api, pending[0])}")
        time.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)


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


def _not_ready(api: KubeApi, manifest: dict[str, Any], moment: str) -> NotReady:
    key = key_of(manifest)
    namespace = f" -n {key.namespace}" if key.namespace else ""
    return NotReady(f"{key} is not ready {moment}", where=api.server, why=what_is_wrong(api, manifest),
                    fix=f"look closer with kubectl{namespace} describe {key.kind.lower()} {key.name}; the next run goes on from here")


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
    namespace = live["metadata"]["namespace"]
    try:
        pods = _pods(api, live)
        troubled = readiness.troubled_pod(pods)
        subject = troubled["metadata"]["name"] if troubled else live["metadata"]["name"]
        events = api.list("v1", "Event", namespace, field_selector=f"involvedObject.name={subject}")
    except (Refused, Unreachable, ApiError):
        return []
    event = readiness.last_event(events)
    return [readiness.trouble_of(troubled) if troubled else "", f"last event {event}" if event else ""]


def _pods(api: KubeApi, live: dict[str, Any]) -> list[dict[str, Any]]:
    labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return api.list("v1", "Pod", live["metadata"]["namespace"], ",".join(f"{key}={value}" for key, value in labels.items())) if labels else []
