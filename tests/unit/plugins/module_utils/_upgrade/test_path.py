# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way from what runs to what is wanted: examples, and what has no way."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import CaasError, InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, path
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path_lines import lines
from unit.plugins.module_utils._upgrade.simulation import of

OFFERED = ("1.33.13", "1.34.4", "1.35.3", "1.35.4", "1.36.2", "1.36.3", "1.37.1", "1.37.2")


def way(control_plane: str, wanted: str, kubelets: str = "", pinned: str = "", offered: tuple[str, ...] = OFFERED) -> tuple[Any, ...]:
    """kubelets, pinned: "web-1=1.36.3 web-2=1.35.4"."""
    runs = Runs(tuple(map(of, control_plane.split())), named(kubelets))
    return runs, path(runs, of(wanted), map(of, offered), named(pinned))


def named(text: str) -> dict[str, Any]:
    return {name: of(version) for name, dummy, version in (word.partition("=") for word in text.split())}


PLANE = "kube-apiserver, kube-controller-manager, kube-scheduler: "


@pytest.mark.parametrize(("control_plane", "wanted", "kubelets", "pinned", "told"), [
    # nothing to do
    ("1.37.2 1.37.2", "1.37.2", "a=1.37.2", "", []),
    ("1.37.2", "1.37.2", "", "", []),
    # a version that runs need not be on offer
    ("1.35.1", "1.35.1", "a=1.35.1", "", []),
    ("1.35.1", "1.35.1", "a=1.34.1", "", ["kubelet of a: 1.34.1 -> 1.35.1"]),
    # the next minor release
    ("1.36.3", "1.37.2", "web-2=1.36.3 web-1=1.36.3", "", [PLANE + "1.36.3 -> 1.37.2", "kubelets of web-1, web-2: 1.36.3 -> 1.37.2"]),
    # patches directly
    ("1.36.0", "1.36.3", "a=1.36.0", "", [PLANE + "1.36.0 -> 1.36.3", "kubelet of a: 1.36.0 -> 1.36.3"]),
    # also one that is not the newest, if that is wanted
    ("1.35.4", "1.37.1", "", "", [PLANE + "1.35.4 -> 1.36.3", PLANE + "1.36.3 -> 1.37.1"]),
    # kubelets leave minor releases out
    ("1.34.4", "1.37.2", "a=1.34.4 b=1.35.4", "",
     [PLANE + "1.34.4 -> 1.35.4", PLANE + "1.35.4 -> 1.36.3", PLANE + "1.36.3 -> 1.37.2", "kubelet of a: 1.34.4 -> 1.37.2", "kubelet of b: 1.35.4 -> 1.37.2"]),
    # those that would be left too far behind go first, and only those
    ("1.36.3", "1.37.2", "old=1.33.13 young=1.35.4", "",
     ["kubelet of old: 1.33.13 -> 1.36.3", PLANE + "1.36.3 -> 1.37.2", "kubelet of young: 1.35.4 -> 1.37.2", "kubelet of old: 1.36.3 -> 1.37.2"]),
    # as late as possible, so that they reach a version that carries them far
    ("1.34.4", "1.37.2", "old=1.33.13", "",
     [PLANE + "1.34.4 -> 1.35.4", PLANE + "1.35.4 -> 1.36.3", "kubelet of old: 1.33.13 -> 1.36.3", PLANE + "1.36.3 -> 1.37.2",
      "kubelet of old: 1.36.3 -> 1.37.2"]),
    # never newer than the oldest kube-apiserver
    ("1.36.2 1.36.3", "1.37.2", "a=1.33.13", "", ["kubelet of a: 1.33.13 -> 1.36.2", PLANE + "1.36.2 and 1.36.3 -> 1.37.2", "kubelet of a: 1.36.2 -> 1.37.2"]),
    # an upgrade that was broken off
    ("1.37.2 1.36.3", "1.37.2", "a=1.36.3", "", [PLANE + "1.36.3 and 1.37.2 -> 1.37.2", "kubelet of a: 1.36.3 -> 1.37.2"]),
    ("1.35.3 1.36.2", "1.37.2", "", "", [PLANE + "1.35.3 and 1.36.2 -> 1.36.3", PLANE + "1.36.3 -> 1.37.2"]),
    ("1.37.2 1.37.2", "1.37.2", "a=1.37.2 b=1.36.3 c=1.36.3", "", ["kubelets of b, c: 1.36.3 -> 1.37.2"]),
    # one whose version went off offer meanwhile
    ("1.36.3 1.37.0", "1.37.0", "", "", [PLANE + "1.36.3 and 1.37.0 -> 1.37.0"]),
    # nodes that the inventory holds back
    ("1.36.3", "1.37.2", "a=1.36.3 b=1.36.3", "b=1.36.3", [PLANE + "1.36.3 -> 1.37.2", "kubelet of a: 1.36.3 -> 1.37.2"]),
    ("1.36.3", "1.37.2", "a=1.35.3 b=1.35.3", "b=1.36.3",
     [PLANE + "1.36.3 -> 1.37.2", "kubelet of b: 1.35.3 -> 1.36.3", "kubelet of a: 1.35.3 -> 1.37.2"]),
    ("1.36.3", "1.37.2", "a=1.33.13 b=1.33.13", "b=1.35.4",
     ["kubelet of b: 1.33.13 -> 1.35.4", "kubelet of a: 1.33.13 -> 1.36.3", PLANE + "1.36.3 -> 1.37.2", "kubelet of a: 1.36.3 -> 1.37.2"]),
    # of hosts that are no nodes yet nothing is asked
    ("1.36.3", "1.37.2", "", "new=1.30.1", [PLANE + "1.36.3 -> 1.37.2"]),
    # what is outside the policy already is no reason to stop, and comes back into it
    ("1.36.2", "1.36.3", "a=1.31.1", "", [PLANE + "1.36.2 -> 1.36.3", "kubelet of a: 1.31.1 -> 1.36.3"]),
    ("1.36.2", "1.37.2", "a=1.36.3", "", [PLANE + "1.36.2 -> 1.37.2", "kubelet of a: 1.36.3 -> 1.37.2"]),
])
def test_ways(control_plane: str, wanted: str, kubelets: str, pinned: str, told: list[str]):
    runs, stages = way(control_plane, wanted, kubelets, pinned)
    assert lines(runs, stages) == told


