# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A path as a user reads it, one line for each thing that happens, in its order."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import listed
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, Stage, after

CONTROL_PLANE = "kube-apiserver, kube-controller-manager, kube-scheduler"


def lines(runs: Runs, stages: Iterable[Stage]) -> list[str]:
    """Such as "kube-apiserver, kube-controller-manager, kube-scheduler: 1.36.3 -> 1.37.2" and "kubelets of web-1, web-2: 1.36.3 -> 1.37.2"."""
    told: list[str] = []
    for stage in stages:
        told += [*_of_control_plane(runs, stage), *_of_nodes(runs, stage)]
        runs = after(runs, stage)
    return told


def _of_control_plane(runs: Runs, stage: Stage) -> Iterator[str]:
    now = tuple(sorted({*runs.control_plane}))
    for hop in stage.control_plane:
        # what an earlier run began is applied again
        yield f"{CONTROL_PLANE}: {hop}, once more" if now == (hop,) else f"{CONTROL_PLANE}: {' and '.join(map(str, now))} -> {hop}"
        now = (hop,)


def _of_nodes(runs: Runs, stage: Stage) -> Iterator[str]:
    groups: dict[tuple[KubernetesVersion, KubernetesVersion], list[str]] = {}
    for name in stage.nodes_now:
        groups.setdefault((runs.kubelets[name], stage.kubelet(name)), []).append(name)
    for (was, version), names in sorted(groups.items()):
        yield f"{'kubelets' if len(names) > 1 else 'kubelet'} of {listed(names)}: {was} -> {version}"
