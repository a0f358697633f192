# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._seed.ready import lacking


def node(status: str, message: str = "") -> dict:
    return {"metadata": {"name": "fra1-a"}, "status": {"conditions": [{"type": "Ready", "status": status, "message": message}]}}


def dns(status: str) -> dict:
    return {"status": {"conditions": [{"type": "Progressing", "status": "True"}, {"type": "Available", "status": status}]}}


@pytest.mark.parametrize(("nodes", "deployment", "expected"), [
    ([], None, ["no Node is there"]),
    ([node("True")], dns("True"), []),
    ([node("True")], None, []),
    ([node("False", "no CNI")], dns("True"), ["Node fra1-a is not Ready (no CNI)"]),
    ([node("Unknown"), node("True")], dns("False"), ["Node fra1-a is not Ready", "DNS is not available"]),
    ([{"metadata": {"name": "new"}, "status": {}}], {"metadata": {}}, ["Node new is not Ready", "DNS is not available"]),
])
def test_lacking(nodes, deployment, expected):
    assert lacking(nodes, deployment) == expected
