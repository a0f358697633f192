# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a record changes."""
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import lookup
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_changes import Change, changed, next_phase, one_line, title

THEN = datetime(2026, 3, 1, 14, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)
ROW = lookup("1.36.3").versions()
RUNNING = Record("demo", "Running", "2026-03-01T14:00:00Z", {"kubernetes_version": "1.36.3"}, ROW, "", {"web-1": {}})


@pytest.mark.parametrize(("now", "asked", "then"), [
    (None, None, "Creating"), (None, "Running", "Running"), ("Creating", "Creating", "Creating"), ("Creating", "Running", "Running"),
    ("Running", "Creating", "Running"), ("Updating", "Creating", "Updating"), ("Deleting", "Creating", "Creating"), ("Running", None, "Running"),
    ("Running", "Updating", "Updating"), ("Running", "Deleting", "Deleting")])
def test_phases(now: str | None, asked: str | None, then: str):
    assert next_phase(now, asked) == then


@pytest.mark.parametrize("change", [
    Change(), Change(phase="Running"), Change(phase="Creating"), Change(spec={"kubernetes_version": "1.36.3", "images": {}}),
    Change(last_error=""), Change(phase="Running", last_error="")], ids=str)
def test_nothing_new_is_the_same_record(change: Change):
    assert changed(RUNNING, "demo", change, NOW) == RUNNING


@pytest.mark.parametrize(("change", "fields"), [
    (Change(phase="Deleting"), {"phase": "Deleting", "since": "2026-03-01T15:00:00Z"}),
    (Change(last_error="a\tb\n c"), {"last_error": "a b c"}),
    (Change(spec={"kubernetes_version": "1.36.3", "etcd_replicas": 3}), {"spec": {"kubernetes_version": "1.36.3", "etcd_replicas": 3}}),
], ids=str)
def test_only_what_is_new_changes(change: Change, fields: dict[str, Any]):
    new = changed(RUNNING, "demo", change, NOW)
    assert {name: getattr(new, name) for name in fields} == fields
    assert all(getattr(new, name) == getattr(RUNNING, name) for name in RUNNING.__slots__ if name not in fields)


def test_from_the_first_note_to_a_cluster_that_runs():
    first = changed(None, "demo", Change("Creating", {"kubernetes_version": "1.36.3"}), THEN)
    assert (first.phase, first.since, first.versions) == ("Creating", "2026-03-01T14:00:00Z", {})
    failed = changed(first, "demo", Change(last_error="no image"), NOW)
    assert (failed.since, failed.last_error) == (first.since, "no image")
    running = changed(failed, "demo", Change("Running"), NOW)
    assert (running.phase, running.since, running.versions, running.last_error) == ("Running", "2026-03-01T15:00:00Z", ROW, "")


def test_an_upgrade_from_its_begin_to_its_end():
    spec, later = {"kubernetes_version": "1.37.2"}, datetime(2026, 3, 1, 16, tzinfo=UTC)
    begun = changed(RUNNING, "demo", Change("Updating", spec, accepted_gates=["webhooks"]), NOW)
    assert (begun.phase, begun.versions) == ("Updating", RUNNING.versions)
    assert begun.upgrade == {"from": "1.36.3", "to": "1.37.2", "began": "2026-03-01T15:00:00Z", "ended": "", "accepted": ["webhooks"]}
    # the run was killed, and the next one accepts another gate
    again = changed(changed(begun, "demo", Change("Creating", spec), later), "demo", Change("Updating", spec, accepted_gates=["bare_pods"]), later)
    assert again.upgrade == {**begun.upgrade, "accepted": ["bare_pods", "webhooks"]} and again.since == begun.since
    ended = changed(again, "demo", Change("Running", {**spec, "components": {**ROW, "kubernetes": "1.37.2"}}), later)
    assert ended.upgrade == {**again.upgrade, "ended": "2026-03-01T16:00:00Z"} and ended.versions["kubernetes"] == "1.37.2"
    assert changed(ended, "demo", Change("Running", spec), later).upgrade == ended.upgrade
    answers = {"requests": 143, "failed": 0, "longest_gap": 0.4}
    measured = changed(ended, "demo", Change(node_error="", api={**answers, "error": ""}), later)
    assert measured.upgrade == {**ended.upgrade, "api": answers} and Record.of(measured.text()) == measured
    assert Record.of(ended.text()) == ended


def test_what_runs_is_noted_before_the_creation_is_over():
    spec = {"kubernetes_version": "1.36.3", "components": {**ROW, "etcd": "3.6.99-0", "stage": "public"}}
    begun = changed(None, "demo", Change("Creating", spec), THEN)
    runs = changed(begun, "demo", Change(spec=spec, runs=True), NOW)
    assert (runs.phase, runs.since, runs.versions) == ("Creating", begun.since, {**ROW, "etcd": "3.6.99-0"})
    assert title(begun, runs) == "Note in the record of cluster demo what runs"
    assert changed(runs, "demo", Change("Running", spec), NOW).versions == runs.versions


def test_a_record_of_the_first_release_gets_the_row_that_it_left_out():
    old = replace(RUNNING, versions={"kubernetes": "1.36.3"})
    assert changed(old, "demo", Change("Running"), NOW) == RUNNING
    assert title(old, RUNNING) == "Note in the record of cluster demo what runs"


def test_what_nodes_lack_is_beside_what_the_control_plane_lacks():
    failed = changed(RUNNING, "demo", Change(node_error="web-1 is\noff"), NOW)
    assert (failed.last_error, failed.node_error, failed.phase) == ("", "web-1 is off", "Running")
    assert changed(failed, "demo", Change("Running"), NOW) == failed
    assert changed(failed, "demo", Change(node_error=""), NOW) == RUNNING
    assert title(RUNNING, failed) == "Note the error of nodes in the record of cluster demo"


def test_an_error_of_a_cluster_that_runs_stays_until_it_is_known_to_run_again():
    failed = changed(RUNNING, "demo", Change(last_error="no image"), NOW)
    assert changed(failed, "demo", Change("Creating"), NOW).last_error == "no image"
    assert changed(failed, "demo", Change("Running"), NOW) == RUNNING


@pytest.mark.parametrize(("change", "sentence"), [
    (Change(phase="Deleting"), "Note phase Deleting in the record of cluster demo"),
    (Change(last_error="x"), "Note the last error in the record of cluster demo"),
    (Change(spec={}), "Update the record of cluster demo")], ids=str)
def test_sentences(change: Change, sentence: str):
    assert title(RUNNING, changed(RUNNING, "demo", change, NOW)) == sentence


def test_long_errors_are_cut():
    assert one_line("x" * 501) == "x" * 497 + "..." and one_line("x" * 500) == "x" * 500
