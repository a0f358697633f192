# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Through which versions a control plane goes, and which upgrades do not exist. All of it is refused before anything moves."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, NotReady, listed
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import OLDEST_SKEW
from ansible_collections.kubermatic.caas.plugins.module_utils._node.join_rules import WANTED as PIN

WHERE = "kubernetes_version"
_OTHER_RELEASE = "use a release of the collection that offers it"


def check(control_plane: Sequence[KubernetesVersion], kubelets: Mapping[str, KubernetesVersion], wanted: KubernetesVersion,
          pins: Mapping[str, KubernetesVersion]) -> None:
    """Raises InvalidInput for what no path leads to. pins: those of nodes in kubelets."""
    if not control_plane:
        raise NotReady("No kube-apiserver of the cluster is ready, so it is not known which version runs", fix="run status, and repair what it names")
    _check_majors({*control_plane, *kubelets.values(), *pins.values()}, wanted)
    _check_replicas(min(control_plane), max(control_plane))
    _check_newer(max(control_plane), kubelets, wanted)
    for name, pin in sorted(pins.items()):
        _check_pin(name, pin, kubelets[name], wanted)


def hops(control_plane: Sequence[KubernetesVersion], wanted: KubernetesVersion, offered: Iterable[KubernetesVersion]) -> tuple[KubernetesVersion, ...]:
    """Versions that the control plane goes through, the wanted one last; () if all replicas run that. Raises InvalidInput if one of them is not on offer."""
    oldest, newest = min(control_plane), max(control_plane)
    if oldest == wanted:
        return ()
    known = sorted({*offered})
    if wanted not in known and wanted != newest:
        raise InvalidInput(f"Kubernetes {wanted} is not on offer", where=WHERE, why=f"{oldest} runs", fix=f"write one of: {_words(known)}")
    found = [_between(minor, oldest, newest, wanted, known) for minor in range(oldest.minor + 1, wanted.minor)]
    return (*found, wanted)


def _between(minor: int, oldest: KubernetesVersion, newest: KubernetesVersion, wanted: KubernetesVersion,
             known: Sequence[KubernetesVersion]) -> KubernetesVersion:
    """The newest patch of a minor release on the way. A replica that is there already must not go back."""
    patches = [version for version in known if (version.major, version.minor) == (wanted.major, minor)]
    if not patches:
        missing = f"{wanted.major}.{minor}"
        nearer = [version for version in known if newest < version and (version.major, version.minor) < (wanted.major, minor)]
        raise InvalidInput(f"Kubernetes {missing} is not on offer, so there is no way from {oldest} to {wanted}", where=WHERE,
                           why="a control plane goes from one minor release to the next, and leaves none out",
                           fix=(f"write {WHERE}: '{max(nearer)}', or " if nearer else "") + _OTHER_RELEASE)
    if patches[-1] < newest:
        raise InvalidInput(f"A kube-apiserver runs Kubernetes {newest} already, so the other ones, which run {oldest}, can't go through {patches[-1]}",
                           where=WHERE, why=f"no newer patch of {newest.minor_release} is on offer", fix=_OTHER_RELEASE)
    return patches[-1]


def _check_majors(versions: Iterable[KubernetesVersion], wanted: KubernetesVersion) -> None:
    others = sorted(version for version in versions if version.major != wanted.major)
    if others:
        raise InvalidInput(f"There is no way from Kubernetes {others[0]} to {wanted}", where=WHERE, why="upgrades stay within a major release",
                           fix=f"write a version of {others[0].major}")


def _check_replicas(oldest: KubernetesVersion, newest: KubernetesVersion) -> None:
    if newest.minor - oldest.minor > 1:
        raise InvalidInput(f"Replicas of kube-apiserver run Kubernetes {oldest} and {newest} side by side", where=WHERE,
                           why="upstream supports them one minor release apart", fix=f"bring the older ones to {newest.minor_release} by hand first")


def _check_newer(newest: KubernetesVersion, kubelets: Mapping[str, KubernetesVersion], wanted: KubernetesVersion) -> None:
    if newest > wanted:
        raise InvalidInput(f"The control plane runs Kubernetes {newest}, and {wanted} is older", where=WHERE,
                           why="an older version may not be able to read the stored data", fix=f"write {WHERE}: '{newest}', or a newer version")
    newer = {name: kubelet for name, kubelet in kubelets.items() if kubelet > wanted}
    if newer:
        raise InvalidInput(f"Kubelets are newer than {wanted}: {listed(f'{name} ({kubelet})' for name, kubelet in newer.items())}", where=WHERE,
                           why="a kubelet must not be newer than its control plane, and a kubelet is never downgraded",
                           fix=f"write {WHERE}: '{max(newer.values())}', or remove these nodes (remove_node) and let them join again")


def _check_pin(name: str, pin: KubernetesVersion, kubelet: KubernetesVersion, wanted: KubernetesVersion) -> None:
    where = f"{PIN} of {name}"
    if pin < kubelet:
        raise InvalidInput(f"kubelet {kubelet} runs on node {name}, and {pin} is wanted, which is older", where=where, why="a kubelet is never downgraded",
                           fix=f"write {PIN}: '{kubelet}', or remove the node (remove_node) and let it join again")
    if pin > wanted:
        raise InvalidInput(f"kubelet {pin} is wanted on node {name}, and it is newer than the control plane will be ({wanted})", where=where,
                           fix=f"write {PIN}: '{wanted}', or leave it out")
    if wanted.minor - pin.minor > OLDEST_SKEW:
        raise InvalidInput(f"kubelet {pin} is wanted on node {name}, so the control plane can't go to {wanted}", where=where,
                           why=f"a kubelet may be {OLDEST_SKEW} minor releases older than the control plane, not more",
                           fix=f"write {PIN}: '{wanted.major}.{wanted.minor - OLDEST_SKEW}' or newer, or leave it out")


def _words(versions: Iterable[KubernetesVersion]) -> str:
    return ", ".join(str(version) for version in sorted(versions, reverse=True))
