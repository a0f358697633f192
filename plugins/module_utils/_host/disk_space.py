# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much of a disk must be free for a kubelet to take pods."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._kube.quantity import amount

# the kubelet's own, which count if its configuration names none at all
DEFAULTS = {"nodefs.available": "10%", "imagefs.available": "15%"}
# place on the host -> signal of the kubelet
SIGNALS = {"containerd": "imagefs.available", "kubelet": "nodefs.available"}
MIB = 2**20


def thresholds(kubelet_config: Mapping[str, Any]) -> dict[str, str]:
    """Place -> what must be free there, such as "2Gi" or "15%"; without places of which a kubelet with that configuration asks nothing."""
    given = kubelet_config.get("evictionHard")
    signals = given if isinstance(given, Mapping) else DEFAULTS
    return {place: str(signals[signal]) for place, signal in SIGNALS.items() if signals.get(signal)}


def is_short(threshold: str, *, mib: int | None, percent: int | None) -> bool:
    """Whether less is free than the threshold asks for. What is not known is not short."""
    if threshold.endswith("%"):
        least = amount(threshold[:-1])
        return least is not None and percent is not None and percent < least
    least = amount(threshold)
    return least is not None and mib is not None and mib * MIB < least


def shown(threshold: str, *, mib: int | None, percent: int | None) -> str:
    """What is free, in the unit of the threshold."""
    return f"{percent} %" if threshold.endswith("%") else f"{mib} MiB"
