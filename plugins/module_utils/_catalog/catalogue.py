# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What belongs together: every Kubernetes version on offer, with the versions of all that runs beside it; and what may run that is not on offer."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import UNKNOWN, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion, parse
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput, shown
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry


@dataclass(frozen=True, slots=True)
class Components:
    """One row. Texts are image tags or release names exactly as upstream writes them.

    stage: a LaunchStage, or UNKNOWN for a row that runs and that this release does not know. end_of_life: if it is deprecated, the date after which a release
    no longer offers it.
    """

    kubernetes: str
    stage: LaunchStage | str
    end_of_life: str = ""
    # One etcd for all rows: older ones let a user of one cluster pass its access checks. kubeadm 1.37 names 3.7.0-0. But 3.6 refuses data that 3.7 has written,
    # so there is no way back; no row has 3.7 until an upgrade moves etcd in a step of its own. kube-apiserver 1.37.2 was seen to work with this one
    etcd: str = "3.6.15-0"
    coredns: str = "v1.14.6"
    pause: str = "3.10.1"
    konnectivity: str = "v0.34.0"
    containerd: str = "2.2.0"
    runc: str = "1.3.3"
    cni_plugins: str = "1.9.1"
    flannel: str = "v0.26.7"
    flannel_cni_plugin: str = "v1.6.2-flannel1"
    metrics_server: str = "v0.9.0"
    local_path_provisioner: str = "v0.0.30"
    # of clusters with a cloud provider
    csi_provisioner: str = "v6.1.0"
    csi_attacher: str = "v4.10.0"
    csi_resizer: str = "v2.0.0"
    csi_node_driver_registrar: str = "v2.15.0"
    # what providers bring along: component -> version, if it is another than theirs for the minor release
    of_providers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        version = KubernetesVersion.of(self.kubernetes)
        object.__setattr__(self, "of_providers", {**(registry.versions(version.minor_release) if version else {}), **self.of_providers})

    def as_dict(self) -> dict[str, str]:
        """The versions of one row and its stage; that a version goes one day makes no other manifests."""
        own = {one.name: str(getattr(self, one.name)) for one in fields(self) if one.name not in ("end_of_life", "of_providers")}
        return {**own, **self.of_providers}

    def versions(self) -> dict[str, str]:
        """As a record keeps it: component -> version."""
        return {name: value for name, value in self.as_dict().items() if name != "stage"}


# newer ones ask for VolumeAttributesClasses of version v1, which came with 1.34
_CSI_BEFORE_1_34 = {"csi_provisioner": "v5.0.2", "csi_attacher": "v4.6.1", "csi_resizer": "v1.11.2", "csi_node_driver_registrar": "v2.11.1"}

# What is on offer; a minor release may have several patches. A row that was released keeps its versions: clusters whose record does not hold the whole row have
# exactly these. Newer versions of what runs beside Kubernetes come with the row of a newer patch.
# Upstream maintains a minor release for 14 months (https://kubernetes.io/releases); then it is deprecated here, and half a year later its life ends
ROWS = (
    Components("1.37.2", LaunchStage.PUBLIC),
    Components("1.36.3", LaunchStage.PUBLIC),
    Components("1.35.4", LaunchStage.BETA),
    # upstream ended it on 2026-10-27
    Components("1.34.4", LaunchStage.DEPRECATED, end_of_life="2027-04-27"),
    # upstream ended it on 2026-06-28
    Components("1.33.13", LaunchStage.DEPRECATED, end_of_life="2026-12-28", **_CSI_BEFORE_1_34),
)
# what was on offer once. Clusters and seeds run it, so a row that leaves ROWS comes here, unchanged, and stays
FORMER: tuple[Components, ...] = ()
# what ran beside every version before records and marks of seeds held the whole row, for a version that no row has. Never changed: it says what is there, not
# what is offered
_UNRECORDED = {
    "etcd": "3.6.15-0", "coredns": "v1.14.6", "pause": "3.10.1", "konnectivity": "v0.34.0", "containerd": "2.2.0", "runc": "1.3.3", "cni_plugins": "1.9.1",
    "flannel": "v0.26.7", "flannel_cni_plugin": "v1.6.2-flannel1", "metrics_server": "v0.9.0", "local_path_provisioner": "v0.0.30",
    "csi_provisioner": "v6.1.0", "csi_attacher": "v4.10.0", "csi_resizer": "v2.0.0", "csi_node_driver_registrar": "v2.15.0"}
_UNRECORDED_WITH = {"1.33": _CSI_BEFORE_1_34}
# a release name or the tag of an image, and nothing that could lead to another image or another path
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
COMPONENTS = tuple(one.name for one in fields(Components) if one.name not in ("kubernetes", "stage", "end_of_life", "of_providers"))


def on_offer() -> dict[KubernetesVersion, Components]:
    """Version -> its row, oldest first."""
    return _by_version(ROWS)


