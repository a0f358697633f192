# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import ApiError, Refused
from ansible_collections.kubermatic.caas.plugins.module_utils._kube.api_errors import error_of

SERVER = "https://192.0.2.1:6443"


def answer(code, reason, message, **details):
    return json.dumps({"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}).encode()


def test_what_was_tried_on_which_object():
    error = error_of(SERVER, "PATCH", "/apis/apps/v1/namespaces/demo/deployments/web", 422, answer(422, "Invalid", "replicas: must be positive"))
    assert isinstance(error, ApiError) and (error.status, error.reason) == (422, "Invalid")
    assert error.line() == ("The Kubernetes API did not write deployments demo/web (https://192.0.2.1:6443). "
                            "422 Invalid: replicas: must be positive.")


@pytest.mark.parametrize(("path", "place"), [
    ("/api/v1/namespaces/demo/secrets", "secrets in namespace demo"), ("/api/v1/namespaces/demo", "namespaces demo"), ("/api/v1/nodes", "nodes"),
    ("/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode", "clusterroles system:node"), ("/version", "version"),
    ("/api/v1/namespaces/demo/pods/web/eviction", "pods demo/web/eviction")])
def test_the_place_is_told_as_people_say_it(path, place):
    assert f"did not read {place} (" in error_of(SERVER, "GET", path, 500, b"").line()


def test_rights():
    assert isinstance(error_of(SERVER, "GET", "/version", 401, b""), Refused)
    error = error_of(SERVER, "DELETE", "/api/v1/namespaces/demo", 403, answer(403, "Forbidden", 'User "x" cannot delete'))
    assert isinstance(error, Refused) and 'User "x" cannot delete' in error.line()


def test_a_secret_is_not_quoted():
    data = answer(422, "Invalid", 'data[tls.key]: Invalid value: "very-secret"', causes=[{"field": "data[tls.key]", "reason": "FieldValueInvalid"}])
    line = error_of(SERVER, "PATCH", "/api/v1/namespaces/demo/secrets/x", 422, data).line()
    assert "very-secret" not in line and "data[tls.key] (FieldValueInvalid)" in line


@pytest.mark.parametrize("data", [b"", b"<html>bad gateway</html>", b"\xff", b"[]", b'"text"'])
def test_an_answer_of_something_that_is_no_kubernetes(data):
    assert "502" in error_of(SERVER, "GET", "/version", 502, data).line()


def test_a_budget_is_named():
    causes = [{"reason": "DisruptionBudget", "message": "The disruption budget shop needs 3 healthy pods and has 3 currently"}]
    data = answer(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", causes=causes)
    error = error_of(SERVER, "POST", "/api/v1/namespaces/demo/pods/web/eviction", 429, data)
    assert error.why == "429 TooManyRequests: The disruption budget shop needs 3 healthy pods and has 3 currently"
