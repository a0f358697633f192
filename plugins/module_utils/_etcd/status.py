# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How full a cluster's etcd is, and what is wrong with its members, for people."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.member import MemberStatus, Pods
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd.pods import shared_places

UNKNOWN = "unknown"
NOSPACE = "NOSPACE"
# of the quota: from here on there is a warning
_NEARLY_FULL = 0.8
_QUOTA = re.compile(r"--quota-backend-bytes=(\d+)", re.ASCII)


def quota_of(stateful_set: Mapping[str, Any]) -> int:
    """Bytes that the database may have, 0 if that is not known."""
    template = ((stateful_set.get("spec") or {}).get("template") or {}).get("spec") or {}
    words = [word for container in template.get("containers") or [] for word in container.get("command") or []]
    return next((int(found[1]) for word in words if (found := _QUOTA.fullmatch(word))), 0)


def size(amount: int) -> str:
    """Such as "12 MiB" or "1.5 GiB"."""
    return f"{amount / 2**30:.1f} GiB" if amount >= 2**30 else f"{amount / 2**20:.0f} MiB"


def etcd_status(cluster: str, pods: Pods, objects: Iterable[dict[str, Any]], quota: int, members: tuple[MemberStatus, ...] | None) -> dict[str, Any]:
    """As data. objects: the pods as the seed shows them; members: None if they could not be asked."""
    largest = max(members or (), key=lambda member: member.size, default=None)
    alarms = sorted({alarm for member in members or () for alarm in member.alarms})
    return {"size": largest.size if largest else None, "in_use": largest.in_use if largest else None, "quota": quota or None, "alarms": alarms,
            "notes": [*pods.troubles(), *_shared(objects), *_room(cluster, largest, quota, alarms)]}


def cell(etcd: Mapping[str, Any] | None) -> str:
    """Of the table."""
    if not etcd or etcd["size"] is None or not etcd["quota"]:
        return UNKNOWN
    return f"{size(etcd['size'])} of {size(etcd['quota'])}" + (f", {', '.join(etcd['alarms'])}" if etcd["alarms"] else "")


def _shared(objects: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{' and '.join(members)} share machine {machine} of the seed, so if it fails, they all fail"
            for machine, members in shared_places(objects).items()]


def _room(cluster: str, largest: MemberStatus | None, quota: int, alarms: list[str]) -> list[str]:
    way_out = f"make room: ansible-playbook kubermatic.caas.maintain_etcd -e cluster={cluster}"
    if NOSPACE in alarms:
        return [f"etcd is full (NOSPACE) and refuses writes; {way_out}"]
    if largest and quota and largest.size >= quota * _NEARLY_FULL:
        return [f"etcd is nearly full: {size(largest.size)} of {size(quota)}, {size(largest.in_use)} of them in use; {way_out}"]
    return []
