# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster is now, as observed; its phase is only what the last run wrote down."""
from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Health(StrEnum):
    """RUNNING: everything is ready. DEGRADED: the API answers or could, and something is not ready. DOWN: no API server, or etcd without a majority.

    UNKNOWN: the seed did not tell.
    """

    RUNNING = "Running"
    DEGRADED = "Degraded"
    DOWN = "Down"
    UNKNOWN = "unknown"


# what a script may ask to be told by its exit code, with what then counts as bad
FAIL_IF = {"degraded": (Health.DEGRADED, Health.DOWN, Health.UNKNOWN), "down": (Health.DOWN, Health.UNKNOWN)}


def has_majority(etcd: Mapping[str, int]) -> bool:
    return etcd["ready"] > etcd["wanted"] // 2


def health(components: Mapping[str, Mapping[str, int]] | None, nodes: Mapping[str, int] | None, alarms: Collection[str] = (),
           rollouts: Collection[str] = ()) -> Health:
    """components: name -> {"ready", "wanted"}, None if they could not be read. nodes: {"ready", "total"}, None if the cluster's API did not tell.

    alarms: of etcd, which takes nothing new while there is one. rollouts: components that don't run as they were changed last.
    """
    if components is None:
        return Health.UNKNOWN
    if not components["kube-apiserver"]["ready"] or not has_majority(components["etcd"]):
        return Health.DOWN
    lacking = any(one["ready"] < max(1, one["wanted"]) for one in components.values())
    if lacking or alarms or rollouts or nodes is None or nodes["ready"] < nodes["total"]:
        return Health.DEGRADED
    return Health.RUNNING
