# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which lines of an audit log count as a write."""
from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lab import audit

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def line(verb: str = "patch", resource: str = "deployments", *, user: str = "kubernetes-admin", uri: str = "/apis/apps/v1/x",
         at: str = "2026-01-01T12:00:01.000000Z", stage: str = "ResponseComplete", audit_id: str = "1", **target: str) -> str:
    event: dict[str, Any] = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": stage, "auditID": audit_id, "requestURI": uri, "verb": verb,
        "user": {"username": user}, "objectRef": {"resource": resource, **target}, "requestReceivedTimestamp": at}
    if stage == "ResponseComplete":
        event["responseStatus"] = {"code": 200}
    return json.dumps(event)


@pytest.mark.parametrize("verb", ["create", "update", "patch", "delete", "deletecollection"])
def test_a_write_is_told_in_one_line(verb: str):
    found = audit.writes([line(verb, namespace="cluster-demo", name="etcd")], NOON)
    assert [str(write) for write in found] == [f"12:00:01 kubernetes-admin: {verb} deployments cluster-demo/etcd (200)"]


@pytest.mark.parametrize("harmless", [
    line("get"), line("list"), line("watch"),
    line("patch", uri="/apis/apps/v1/x?dryRun=All&fieldManager=kubermatic-caas"),
    line("create", "selfsubjectaccessreviews"), line("create", "subjectaccessreviews"), line("create", "tokenreviews"),
    line("create", "selfsubjectrulesreviews"), line("create", "localsubjectaccessreviews"), line("create", "selfsubjectreviews"),
    line("create", "pods", subresource="exec"), line("create", "pods", subresource="portforward"),
    line("create", "serviceaccounts", subresource="token"),
    line("update", "leases", user="system:node:demo-host-1"), line("create", "events", user="system:kube-scheduler"),
    line("patch", "pods", user="system:serviceaccount:kube-system:deployment-controller"),
    line(at="2026-01-01T11:59:59.999999Z"),
])
def test_what_does_not_count(harmless: str):
    assert audit.writes([harmless], NOON) == []


@pytest.mark.parametrize("counted", [
    line("create", "pods", subresource="eviction"), line("update", "leases"), line("create", "events"),
    line("patch", uri="/apis/apps/v1/x?fieldManager=dryRun"), line(user="systematic"), line("patch", "deployments", subresource="scale"),
    line(at="2026-01-01T12:00:00.000000Z"),
])
def test_what_counts(counted: str):
    assert len(audit.writes([counted], NOON)) == 1


def test_the_stages_of_a_request_are_one_write_with_the_answer():
    stages = [line(stage="RequestReceived"), line(stage="ResponseComplete")]
    assert [write.code for write in audit.writes(stages, NOON)] == [200]


def test_a_request_without_an_answer_counts():
    assert [write.code for write in audit.writes([line(stage="RequestReceived")], NOON)] == [0]


def test_a_write_to_a_path_without_resource_names_the_path():
    event = json.loads(line("create", uri="/somewhere?x=1"))
    del event["objectRef"]
    assert audit.writes([json.dumps(event)], NOON)[0].resource == "/somewhere"


def test_the_line_that_is_being_written_is_left_out_and_another_broken_one_is_not():
    assert len(audit.writes([line(), line()[:50]], NOON)) == 1
    with pytest.raises(ValueError, match="no JSON"):
        audit.writes([line()[:50], line()], NOON)


def test_groups_by_user_and_resource():
    lines = [line(audit_id=str(number)) for number in range(3)] + [line("delete", "pods", user="somebody", audit_id="9")]
    assert audit.grouped(audit.writes(lines, NOON)) == {
        ("kubernetes-admin", "patch deployments"): 3, ("somebody", "delete pods"): 1}