def ever_offered() -> dict[KubernetesVersion, Components]:
    """The same, with all that earlier releases offered."""
    return _by_version((*FORMER, *ROWS))


def known() -> str:
    """The versions on offer as a user reads them, best first: "1.37.2, 1.36.3, 1.35.4 (beta)"."""
    rows = sorted(ROWS, key=lambda row: row.stage is not LaunchStage.PUBLIC)
    return ", ".join(row.kubernetes + ("" if row.stage is LaunchStage.PUBLIC else f" ({row.stage})") for row in rows)


@dataclass(frozen=True, slots=True)
class Choice:
    """resolved_from: what the user wrote if that was a minor release, else ""."""

    version: KubernetesVersion
    components: Components
    resolved_from: str = ""


def choose(value: Any, *, where: str = "kubernetes_version", runs: Components | None = None) -> Choice:
    """The row that a user's kubernetes_version means: "1.36.3", or "1.36" for its newest known patch. Raises InvalidInput.

    runs: the row of what runs already. If the value can mean it, it does, whatever is on offer today.
    """
    wanted, offered = parse(value, where=where, known=known()), on_offer()
    running = KubernetesVersion.of(runs.kubernetes) if runs and is_meant(value, runs.kubernetes) else None
    if running:
        return Choice(running, runs, resolved_from="" if isinstance(wanted, KubernetesVersion) else wanted)
    if isinstance(wanted, KubernetesVersion):
        if wanted in offered:
            return Choice(wanted, offered[wanted])
    else:
        patches = [version for version in offered if version.minor_release == wanted]
        if patches:
            return Choice(max(patches), offered[max(patches)], resolved_from=wanted)
    raise InvalidInput(f"Kubernetes version {shown(value)} is not known", where=where, fix=f"write one of: {known()}")


def is_meant(value: Any, running: str) -> bool:
    """Whether the value is this version, or its minor release."""
    version = KubernetesVersion.of(running)
    return version is not None and value in (str(version), version.minor_release)


def lookup(version: str) -> Components:
    """The row of a version that is on offer, such as "1.36.3". Raises InvalidInput."""
    return choose(version).components


def running(recorded: Mapping[str, Any]) -> Components | None:
    """The row of what runs, as it was recorded: component -> version, at least that of kubernetes. None if no version of Kubernetes is recorded.

    What the record doesn't name is as a release offered it beside that version. The stage is what this release thinks of the version. What is no version is
    left out.
    """
    version = KubernetesVersion.of(_word(recorded.get("kubernetes")))
    if version is None:
        return None
    row = ever_offered().get(version) or _without_row(version)
    told = {name: word for name in COMPONENTS if (word := _told(recorded, name))}
    of_providers = {name: _told(recorded, name) or was for name, was in row.of_providers.items()}
    stage, end_of_life = (row.stage, row.end_of_life) if version in on_offer() else trust(version)
    return replace(row, stage=stage, end_of_life=end_of_life, **told, of_providers=of_providers)


def assumed(value: Any, *, where: str = "kubernetes_version") -> Components:
    """The row of a cluster that runs what is asked for, to look at the rest of what is asked for before it is known what runs. Raises InvalidInput."""
    wanted = parse(value, where=where, known=known())
    return running({"kubernetes": str(wanted) if isinstance(wanted, KubernetesVersion) else f"{wanted}.0"})


def trust(version: KubernetesVersion) -> tuple[LaunchStage | str, str]:
    """Stage of a version that is not on offer (any more), and the date of its end of life. An older patch is trusted as its minor release is."""
    offered = on_offer()
    patches = [row for known, row in offered.items() if known.minor_release == version.minor_release and known > version]
    if patches:
        return patches[-1].stage, patches[-1].end_of_life
    return (LaunchStage.DEPRECATED, "") if version < min(offered) or version in _by_version(FORMER) else (UNKNOWN, "")


def newer_patch(version: str) -> str:
    """The newest patch on offer of the version's minor release, "" if none is newer."""
    mine = KubernetesVersion.of(version)
    newer = [known for known in on_offer() if mine and known.minor_release == mine.minor_release and known > mine]
    return str(max(newer)) if newer else ""


def newest_public() -> str:
    """The newest version that is offered to everybody."""
    return str(max(version for version, row in on_offer().items() if row.stage is LaunchStage.PUBLIC))


def _by_version(rows: Iterable[Components]) -> dict[KubernetesVersion, Components]:
    found = {version: row for row in rows if (version := KubernetesVersion.of(row.kubernetes))}
    return dict(sorted(found.items()))


def _without_row(version: KubernetesVersion) -> Components:
    minor = version.minor_release
    return Components(str(version), UNKNOWN, **{**_UNRECORDED, **_UNRECORDED_WITH.get(minor, {})}, of_providers=registry.unrecorded_versions(minor))


def _told(recorded: Mapping[str, Any], name: str) -> str:
    word = _word(recorded.get(name))
    return word if _TAG.fullmatch(word) else ""


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
