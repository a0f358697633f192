# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is newer than what runs."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import upgrades
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record

NEWEST = max(catalogue.on_offer())


def node(name: str, kubelet: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"nodeInfo": {"kubeletVersion": kubelet}}}


@pytest.mark.parametrize("version", ["", "unknown", "1.20.1", "1.99.1", *{one.minor_release: str(one) for one in catalogue.on_offer()}.values()])
def test_nothing_waits(version: str):
    assert upgrades.waiting(version, None) == upgrades.waiting(version, [node("web-1", f"v{version}"), node("web-2", None), {}]) == []


def test_an_upgrade_that_has_not_ended_says_how_to_go_on():
    begun = Record("demo", "Updating", "2026-03-01T14:00:00Z", upgrade={"from": "1.36.3", "to": "1.37.2", "began": "2026-03-01T14:00:00Z"})
    line, = upgrades.unfinished(begun)
    assert "from Kubernetes 1.36.3 to 1.37.2 began at 2026-03-01T14:00:00Z" in line and line.endswith("kubermatic.caas.upgrade -e cluster=demo")
    assert upgrades.unfinished(replace(begun, phase="Running")) == []


def test_a_newer_patch_waits():
    older = f"{NEWEST.minor_release}.0"
    assert upgrades.waiting(older, []) == [
        f"Kubernetes {NEWEST} is on offer and {older} runs. To upgrade, write kubernetes_version: '{NEWEST}' and run upgrade"]


def test_kubelets_are_behind():
    nodes = [node(f"web-{number}", "v1.35.4") for number in range(1, 6)] + [node("web-6", f"v{NEWEST}")]
    line, = upgrades.waiting(str(NEWEST), nodes)
    assert line == (f"kubelets older than the control plane's {NEWEST}: web-1 (1.35.4), web-2 (1.35.4), web-3 (1.35.4) and 2 more. "
                    "Unless that is intended, run upgrade")


def test_what_a_node_says_of_itself_is_not_repeated_unless_it_is_a_version():
    assert upgrades.waiting(str(NEWEST), [node("web-1", "v1.0\nforged"), node("web-2", {"a": 1})]) == []
