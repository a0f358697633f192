# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way from the Kubernetes that runs to the one that is wanted, within upstream's version skew policy.

https://kubernetes.io/releases/version-skew-policy
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import OLDEST_SKEW
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade import path_rules


@dataclass(frozen=True, slots=True)
class Runs:
    """control_plane: version of every kube-apiserver that serves. kubelets: node name -> version."""

    control_plane: tuple[KubernetesVersion, ...]
    kubelets: Mapping[str, KubernetesVersion] = field(default_factory=dict)

    @property
    def oldest(self) -> KubernetesVersion:
        return min(self.control_plane)

    @property
    def newest(self) -> KubernetesVersion:
        return max(self.control_plane)


@dataclass(frozen=True, slots=True)
class Stage:
    """First the control plane, then nodes.

    control_plane: the versions that it goes through in this order; each is a newer patch, or a patch of the next minor release.
    nodes: the version that kubelets get afterwards. nodes_now: names of the nodes that get it; in the last stage all older ones, and before that only those
    that the next stage would leave too far behind. held: those of nodes_now that get an older version than the others, because the inventory says so.
    """

    control_plane: tuple[KubernetesVersion, ...]
    nodes: KubernetesVersion
    nodes_now: tuple[str, ...]
    held: Mapping[str, KubernetesVersion] = field(default_factory=dict)

    def kubelet(self, name: str) -> KubernetesVersion:
        """The version that a node of nodes_now gets."""
        return self.held.get(name, self.nodes)


def path(runs: Runs, wanted: KubernetesVersion, offered: Iterable[KubernetesVersion],
         pinned: Mapping[str, KubernetesVersion] | None = None) -> tuple[Stage, ...]:
    """As few hops and stages as the policy allows; () if there is nothing to do. Raises InvalidInput.

    pinned: node name -> the version that the inventory wants for its kubelet; others get that of the control plane.
    """
    pins = {name: version for name, version in (pinned or {}).items() if name in runs.kubelets}
    path_rules.check(runs.control_plane, runs.kubelets, wanted, pins)
    now, stages = runs, []
    rest = path_rules.hops(runs.control_plane, wanted, offered)
    while len(ahead := _as_far_as_kubelets_allow(now, rest)) < len(rest):
        stages.append(_between(now, ahead, rest[len(ahead):], pins))
        now, rest = after(now, stages[-1]), rest[len(ahead):]
    last = _stage(rest, wanted, [name for name, kubelet in now.kubelets.items() if kubelet < pins.get(name, wanted)], pins)
    return (*stages, last) if last.control_plane or last.nodes_now else tuple(stages)


def after(runs: Runs, stage: Stage) -> Runs:
    """What runs when the stage is complete."""
    control_plane = (stage.control_plane[-1],) if stage.control_plane else runs.control_plane
    return Runs(control_plane, {**runs.kubelets, **{name: stage.kubelet(name) for name in stage.nodes_now}})


def _between(runs: Runs, ahead: tuple[KubernetesVersion, ...], rest: tuple[KubernetesVersion, ...], pins: Mapping[str, KubernetesVersion]) -> Stage:
    """The control plane waits for nodes. Those that can also follow the next stage stay as they are, and so are not drained twice."""
    waits_at = ahead[-1] if ahead else runs.oldest
    next_stop = [hop for hop in rest if _supports(hop, waits_at)][-1]
    return _stage(ahead, waits_at, [name for name, kubelet in runs.kubelets.items() if not _supports(next_stop, kubelet)], pins)


def _stage(control_plane: tuple[KubernetesVersion, ...], nodes: KubernetesVersion, names: Iterable[str], pins: Mapping[str, KubernetesVersion]) -> Stage:
    now = tuple(sorted(names))
    return Stage(control_plane, nodes, now, {name: pins[name] for name in now if name in pins and pins[name] < nodes})


def _as_far_as_kubelets_allow(runs: Runs, hops: tuple[KubernetesVersion, ...]) -> tuple[KubernetesVersion, ...]:
    """A hop to a minor release that serves already leaves no kubelet further behind than it is."""
    return tuple(takewhile(lambda hop: hop.minor == runs.newest.minor or all(_supports(hop, kubelet) for kubelet in runs.kubelets.values()), hops))


def _supports(control_plane: KubernetesVersion, kubelet: KubernetesVersion) -> bool:
    return control_plane.minor - kubelet.minor <= OLDEST_SKEW
