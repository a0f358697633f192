# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a cluster is doing, as data and as a table."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import status
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record

NOW = datetime(2026, 3, 3, 14, tzinfo=UTC)
RECORD = Record("demo", "Running", "2026-03-01T10:00:00Z", {"kubernetes_version": "1.36.3"}, {"kubernetes": "1.36.3"})


def workload(name: str, ready: int | None, wanted: int | None = 1) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {} if wanted is None else {"replicas": wanted},
            "status": {} if ready is None else {"readyReplicas": ready}}


def node(ready: str, **info: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": ready}], "nodeInfo": info}}


ALL = [workload(name, 1) for name in status.CONTROL_PLANE]


@pytest.mark.parametrize(("since", "told"), [
    ("2026-03-03T14:00:00Z", "0s"), ("2026-03-03T13:59:15Z", "45s"), ("2026-03-03T13:48:00Z", "12m"), ("2026-03-03T10:55:00Z", "3h5m"),
    ("2026-03-03T11:00:00Z", "3h"), ("2026-03-01T10:00:00Z", "2d4h"), ("2026-03-01T14:00:00Z", "2d"), ("2026-03-03T15:00:00Z", "0s"),
    ("2026-03-03T13:48:00", "12m"), ("", ""), ("soon", "")])
def test_ages(since: str, told: str):
    assert status.age(since, NOW) == told


def test_a_cluster_that_is_well():
    found = status.status("demo", "cluster-demo", RECORD, [*ALL, workload("other", 0)], [node("True"), node("True")], [], NOW)
    assert found["control_plane_ready"] and found["control_plane"]["etcd"] == {"ready": 1, "wanted": 1}
    assert status.row(found) == ("demo", "Running", "2d4h", "1.36.3", "beta", "ready", "unknown", "2/2 ready", "-", "-")
    assert found["features"] == {"provider: hosts": {"stage": "beta", "end_of_life": ""}, "kubernetes_version: 1.36.3": {"stage": "public", "end_of_life": ""}}
    assert found["leaving"] == []


@pytest.mark.parametrize(("workloads", "cell"), [
    ([], "none"), (ALL[:3], "kube-scheduler 0/0"),
    ([*ALL[1:], workload("etcd", None)], "etcd 0/1"),
    ([*ALL[1:], workload("etcd", 2, 3)], "etcd 2/3"),
    ([*ALL[1:], workload("etcd", 1, None)], "ready"),
    ([*ALL[1:], workload("etcd", 0, 0)], "etcd 0/0")], ids=["nothing", "one missing", "none ready", "two of three", "default size", "scaled to zero"])
def test_what_lacks_is_named(workloads: list[dict[str, Any]], cell: str):
    found = status.status("demo", "cluster-demo", RECORD, workloads, [], [], NOW)
    assert status.row(found)[5] == cell


def test_what_can_not_be_read_is_unknown_and_says_why():
    found = status.status("demo", "cluster-demo", None, [], None, ["The Kubernetes API can't be reached."], NOW)
    assert found["nodes"] is None and found["stage"] == found["kubernetes_version"] == "unknown"
    row = status.row(found)
    assert row[1:] == ("unknown", "unknown", "unknown", "unknown", "none", "unknown", "unknown", "-", "-")
    assert status.table([found]).splitlines()[2:] == ["", "demo: The Kubernetes API can't be reached."]


@pytest.mark.parametrize(("version", "expose", "image", "stage"), [
    ("1.36.3", "", "", "public"), ("1.35.4", "", "", "beta"), ("1.20.1", "", "", "deprecated"), ("1.99.1", "", "", "unknown"), ("1.36.1", "", "", "public"),
    ("1.36.3", "node_port", "", "beta"),
    ("1.33.13", "node_port", "", "deprecated"), ("1.33.13", "load_balancer", "", "alpha"), ("1.36.3", "node_port", "Ubuntu 16.04.7 LTS", "alpha"),
    ("1.36.3", "node_port", "Debian GNU/Linux 12 (bookworm)", "beta"), ("1.36.3", "node_port", "Plan 9", "unknown")])
def test_the_least_trusted_stage_counts(version: str, expose: str, image: str, stage: str):
    record = replace(RECORD, spec={"expose": expose} if expose else {}, versions={"kubernetes": version})
    nodes = [node("True", osImage=image, architecture="amd64", kubeletVersion=f"v{version}")] if image else []
    assert status.status("demo", "cluster-demo", record, ALL, nodes, [], NOW)["stage"] == stage


def test_what_goes_one_day_is_told_below_the_table():
    record = replace(RECORD, versions={"kubernetes": "1.33.13"})
    nodes = [node("True", osImage="Debian GNU/Linux 12 (bookworm)", architecture="amd64", kubeletVersion="v1.33.13")] * 2
    found = status.status("demo", "cluster-demo", record, ALL, nodes, ["Something else."], NOW)
    assert status.table([found]).splitlines()[1:] == [
        "demo     Running  2d4h   1.33.13     deprecated  ready          unknown  2/2 ready  -             -", "", "demo: Something else.",
        "demo: kubernetes_version: 1.33.13 is deprecated and will be removed on 2026-12-28. You can still manage what runs with it after that day, but "
        "upstream "
        "no longer fixes it. Upgrade to kubernetes_version: 1.37.2 (playbook upgrade)"]
    assert found["features"]["kubernetes_version: 1.33.13"] == {"stage": "deprecated", "end_of_life": "2026-12-28"}


def test_nodes_alone_do_not_tell_the_stage_of_a_cluster():
    found = status.status("demo", "cluster-demo", None, ALL, [node("True")], [], NOW)
    assert (found["stage"], found["features"]) == ("unknown", {"provider: hosts": {"stage": "beta", "end_of_life": ""}})


def test_columns_are_aligned_and_lines_have_no_tail():
    rows = [status.status(name, f"cluster-{name}", RECORD, ALL, [], [], NOW) for name in ("a", "much-longer")]
    lines = status.table(rows).splitlines()
    assert len(lines) == 3 and len({line.index("Running") for line in lines[1:]} | {lines[0].index("PHASE")}) == 1
    assert lines == [line.rstrip() for line in lines]
    assert status.table([]) == "No cluster in this seed." and status.table([], "demo") == "No cluster demo in this seed."


def info(names: list[str], problems: list[str]) -> dict[str, Any]:
    found = [status.status(name, f"cluster-{name}", RECORD, ALL, [], ["Something."] if name == "b" else [], NOW) for name in names]
    return {"clusters": found, "seed_problems": problems, "table": status.table(found)}


def test_clusters_of_several_seeds_are_one_table():
    lines = status.table_of_seeds({"fra1": info(["a", "b"], []), "ams1": info(["c"], ["ams1-a is cordoned"]), "none": info([], [])}).splitlines()
    assert [line.split()[:2] for line in lines[:4]] == [["SEED", "CLUSTER"], ["fra1", "a"], ["fra1", "b"], ["ams1", "c"]]
    assert lines[4:] == ["", "b: Something.", "Seed ams1: ams1-a is cordoned"]


def test_clusters_of_one_seed_are_its_table():
    seed = info(["a"], [])
    assert status.table_of_seeds({"fra1": seed}) == seed["table"]
    assert status.table_of_seeds({"fra1": info([], []), "ams1": info([], [])}) == "No cluster in fra1, ams1."
    assert status.table_of_seeds({"fra1": info([], []), "ams1": info([], [])}, "demo") == "No cluster demo in fra1, ams1."


def test_a_change_that_does_not_come_to_all_pods_is_told():
    found = status.status("demo", "cluster-demo", RECORD, ALL, [], [], NOW, rollouts={"kube-apiserver": "kube-apiserver is stuck"})
    assert (found["health"], status.row(found)[5], status.table([found]).splitlines()[-1]) == (
        "Degraded", "kube-apiserver not updated", "demo: kube-apiserver is stuck")


def test_an_upgrade_that_waits_is_told_below_the_table():
    nodes = [{"metadata": {"name": "web-1"}, **node("True", kubeletVersion="v1.35.4")}]
    found = status.status("demo", "cluster-demo", RECORD, ALL, nodes, [], NOW)
    assert found["health"] == "Running" and status.table([found]).splitlines()[-1].startswith("demo: kubelets older than the control plane's 1.36.3: web-1")


def test_a_label_alone_makes_no_cluster():
    namespaces = [{"metadata": {"name": name, "labels": {"kubermatic.caas/cluster": cluster}}}
                  for name, cluster in (("cluster-b", "b"), ("cluster-a", "a"), ("kube-system", "c"))]
    assert status.clusters_of(namespaces) == ["a", "b"]


def test_a_phase_that_was_noted_is_not_told_as_what_is():
    nodes = [node("True"), node("False"), node("Unknown")]
    degraded = status.status("demo", "cluster-demo", RECORD, ALL, nodes, [], NOW)
    down = status.status("demo", "cluster-demo", RECORD, [workload(name, 0) for name in status.CONTROL_PLANE], None, [], NOW)
    assert [(one["phase"], one["health"], status.row(one)[1]) for one in (degraded, down)] == [
        ("Running", "Degraded", "Degraded"), ("Running", "Down", "Down")]


def test_what_a_run_is_at_is_told_as_it_is():
    found = status.status("demo", "cluster-demo", replace(RECORD, phase="Creating"), [], None, [], NOW)
    assert (found["health"], status.row(found)[1]) == ("Down", "Creating")


def test_a_seed_that_does_not_tell_is_no_cluster_that_is_down():
    assert status.status("demo", "cluster-demo", RECORD, None, None, ["The Kubernetes API can't be reached."], NOW)["health"] == "unknown"
