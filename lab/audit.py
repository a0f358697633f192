# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit log of a kube-apiserver as witness: which requests of people and of this collection were meant to write."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOG = "/var/log/kubernetes/audit/audit.log"
WRITING = {"create", "update", "patch", "delete", "deletecollection"}
# created to be answered; the API server stores none of them
QUESTIONS = {
    "localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectreviews", "selfsubjectrulesreviews", "subjectaccessreviews",
    "tokenreviews"}
# streams to a container, and tokens, are "created" without an object
CALLS = {"pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy", "nodes/proxy", "serviceaccounts/token"}
# kubelets, controllers, service accounts: they write all the time, whoever looks
COMPONENTS = "system:"


@dataclass(frozen=True, slots=True)
class Write:
    """One request. resource: as in a Role, with subresource. code: HTTP status, 0 while there is no answer."""

    moment: datetime
    user: str
    verb: str
    resource: str
    namespace: str
    name: str
    code: int

    def __str__(self) -> str:
        place = "/".join(part for part in (self.namespace, self.name) if part)
        return f"{self.moment:%H:%M:%S} {self.user}: {self.verb} {self.resource} {place} ({self.code})"


def writes(lines: Iterable[str], since: datetime) -> list[Write]:
    """Write requests that arrived at or after a moment (with time zone), one each, in order of arrival.

    lines: of the log, JSON (audit.k8s.io/v1 Event); the last one may be half written. Dry runs don't count.
    """
    # a request has a line for each of its stages
    found: dict[str, Write] = {}
    for event in _events(lines):
        moment = _moment(event["requestReceivedTimestamp"])
        if moment >= since and _stores(event) and not event["user"].get("username", "").startswith(COMPONENTS):
            found[event["auditID"]] = _write(event, moment)
    return sorted(found.values(), key=lambda write: write.moment)


def grouped(found: Iterable[Write]) -> dict[tuple[str, str], int]:
    """(user, "verb resource") -> number of requests."""
    return dict(Counter((write.user, f"{write.verb} {write.resource}") for write in found))


def _events(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    unfinished = ""
    for line in lines:
        if unfinished:
            raise ValueError(f"The audit log holds a line that is no JSON: {unfinished[:200]}")
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            unfinished = line
            continue
        if event.get("kind") == "Event":
            yield event


def _stores(event: dict[str, Any]) -> bool:
    resource = event.get("objectRef", {}).get("resource", "")
    return (event.get("verb") in WRITING and resource not in QUESTIONS and _resource(event) not in CALLS
            and parse_qs(urlsplit(event["requestURI"]).query).get("dryRun") != ["All"])


def _write(event: dict[str, Any], moment: datetime) -> Write:
    target = event.get("objectRef", {})
    return Write(moment, event["user"].get("username", ""), event["verb"], _resource(event), target.get("namespace", ""),
                 target.get("name", ""), event.get("responseStatus", {}).get("code", 0))


def _resource(event: dict[str, Any]) -> str:
    target = event.get("objectRef", {})
    # a request to a path that is no resource has no objectRef
    words = [target[key] for key in ("resource", "subresource") if target.get(key)] or [urlsplit(event["requestURI"]).path]
    return "/".join(words)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
