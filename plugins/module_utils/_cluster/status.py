# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a cluster is doing, from what its seed and its own API show."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import UNKNOWN
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages, upgrades
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.health import health
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Phase, Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import LABEL_CLUSTER, namespace_of
from ansible_collections.kubermatic.caas.plugins.module_utils._etcd import status as etcd_status
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import certificate_ends
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.certificate_ends import NO_ENDS, Ends

CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
COLUMNS = ("CLUSTER", "PHASE", "SINCE", "KUBERNETES", "STAGE", "CONTROL PLANE", "ETCD", "NODES", "CERTIFICATES", "LAST ERROR")


def readiness(workloads: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Component -> {"ready", "wanted"} from its Deployment or StatefulSet; 0 of 0 for one that is not there."""
    found = {workload["metadata"]["name"]: workload for workload in workloads}
    return {name: {"ready": (found.get(name, {}).get("status") or {}).get("readyReplicas") or 0,
                   "wanted": (found.get(name, {}).get("spec") or {}).get("replicas", 1 if name in found else 0)}
            for name in CONTROL_PLANE}


def is_ready(component: dict[str, int]) -> bool:
    return 0 < component["wanted"] <= component["ready"]


def is_node_ready(node: dict[str, Any]) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or []
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def node_count(nodes: Iterable[dict[str, Any]] | None) -> dict[str, int] | None:
    """{"ready", "total"}; None if the nodes are not known."""
    if nodes is None:
        return None
    ready = [is_node_ready(node) for node in nodes]
    return {"ready": sum(ready), "total": len(ready)}


def age(since: str, now: datetime) -> str:
    """How long ago, in the one or two largest units: "45s", "12m", "3h5m", "2d4h"; "" if that can't be told."""
    try:
        begin = datetime.fromisoformat(since)
    except ValueError:
        return ""
    begin = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
    seconds = max(0, int((now - begin).total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days}d{hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h{minutes}m" if minutes else f"{hours}h"
    return f"{minutes}m" if minutes else f"{seconds}s"


def clusters_of(namespaces: Iterable[dict[str, Any]]) -> list[str]:
    """Names of the clusters whose namespaces these are, sorted; without those that only carry the label of one."""
    labelled = [(one["metadata"]["labels"][LABEL_CLUSTER], one["metadata"]["name"]) for one in namespaces]
    return sorted(name for name, namespace in labelled if namespace == namespace_of(name))


def status(name: str, namespace: str, record: Record | None, workloads: Iterable[dict[str, Any]] | None,
           nodes: Iterable[dict[str, Any]] | None, problems: list[str], now: datetime, etcd: dict[str, Any] | None = None,
           ends: Ends = NO_ENDS, rollouts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One cluster as data. workloads, nodes: None if the seed or its own API didn't tell. problems: lines about what could not be read.

    etcd: None if that could not be. ends: of its certificates. rollouts: component that does not run as it was changed last -> a line about it.
    """
    nodes = None if nodes is None else list(nodes)
    ends = replace(ends, nodes=certificate_ends.of_nodes(nodes or ()))
    components = readiness(workloads or ())
    counted = node_count(nodes)
    own = launch_stages.used_by(record)
    used = tuple(dict.fromkeys((*own, *launch_stages.used_on(nodes))))
    version = (record.versions.get("kubernetes") or record.spec.get("kubernetes_version") or "") if record else ""
    return {
        "name": name, "namespace": namespace,
        "phase": record.phase if record else UNKNOWN, "since": record.since if record else "",
        "age": age(record.since, now) if record else "",
        "health": str(health(None if workloads is None else components, counted, (etcd or {}).get("alarms", ()), rollouts or ())),
        "kubernetes_version": version or UNKNOWN, "upgrades": [*(upgrades.unfinished(record) if record else []), *upgrades.waiting(version, nodes)],
        # nodes alone, of a cluster whose record can't be read, don't tell what it uses
        "stage": launch_stages.least_trusted(used if own else ()), "features": launch_stages.shown(used), "leaving": launch_stages.leaving(used),
        "control_plane": components, "control_plane_ready": all(is_ready(one) for one in components.values()),
        "rollouts": dict(rollouts or {}),
        "etcd": etcd, "nodes": counted, "last_error": record.last_error if record else "", "node_error": record.node_error if record else "",
        "problems": problems,
        "certificates": certificate_ends.data(ends, now), "certificate_notes": certificate_ends.about(name, ends, now),
    }


def row(cluster: dict[str, Any]) -> tuple[str, ...]:
    """The cells of one cluster, in the order of COLUMNS."""
    nodes = cluster["nodes"]
    return (cluster["name"], phase_cell(cluster), cluster["age"] or UNKNOWN, cluster["kubernetes_version"], cluster["stage"],
            control_plane_cell(cluster["control_plane"], cluster["rollouts"]), etcd_status.cell(cluster["etcd"]),
            f"{nodes['ready']}/{nodes['total']} ready" if nodes is not None else UNKNOWN,
            certificate_ends.cell_of(cluster["certificates"]["first"]), cluster["last_error"] or cluster["node_error"] or "-")


def phase_cell(cluster: dict[str, Any]) -> str:
    """What the cluster is now, where a run has come to its end; else what the run is at."""
    return cluster["health"] if cluster["phase"] == Phase.RUNNING else cluster["phase"]


def notes_of(cluster: dict[str, Any]) -> list[str]:
    """Lines below the table."""
    return [*cluster["problems"], *cluster["rollouts"].values(), *cluster["certificate_notes"], *(cluster["etcd"] or {}).get("notes", []),
            *cluster["leaving"], *cluster["upgrades"]]


def control_plane_cell(components: dict[str, dict[str, int]], rollouts: Collection[str] = ()) -> str:
    lacking = [f"{name} {one['ready']}/{one['wanted']}" if not is_ready(one) else f"{name} not updated"
               for name, one in components.items() if not is_ready(one) or name in rollouts]
    if not any(one["wanted"] for one in components.values()):
        return "none"
    return ", ".join(lacking) or "ready"


def table(clusters: list[dict[str, Any]], asked_for: str | None = None) -> str:
    """Aligned columns, one line per cluster, and below what needs care; a sentence if there is no cluster.

    asked_for: the one cluster to tell about, None for all.
    """
    if not clusters:
        return "No cluster in this seed." if asked_for is None else f"No cluster {asked_for} in this seed."
    return below(aligned([COLUMNS, *(row(cluster) for cluster in clusters)]), lines_about(clusters))


def table_of_seeds(seeds: Mapping[str, Mapping[str, Any]], asked_for: str | None = None) -> str:
    """The same of several seeds: name -> what cluster_info tells of it."""
    if len(seeds) == 1:
        return str(next(iter(seeds.values()))["table"])
    rows = [(seed, *row(cluster)) for seed, info in seeds.items() for cluster in info["clusters"]]
    if not rows:
        return f"No cluster{f' {asked_for}' if asked_for else ''} in {', '.join(seeds)}."
    notes = [line for info in seeds.values() for line in lines_about(info["clusters"])]
    return below(aligned([("SEED", *COLUMNS), *rows]), [*notes, *(f"Seed {seed}: {line}" for seed, info in seeds.items() for line in info["seed_problems"])])


def lines_about(clusters: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{cluster['name']}: {note}" for cluster in clusters for note in notes_of(cluster)]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(one[index]) for one in rows) for index in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip() for one in rows]


def below(lines: Sequence[str], notes: Sequence[str]) -> str:
    return "\n".join([*lines, *(["", *notes] if notes else [])])
