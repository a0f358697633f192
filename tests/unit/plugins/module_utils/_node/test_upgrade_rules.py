# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import running
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import upgrade_rules
from ansible_collections.kubermatic.caas.plugins.module_utils._node.upgrade_rules import Change

KNOWN = ["1.37.2", "1.36.3", "1.35.4", "1.34.4", "1.33.13"]
BEFORE = {"kubelet": "1.36.3", "containerd": "2.2.0", "runc": "1.3.3", "cni_plugins": "1.9.1"}
HOST = read_host({f"installed_{name}": version for name, version in BEFORE.items()}, before=0, after=1)


def target(*, cluster: str, runs: str, wanted: str | None = None, newest: tuple[int, int] | None = None) -> tuple[str, list[str]]:
    return upgrade_rules.kubelet_target(cluster=cluster, wanted=wanted, runs=runs, capability=Capability(newest, ("old kernel",), frozenset()), known=KNOWN)


@pytest.mark.parametrize(("cluster", "runs", "wanted", "newest", "version"), [
    ("1.37.2", "1.36.3", None, None, "1.37.2"),
    ("1.37.2", "1.37.2", None, None, "1.37.2"),
    # kubelets may skip minor releases
    ("1.37.2", "1.34.4", None, None, "1.37.2"),
    # of a release that made its control plane, and that is not on offer any more
    ("1.36.9", "1.36.3", None, None, "1.36.9"),
    ("1.37.2", "1.35.4", "1.36.3", None, "1.36.3"),
    ("1.37.2", "1.35.4", "1.36", None, "1.36.3"),
    ("1.37.2", "1.35.4", "1.37", None, "1.37.2"),
    # what is asked for runs already, as a patch that is newer than those on offer
    ("1.37.2", "1.36.9", "1.36", None, "1.36.9"),
    # a host that can't run the newest
    ("1.37.2", "1.34.4", None, (1, 35), "1.35.4"),
    # and one that runs more than upstream supports there
    ("1.37.2", "1.36.3", None, (1, 35), "1.36.3"),
])
def test_to_which_kubelet_an_upgrade_leads(cluster: str, runs: str, wanted: str | None, newest, version: str):
    assert target(cluster=cluster, runs=runs, wanted=wanted, newest=newest)[0] == version


@pytest.mark.parametrize(("cluster", "runs", "wanted", "part"), [
    ("1.36.3", "1.36.3", "1.37.2", "kubelet 1.37.2 is newer than the control plane .*node_kubernetes_version"),
    ("1.37.2", "1.33.13", "1.33.13", "more than 3 minor versions older"),
    ("1.37.2", "1.36.3", "1.35.4", r"kubelet 1.36.3 runs on this node, and 1.35.4 would be a downgrade .*Write node_kubernetes_version: '1.36.3'"),
    ("1.37.2", "1.36.3", "9.9.9", "not known"),
])
def test_kubelets_that_an_upgrade_refuses(cluster: str, runs: str, wanted: str, part: str):
    with pytest.raises(InvalidInput, match=part):
        target(cluster=cluster, runs=runs, wanted=wanted)


def test_a_kubelet_that_is_ahead_of_its_control_plane_stays():
    version, warnings = target(cluster="1.36.3", runs="1.37.2")
    assert version == "1.37.2" and "newer than the control plane (1.36.3)" in warnings[0]


@pytest.mark.parametrize(("other", "drains"), [
    ({}, False),
    ({"kubelet": "1.36.9"}, False),
    ({"kubelet": "1.36.9", "cni_plugins": "1.9.2"}, False),
    ({"kubelet": "1.37.2"}, True),
    ({"containerd": "2.2.9"}, True),
    ({"kubelet": "1.36.9", "runc": "1.3.4"}, True),
])
def test_which_changes_need_a_drain(other: dict[str, str], drains: bool):
    change = Change.of(HOST, {**BEFORE, **other})
    assert (change.needs_drain, change.names) == (drains, tuple(name for name in BEFORE if name in other))


def test_an_upgrade_that_did_not_end_is_from_what_was_there_before_it():
    half = replace(
        HOST, installed={**BEFORE, "kubelet": "1.37.2", "containerd": "2.2.9"}, former={"kubelet": "1.36.3", "containerd": "2.2.0"}, upgrade_began=True)
    change = Change.of(half, {**BEFORE, "kubelet": "1.37.2", "containerd": "2.2.9"})
    assert change.began and change.before == BEFORE and change.needs_drain
    assert str(change) == "kubelet 1.36.3 -> 1.37.2, containerd 2.2.0 -> 2.2.9"


def test_a_change_of_configuration_alone_has_a_name_too():
    assert str(Change.of(HOST, BEFORE)) == "configuration of kubelet 1.36.3"


def test_unrecorded_programs_are_those_of_the_cluster():
    row = running({"kubernetes": "1.37.2", "containerd": "2.3.7"})
    kept = upgrade_rules.installed_components(row, replace(HOST, installed={"kubelet": "1.36.3", "runc": "1.2.0"}, sandbox_image=""))
    assert (kept.containerd, kept.runc, kept.cni_plugins, kept.pause) == ("2.3.7", "1.2.0", row.cni_plugins, row.pause)
