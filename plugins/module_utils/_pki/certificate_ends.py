# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""When certificates expire, and the warnings about it."""
from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._node import node_object

SOON, VERY_SOON, AUTHORITY_SOON = timedelta(days=90), timedelta(days=30), timedelta(days=180)


@dataclass(frozen=True, slots=True)
class End:
    """name: of the certificate, as people find it. moment: aware."""

    name: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Ends:
    """Of one cluster. nodes: None for one whose certificate is unknown. seed: of the seed that holds it, as far as it can be seen from here."""

    leaves: tuple[End, ...] = ()
    authorities: tuple[End, ...] = ()
    nodes: Mapping[str, datetime | None] = field(default_factory=dict)
    seed: tuple[End, ...] = ()


NO_ENDS = Ends()


def first(ends: Iterable[End]) -> End | None:
    return min(ends, key=lambda one: (one.moment, one.name), default=None)


def of_openssl(facts: Mapping[str, str], prefix: str) -> list[End]:
    """From facts such as ends_apiserver=Nov 27 17:41:23 2027 GMT; what is no moment is left out."""
    found = []
    for key, text in facts.items():
        try:
            moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if key.startswith(prefix) else None
        except (ValueError, OverflowError, OSError):
            continue
        if moment:
            found.append(End(key.removeprefix(prefix), moment))
    return found


def days_left(moment: datetime, now: datetime) -> int:
    """Whole days; negative after the end."""
    return (moment - now) // timedelta(days=1)


def shown(end: End | None, now: datetime) -> dict[str, Any] | None:
    """As data."""
    return end and {"name": end.name, "ends": f"{end.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "days_left": days_left(end.moment, now)}


def cell_of(first_end: Mapping[str, Any] | None) -> str:
    """For a table: "364d", "ended", "-" if nothing is known."""
    return "-" if not first_end else "ended" if first_end["days_left"] < 0 else f"{first_end['days_left']}d"


def of_nodes(nodes: Iterable[Mapping[str, Any]]) -> dict[str, datetime | None]:
    """Of their serving certificates, as runs noted it on the Nodes."""
    return {str(node["metadata"]["name"]): node_object.certificate_ends(node) for node in nodes if (node.get("metadata") or {}).get("name")}


def node_ends(ends: Ends) -> list[End]:
    return [End(f"of node {name}", moment) for name, moment in ends.nodes.items() if moment]


def data(ends: Ends, now: datetime) -> dict[str, Any]:
    """nodes_ending: those whose certificate expires within 30 days or is unknown, at most 100."""
    ending = sorted(name for name, moment in ends.nodes.items() if moment is None or moment - now < VERY_SOON)
    return {"first": shown(first([*ends.leaves, *ends.authorities, *node_ends(ends)]), now), "authority": shown(first(ends.authorities), now),
            "seed": shown(first(ends.seed), now), "nodes_ending": ending[:100]}


def about(cluster: str, ends: Ends, now: datetime) -> list[str]:
    """Sentences below a table."""
    return [*notes([*ends.leaves, *node_ends(ends)], now, fix=f"ansible-playbook kubermatic.caas.renew -e cluster={cluster}"),
            *(f"CA {one.name} expires on {one.moment:%Y-%m-%d}, {days_left(one.moment, now)} days left: plan a new cluster, it can't be renewed"
              for one in ends.authorities if one.moment - now < AUTHORITY_SOON)]


def about_seed(ends: Iterable[End], now: datetime) -> list[str]:
    return notes(ends, now, fix="ansible-playbook kubermatic.caas.renew")


def notes(ends: Iterable[End], now: datetime, *, fix: str) -> list[str]:
    """One sentence about those that end within 90 days, by the first of them; a stronger one within 30 days. fix: a command."""
    soon = sorted((one for one in ends if one.moment - now < SOON), key=lambda one: (one.moment, one.name))
    if not soon:
        return []
    more = f" (and {len(soon) - 1} more within 90 days)" if len(soon) > 1 else ""
    one = soon[0]
    if one.moment <= now:
        return [f"certificate {one.name} expired on {one.moment:%Y-%m-%d}{more}. Renew it now: {fix}"]
    left = days_left(one.moment, now)
    days = f"{left} day{'' if left == 1 else 's'} left"
    if one.moment - now < VERY_SOON:
        return [f"certificate {one.name} expires on {one.moment:%Y-%m-%d}, {days}{more}. Renew it now: {fix}"]
    return [f"certificate {one.name} expires on {one.moment:%Y-%m-%d}, {days}{more}. Let this run on a schedule: {fix}"]
