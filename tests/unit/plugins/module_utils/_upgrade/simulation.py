# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters on their way: one replica after the other, each node alone. And the shortest ways, found by trying all of them."""
from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._upgrade.path import Runs, Stage

# upstream's version skew policy
KUBELET_BEHIND, REPLICAS_APART = 3, 1
IMPOSSIBLE = 1000
Pins = Mapping[str, KubernetesVersion]


def of(text: str) -> KubernetesVersion:
    found = KubernetesVersion.of(text)
    assert found
    return found


def states(runs: Runs, stages: Sequence[Stage]) -> Iterator[Runs]:
    """What runs after each single step, from the beginning."""
    replicas, kubelets = list(runs.control_plane), dict(runs.kubelets)
    yield runs
    for stage in stages:
        for hop in stage.control_plane:
            assert min(replicas) < hop
            for index, version in enumerate(replicas):
                assert version <= hop, "a replica goes back"
                replicas[index] = hop
                yield Runs(tuple(replicas), dict(kubelets))
        for name in stage.nodes_now:
            assert kubelets[name] < stage.kubelet(name), "a kubelet goes back, or moves without need"
            kubelets[name] = stage.kubelet(name)
            yield Runs(tuple(replicas), dict(kubelets))


def behind(runs: Runs) -> int:
    """Minor releases between the newest kube-apiserver and the oldest kubelet."""
    return max((max(runs.control_plane).minor - kubelet.minor for kubelet in runs.kubelets.values()), default=0)


def check_policy(runs: Runs, *, allowed_behind: int = KUBELET_BEHIND) -> None:
    oldest, newest = min(runs.control_plane), max(runs.control_plane)
    assert newest.minor - oldest.minor <= REPLICAS_APART
    assert all(kubelet <= oldest for kubelet in runs.kubelets.values())
    assert behind(runs) <= allowed_behind


def check_hops(runs: Runs, stages: Sequence[Stage], offered: Collection[KubernetesVersion], wanted: KubernetesVersion) -> None:
    """Each is on offer, and a newer patch or the next minor release; between minor releases it is the newest patch."""
    at = min(runs.control_plane)
    for hop in hops(stages):
        assert hop in offered and at < hop and hop.minor - at.minor <= 1
        assert hop == wanted or hop == max(version for version in offered if version.minor == hop.minor)
        at = hop
    assert at == wanted


def hops(stages: Sequence[Stage]) -> list[KubernetesVersion]:
    return [hop for stage in stages for hop in stage.control_plane]


def fewest_hops(runs: Runs, wanted: KubernetesVersion, offered: Collection[KubernetesVersion]) -> int | None:
    """None if there is no way. Replicas that are ahead already must not go back."""
    reached, count = {min(runs.control_plane)}, 0
    while wanted not in reached:
        further = {version for version in offered if version >= max(runs.control_plane)
                   and any(at < version and version.minor - at.minor <= 1 for at in reached)}
        if further <= reached:
            return None
        reached, count = reached | further, count + 1
    return count


def fewest_stages(runs: Runs, wanted: KubernetesVersion, way: Sequence[KubernetesVersion], pins: Pins) -> int:
    unfinished = any(kubelet < pins.get(name, wanted) for name, kubelet in runs.kubelets.items())
    return _fewest_pauses(runs.kubelets, [min(runs.control_plane), *way], pins) + (1 if way or unfinished else 0)


def _fewest_pauses(kubelets: Mapping[str, KubernetesVersion], stops: Sequence[KubernetesVersion], pins: Pins) -> int:
    """How often the control plane waits until all nodes have followed it; at every stop both is tried."""
    if len(stops) == 1:
        return 0
    at, following, *dummy = stops
    followed = {name: max(kubelet, min(at, pins.get(name, at))) for name, kubelet in kubelets.items()}
    tries = [pauses + _fewest_pauses(chosen, stops[1:], pins) for chosen, pauses in ((kubelets, 0), (followed, 1))
             if all(following.minor - kubelet.minor <= KUBELET_BEHIND for kubelet in chosen.values())]
    return min(tries, default=IMPOSSIBLE)