def test_a_stage_is_a_control_plane_and_the_nodes_after_it():
    dummy, (first, last) = way("1.35.4", "1.37.2", "a=1.33.13 b=1.33.13 c=1.35.4", "b=1.34.4")
    assert (first.control_plane, first.nodes, first.nodes_now) == ((of("1.36.3"),), of("1.36.3"), ("a", "b"))
    assert (first.kubelet("a"), first.kubelet("b")) == (of("1.36.3"), of("1.34.4"))
    assert (last.control_plane, last.nodes, last.nodes_now) == ((of("1.37.2"),), of("1.37.2"), ("a", "c"))


@pytest.mark.parametrize(("control_plane", "wanted", "kubelets", "pinned", "line"), [
    ("1.37.2", "1.36.3", "", "", "The control plane runs Kubernetes 1.37.2, and 1.36.3 is older (kubernetes_version). An older version may not be able to read "
     "the stored data. Write kubernetes_version: '1.37.2', or a newer version."),
    ("1.36.3 1.37.2", "1.36.3", "", "", "The control plane runs Kubernetes 1.37.2, and 1.36.3 is older"),
    ("1.36.3", "1.36.2", "", "", "The control plane runs Kubernetes 1.36.3, and 1.36.2 is older"),
    ("1.36.2", "1.36.3", "a=1.37.2 b=1.36.2", "", "Kubelets are newer than 1.36.3: a (1.37.2) (kubernetes_version)."),
    ("1.36.3", "1.37.3", "", "", "Kubernetes 1.37.3 is not on offer (kubernetes_version). 1.36.3 runs. Write one of: 1.37.2, 1.37.1, 1.36.3"),
    ("1.31.1", "1.33.13", "", "", "Kubernetes 1.32 is not on offer, so there is no way from 1.31.1 to 1.33.13 (kubernetes_version). A control plane goes from "
     "one minor release to the next, and leaves none out. Use a release of the collection that offers it."),
    ("1.34.4 1.36.2", "1.37.2", "", "", "Replicas of kube-apiserver run Kubernetes 1.34.4 and 1.36.2 side by side"),
    ("1.35.3 1.36.9", "1.37.2", "", "", "A kube-apiserver runs Kubernetes 1.36.9 already, so the other ones, which run 1.35.3, can't go through 1.36.3 "
     "(kubernetes_version). No newer patch of 1.36 is on offer. Use a release of the collection that offers it."),
    ("1.36.3", "1.37.2", "a=1.33.13", "a=1.33.13", "kubelet 1.33.13 is wanted on node a, so the control plane can't go to 1.37.2 (node_kubernetes_version of a)"
     ". A kubelet may be 3 minor releases older than the control plane, not more. Write node_kubernetes_version: '1.34' or newer, or leave it out."),
    ("1.36.3", "1.36.3", "a=1.36.3", "a=1.37.2", "kubelet 1.37.2 is wanted on node a, and it is newer than the control plane will be (1.36.3)"),
    ("1.36.3", "1.37.2", "a=1.36.3", "a=1.35.4", "kubelet 1.36.3 runs on node a, and 1.35.4 is wanted, which is older (node_kubernetes_version of a)."),
    ("0.99.1", "1.36.3", "", "", "There is no way from Kubernetes 0.99.1 to 1.36.3"),
    ("1.36.3", "1.37.2", "a=0.36.3", "", "There is no way from Kubernetes 0.36.3 to 1.37.2"),
    ("", "1.37.2", "", "", "No kube-apiserver of the cluster is ready, so it is not known which version runs."),
])
def test_there_is_no_way(control_plane: str, wanted: str, kubelets: str, pinned: str, line: str):
    with pytest.raises(CaasError) as refusal:
        way(control_plane, wanted, kubelets, pinned)
    assert refusal.value.line().startswith(line)


