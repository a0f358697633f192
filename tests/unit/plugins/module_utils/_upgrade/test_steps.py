# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an upgrade does, beside the versions of Kubernetes that it goes through."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components, lookup, on_offer, running
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.steps import Steps, nodes_to_do, steps

OLD, NEW = lookup("1.36.3"), lookup("1.37.2")


def v(text: str) -> KubernetesVersion:
    return KubernetesVersion.of(text)


def decided(row: Components, *, recorded: Components = OLD, serves: str = "1.36.3", phase: str = "Running", cloud: str = "none", **kubelets: str) -> Steps:
    record = Record("demo", phase, "2026-03-01T14:00:00Z", {"cloud_provider": cloud}, recorded.versions())
    return steps(record, running(recorded.versions()), runs(serves, **kubelets), row, on_offer(), {})


def runs(serves: str, **kubelets: str) -> Runs:
    return Runs((v(serves),), {name: v(text) for name, text in kubelets.items()})


def test_nothing_is_to_be_done():
    found = decided(OLD, a="1.36.3")
    assert not found and (found.components, found.drains, found.lines(runs("1.36.3", a="1.36.3"))) == ({}, False, [])


def test_the_next_minor_release_drains_nodes():
    found = decided(NEW, a="1.36.3")
    assert [(stage.control_plane, stage.nodes_now) for stage in found.stages] == [((v("1.37.2"),), ("a",))] and found.drains
    assert not decided(NEW).drains


@pytest.mark.parametrize(("component", "drains"), [("coredns", False), ("containerd", True), ("runc", True), ("cni_plugins", False)])
def test_a_component_that_moved_on_is_a_hop_to_the_same_version(component: str, drains: bool):
    row = replace(OLD, **{component: "9.9.9"})
    found = decided(row, a="1.36.3")
    assert [stage.control_plane for stage in found.stages] == [(v("1.36.3"),)]
    assert found.components == {component: (getattr(OLD, component), "9.9.9")} and found.drains is drains
    assert found.lines(runs("1.36.3", a="1.36.3"))[-1] == f"{component}: {getattr(OLD, component)} -> 9.9.9"


@pytest.mark.parametrize(("recorded", "phase"), [(OLD, "Updating"), (OLD, "Running"), (NEW, "Updating")])
def test_what_a_killed_run_left_is_carried_to_its_end(recorded: Components, phase: str):
    """kube-apiserver is new; whether the rest is says nothing but the record."""
    found = decided(NEW, recorded=recorded, serves="1.37.2", phase=phase, a="1.36.3")
    assert [(stage.control_plane, stage.nodes_now) for stage in found.stages] == [((v("1.37.2"),), ("a",))]


def test_what_only_clusters_at_a_cloud_have_is_not_told_of_others():
    assert "aws_cloud_controller_manager" not in decided(NEW).components
    assert "aws_cloud_controller_manager" in decided(NEW, cloud="aws").components


def node(name: str, containerd: Any = f"containerd://{OLD.containerd}", **annotations: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": annotations}, "status": {"nodeInfo": {"containerRuntimeVersion": containerd}}}


def test_which_nodes_a_run_goes_over():
    nodes = [node("a"), node("b"), node("begun", **{"kubermatic.caas/upgrading": "true"}), node("behind", "containerd://2.1.0"), node("odd", {"x": 1}),
             node("other", "cri-o://1.33.0")]
    assert nodes_to_do(decided(NEW, a="1.36.3").stages, nodes, NEW) == ["a", "begun", "behind"]
    assert nodes_to_do((), nodes[:2], OLD) == []
