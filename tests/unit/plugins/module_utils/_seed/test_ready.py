# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready import lacking


def node(status: str, message: str = "") -> dict:
    return {"metadata": {"name": "fra1-a"}, "status": {"conditions": [{"type": "Ready", "status": status, "message": message}]}}


def tainted(key: str) -> dict:
    return {**node("True"), "spec": {"taints": [{"key": key, "effect": "NoExecute"}]}}


def dns(status: str) -> dict:
    return {"status": {"conditions": [{"type": "Progressing", "status": "True"}, {"type": "Available", "status": status}]}}


@pytest.mark.parametrize(("nodes", "deployment", "expected"), [
    ([], None, ["no Node is there"]),
    ([node("True")], dns("True"), []),
    ([node("True")], None, []),
    ([node("False", "no CNI")], dns("True"), ["Node fra1-a is not Ready (no CNI)"]),
    ([node("Unknown"), node("True")], dns("False"), ["Node fra1-a is not Ready", "DNS is not available"]),
    ([tainted("node.kubernetes.io/not-ready")], None, ["Node fra1-a is Ready and still has the taint node.kubernetes.io/not-ready"]),
    # a machine that somebody keeps for himself, or empties
    ([tainted("dedicated"), tainted("node.kubernetes.io/unschedulable")], None, []),
    ([{"metadata": {"name": "new"}, "status": {}}], {"metadata": {}}, ["Node new is not Ready", "DNS is not available"]),
])
def test_lacking(nodes, deployment, expected):
    assert lacking(nodes, deployment) == expected