def test_nodes_are_not_drained_for_a_stage_after_the_next():
    """new can wait where old can't, though neither can wait until the end."""
    dummy, stages = way("1.33.2", "1.40.1", "old=1.30.1 new=1.33.1", offered=tuple(f"1.{minor}.1" for minor in range(34, 41)))
    assert [(str(stage.nodes), stage.nodes_now) for stage in stages] == [("1.33.2", ("old",)), ("1.36.1", ("new", "old")), ("1.39.1", ("new", "old")),
                                                                         ("1.40.1", ("new", "old"))]


def test_a_minor_release_that_is_missing_is_named_and_how_far_one_comes():
    offered = tuple(version for version in OFFERED if not version.startswith("1.36."))
    with pytest.raises(InvalidInput, match=r"1.36 is not on offer, so there is no way from 1.34.4 to 1.37.2 .* Write kubernetes_version: '1.35.4', or use"):
        way("1.34.4", "1.37.2", offered=(*offered, "2.0.0"))


def test_many_nodes_are_cut():
    runs, stages = way("1.36.3", "1.37.2", " ".join(f"web-{number}=1.36.3" for number in range(60)))
    assert len(stages[0].nodes_now) == 60 and lines(runs, stages)[1].endswith("web-44 and 20 more: 1.36.3 -> 1.37.2")


def test_what_is_applied_again_says_so():
    runs, dummy = way("1.37.2", "1.37.2")
    (stage,) = way("1.36.3", "1.37.2")[1]
    assert lines(runs, [stage]) == [PLANE + "1.37.2, once more"]
