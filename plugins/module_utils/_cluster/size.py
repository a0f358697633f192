# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much of its seed a control plane asks for, and takes at most: one table."""
from __future__ import annotations

from dataclasses import dataclass

MIB_PER = {"Mi": 1, "Gi": 1024, "Ti": 1024 * 1024}
# Go begins to collect garbage in earnest at this part of the limit, so that a large answer slows a program down and does not end it
GO_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Share:
    """Of one container. cpu, memory: what it is sure to have (requests); memory_limit: what ends it."""

    cpu: str
    memory: str
    memory_limit: str

    @property
    def go_memory_limit(self) -> str:
        return f"{mib(self.memory_limit) * GO_PERCENT // 100}MiB"


@dataclass(frozen=True, slots=True)
class Size:
    """shares: component -> Share. requests, changes: how many of them kube-apiserver answers at a time (long ones, such as watches, don't count)."""

    shares: dict[str, Share]
    requests: int
    changes: int


def mib(quantity: str) -> int:
    return int(quantity[:-2]) * MIB_PER[quantity[-2:]]


DEFAULT = "small"
SIZES = {
    "small": Size({
        "etcd": Share("25m", "128Mi", "2Gi"),
        "kube_apiserver": Share("50m", "384Mi", "2Gi"),
        "konnectivity_server": Share("5m", "32Mi", "256Mi"),
        "kube_controller_manager": Share("20m", "96Mi", "512Mi"),
        "kube_scheduler": Share("10m", "64Mi", "256Mi"),
    }, requests=200, changes=100),
    "medium": Size({
        "etcd": Share("200m", "512Mi", "4Gi"),
        "kube_apiserver": Share("500m", "1Gi", "4Gi"),
        "konnectivity_server": Share("50m", "64Mi", "512Mi"),
        "kube_controller_manager": Share("200m", "256Mi", "1Gi"),
        "kube_scheduler": Share("100m", "128Mi", "512Mi"),
    }, requests=400, changes=200),
    "large": Size({
        "etcd": Share("1", "2Gi", "8Gi"),
        "kube_apiserver": Share("2", "4Gi", "16Gi"),
        "konnectivity_server": Share("200m", "256Mi", "1Gi"),
        "kube_controller_manager": Share("500m", "1Gi", "4Gi"),
        "kube_scheduler": Share("200m", "256Mi", "1Gi"),
    }, requests=800, changes=400),
}
COMPONENTS = tuple(SIZES[DEFAULT].shares)
