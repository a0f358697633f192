# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What belongs together: every Kubernetes version on offer, with the versions of all that runs beside it."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._model.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._model.versions import KubernetesVersion, parse, shown


@dataclass(frozen=True, slots=True)
class Components:
    """One row. Texts are image tags or release names exactly as upstream writes them.

    goes: if it is deprecated, the date after which a release no longer has it.
    """

    kubernetes: str
    stage: LaunchStage
    goes: str = ""
    # one etcd for all rows: older ones let a user of one cluster pass its access checks, and so it moves in a step of its own
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

    def as_dict(self) -> dict[str, str]:
        """The versions of one row and its stage; that a version goes one day makes no other manifests."""
        return {name: str(value) for name, value in asdict(self).items() if name != "goes"}


# upstream mends a minor release for 14 months (https://kubernetes.io/releases); then it is deprecated here, and half a year later it goes
ROWS = (
    Components("1.37.2", LaunchStage.PUBLIC),
    Components("1.36.3", LaunchStage.PUBLIC),
    Components("1.35.4", LaunchStage.BETA),
    # upstream ended it on 2026-10-27
    Components("1.34.4", LaunchStage.DEPRECATED, goes="2027-04-27"),
    # upstream ended it on 2026-06-28
    Components("1.33.13", LaunchStage.DEPRECATED, goes="2026-12-28"),
)
_BY_VERSION = {KubernetesVersion.of(row.kubernetes): row for row in ROWS}


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


def choose(value: Any, *, where: str = "kubernetes_version") -> Choice:
    """The row that a user's kubernetes_version means: "1.36.3", or "1.36" for its newest known patch. Raises InvalidInput."""
    wanted = parse(value, where=where, known=known())
    if isinstance(wanted, KubernetesVersion):
        if wanted in _BY_VERSION:
            return Choice(wanted, _BY_VERSION[wanted])
    else:
        patches = [version for version in _BY_VERSION if version and version.minor_release == wanted]
        if patches:
            return Choice(max(patches), _BY_VERSION[max(patches)], resolved_from=wanted)
    raise InvalidInput(f"Kubernetes version {shown(value)} is not known", where=where, fix=f"write one of: {known()}")


def lookup(version: str) -> Components:
    """The row of an exact version such as "1.36.3". Raises InvalidInput."""
    return choose(version).components


def newest_public() -> str:
    """The newest version that is offered to everybody."""
    return str(max(version for version, row in _BY_VERSION.items() if version and row.stage is LaunchStage.PUBLIC))
