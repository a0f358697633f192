# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.machine import Machine, State

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RECORD = Record("demo", "Running", "2026-01-01T00:00:00Z")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_note_is_believed_for_a_minute():
    record = intent_log.noted(RECORD, "web", "digitalocean", "u-1", NOW, create=["demo-web-1"], remove={"7": "demo-web-7"})
    assert intent_log.awaited(record, "web", after(59), []) == {"demo-web-1"}
    assert intent_log.removing(record, "web", after(59)) == {"7"}
    assert not intent_log.awaited(record, "web", after(61), []) and not intent_log.removing(record, "web", after(61))
    assert not intent_log.awaited(record, "db", NOW, [])


def test_notes_are_renewed_and_old_ones_go():
    record = intent_log.noted(RECORD, "web", "digitalocean", "u-1", NOW, create=["demo-web-1", "demo-web-2"])
    record = intent_log.noted(record, "web", "digitalocean", "u-1", after(50), create=["demo-web-2"])
    assert intent_log.awaited(record, "web", after(50), []) == {"demo-web-1", "demo-web-2"}
    record = intent_log.noted(record, "web", "digitalocean", "u-1", after(70))
    assert set(record.pools["web"]["creating"]) == {"demo-web-2"}
    # machines are tagged with it
    assert record.uid == "u-1"


def test_what_goes_is_not_waited_for():
    record = intent_log.noted(RECORD, "web", "digitalocean", "u-1", NOW, create=["demo-web-1", "demo-web-2"])
    record = intent_log.noted(record, "web", "digitalocean", "u-1", after(5), remove={"7": "demo-web-2"})
    assert intent_log.awaited(record, "web", after(5), []) == {"demo-web-1"}


def machine(name: str, state: State = State.RUNNING, request: str = "") -> Machine:
    return Machine("7", name, "web", state, "2026-05-01T12:00:00Z", request=request)


def test_a_machine_that_ended_answers_the_note_by_which_it_was_asked_for():
    record = intent_log.noted(RECORD, "web", "aws", "u-1", NOW, create=["demo-web-1"])
    request = intent_log.request(record, "web", ["demo-web-1"])
    older = intent_log.request(intent_log.noted(RECORD, "web", "aws", "u-1", after(-0.001), create=["demo-web-1"]), "web", ["demo-web-1"])
    for state in (State.LEAVING, State.GONE):
        assert not intent_log.awaited(record, "web", after(1), [machine("demo-web-1", state, f"{request}-0")])
        assert intent_log.awaited(record, "web", after(1), [machine("demo-web-1", state, f"{older}-0")]) == {"demo-web-1"}
        assert intent_log.awaited(record, "web", after(1), [machine("demo-web-1", state)]) == {"demo-web-1"}
    # one that is there answers any
    assert not intent_log.awaited(record, "web", after(1), [machine("demo-web-1")])


def test_a_request_is_called_after_its_note():
    record = intent_log.noted(RECORD, "web", "aws", "u-1", NOW, create=["demo-web-1", "demo-web-2"])
    request = intent_log.request(record, "web", ["demo-web-1", "demo-web-2"])
    assert request == intent_log.request(Record.of(record.text()), "web", ["demo-web-1", "demo-web-2"])
    others = {intent_log.request(record, "web", ["demo-web-1"]), intent_log.request(record, "db", ["demo-web-1", "demo-web-2"]),
              intent_log.request(intent_log.noted(record, "web", "aws", "u-1", after(0.001), create=["demo-web-1"]), "web", ["demo-web-1", "demo-web-2"])}
    assert len(others) == 3 and request not in others and len(request) <= 60 and request.isascii()


def test_a_pool_stays_in_its_region():
    record = intent_log.noted(RECORD, "web", "aws", "u-1", NOW, place="eu-central-1")
    intent_log.check_provider(record, "web", "aws", "eu-central-1")
    intent_log.check_provider(record, "db", "aws", "us-east-1")
    with pytest.raises(InvalidInput, match="Node pool web is in eu-central-1 and can't move to us-east-1"):
        intent_log.check_provider(record, "web", "aws", "us-east-1")
    assert intent_log.place(record, "web") == "eu-central-1"
    gone = intent_log.released(record, "web")
    assert intent_log.place(gone, "web") == ""
    intent_log.check_provider(gone, "web", "aws", "us-east-1")


def test_it_comes_back_from_what_is_stored():
    record = intent_log.noted(RECORD, "web", "digitalocean", "u-1", NOW, create=["demo-web-1"])
    assert Record.of(record.text()) == record


@pytest.mark.parametrize("entry", [None, 7, [], {"creating": [1]}, {"creating": {"a": 1, "b": "x", "c": "2026-05-01T12:00:00"}, "removing": "y"},
                                   {"creating": {"a": "2036-05-01T12:00:00Z"}}])
def test_notes_that_nobody_can_have_written(entry: Any):
    record = Record("demo", "Running", "2026-01-01T00:00:00Z", pools={"web": entry})
    assert not intent_log.awaited(record, "web", NOW, [])
    assert not intent_log.removing(record, "web", NOW)
    assert intent_log.awaited(intent_log.noted(record, "web", "digitalocean", "u", NOW, create=["b"]), "web", NOW, []) == {"b"}


def test_a_pool_stays_at_its_provider():
    record = intent_log.noted(RECORD, "web", "digitalocean", "u-1", NOW)
    intent_log.check_provider(record, "web", "digitalocean")
    intent_log.check_provider(None, "web", "aws")
    with pytest.raises(InvalidInput, match="Node pool web is at digitalocean and can't move to aws"):
        intent_log.check_provider(record, "web", "aws")
    assert intent_log.is_bound(record, "web")
    gone = intent_log.released(record, "web")
    intent_log.check_provider(gone, "web", "aws")
    assert not intent_log.is_bound(gone, "web")
