# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Records as they are stored."""
from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import inventory, launch_stages, status
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import spec as cluster_spec
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_changes import Change, changed
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import hosts as pool_hosts
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import intent_log
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool import specs as pool_specs
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import orphans
from api.strange_input import changed as changed_input

NOW = datetime(2026, 11, 27, tzinfo=UTC)

RECORD = Record("demo", "Running", "2026-03-01T14:03:10Z", {"pod_cidr": "10.244.0.0/16"}, {"kubernetes": "1.36.3"}, "é", {"web-1": {}})


def test_what_is_stored_comes_back():
    assert Record.of(RECORD.text()) == RECORD
    assert RECORD.text() == Record.of(RECORD.text()).text()


def test_words_of_later_releases_are_left_out():
    assert Record.of(RECORD.text().replace('"format"', '"colour": 1, "format"')) == RECORD


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 2}', '{"format": 1}', RECORD.text().replace('"Running"', "7")])
def test_what_is_no_record(text: str):
    with pytest.raises(ValueError, match=r"."):
        Record.of(text)


@given(st.text())
def test_any_text(text: str):
    with pytest.raises(ValueError, match=r"."):
        Record.of(text)


GOOD: dict[str, Any] = {
    "format": 1, "cluster": "demo", "phase": "Running", "since": "2026-03-01T14:03:10Z", "last_error": "", "uid": "u-1", "versions": {"kubernetes": "1.36.3"},
    "spec": {"kubernetes_version": "1.36.3", "pod_cidr": "10.244.0.0/16", "etcd_replicas": 1, "audit_log": False, "add_ons": {"coredns": True},
             "kube_proxy_config": {"mode": "nftables", "deep": [1, 2.5, None]}, "digitalocean_url": "https://api.digitalocean.com/v2/"},
    "nodes": {"demo-web-1": {"pool": "web", "machine": "digitalocean-7", "host_keys": ["ssh-ed25519 " + "A" * 68]}},
    "pools": {"web": {"provider": "digitalocean", "place": "", "creating": {"demo-web-1": "2026-03-01T14:03:10.1Z"}, "removing": {},
                      "spec": {"name": "web", "provider": "digitalocean", "node_count": 2, "region": "fra1", "size": "s", "image": "i", "disk": 80,
                               "public_address": True, "ssh_keys": ["42"], "labels": {"a": "b"}, "taints": [{"key": "a", "effect": "NoExecute"}]}}},
    "cloud": {"providers": ["digitalocean"], "places": ["fra1"], "lent": ["a"], "retained": ["b"]}}


def test_what_is_good_is_read():
    assert Record.of(json.dumps(GOOD)).pools == GOOD["pools"]


@pytest.mark.parametrize(("path", "value", "part"), [
    ("versions", {"kubernetes": {"a": 1}}, "versions.kubernetes is not one line of text"), ("versions", [], "versions is not a mapping"),
    ("spec", {"pod_cidr": 7}, "spec.pod_cidr is not a string"), ("spec", {"etcd_replicas": True}, "spec.etcd_replicas is not a whole number"),
    ("spec", {"audit_log": "yes"}, "spec.audit_log"), ("spec", {"add_ons": {"coredns": 1}}, "spec.add_ons.coredns is not true or false"),
    ("pools", {"web": "x"}, "pools.web is not a mapping"), ("pools", {"web": {"provider": ["x"]}}, "pools.web.provider"),
    ("pools", {"web": {"provider": "x y"}}, "pools.web.provider is not a word"), ("pools", {"web": {"creating": {"a": 1}}}, "pools.web.creating.a"),
    ("pools", {"web": {"spec": {"taints": [{"key": 1}]}}}, r"pools.web.spec.taints\[0\].key"),
    ("pools", {"web": {"spec": {"disk": 1.5}}}, "pools.web.spec.disk"),
    ("nodes", {"a": {"host_keys": "x"}}, "nodes.a.host_keys is not a list"), ("cloud", {"places": ["../x?"]}, "cloud.places"),
    ("cloud", {"lent": [1]}, "cloud.lent"),
    ("last_error", "a\nb", "last_error is not one line"), ("phase", "\x1b[2J", "phase is not one line"), ("since", 1, "since"), ("uid", None, "uid"),
    ("last_error", "x" * 5000, "last_error"), ("format", True, "format"), ("format", 1.0, "format"), ("cluster", "\ud800", "surrogates")])
def test_types_are_strict_all_the_way_down(path: str, value: Any, part: str):
    with pytest.raises(ValueError, match=part):
        Record.of(json.dumps({**GOOD, path: value}))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000,
                                  '{"format": NaN}', '{"format": 1, "spec": {"kube_proxy_config": {"a": 1e999}}}', "1" * 5000, "\x00",
                                  json.dumps({**GOOD, "spec": {"kube_proxy_config": {"a": float("-inf")}}})])
def test_what_could_not_be_written_again_is_no_record(text: str):
    with pytest.raises(ValueError, match=r"."):
        Record.of(text)


def every_reader(known: Record) -> None:
    """All that makes something of a record. Only a line for people may come of it."""
    for read in (
            lambda: inventory.host("fra1", "cluster-demo", known),
            lambda: status.table([status.status("demo", "cluster-demo", known, [], [], [], NOW)], "demo"),
            lambda: launch_stages.used_by(known), lambda: pool_specs.wanted("demo", None, known), lambda: pool_specs.bound(known),
            lambda: orphans.known_of(known, None), lambda: orphans.places(known), lambda: orphans.noted(known, "u", [orphans.Noted("aws")]),
            lambda: orphans.concerns(known, "aws"), lambda: intent_log.awaited(known, "web", NOW, []), lambda: intent_log.removing(known, "web", NOW),
            lambda: intent_log.noted(known, "web", "aws", "u", NOW, create=["a"]), lambda: changed(known, "demo", Change(phase="Running"), NOW),
            lambda: pool_hosts.pinned(known, [], ["a"]), lambda: cluster_spec.variables(known.spec)):
        with contextlib.suppress(InvalidInput):
            read()
    assert Record.of(known.text()) == known


@settings(max_examples=int(os.environ.get("RECORDS", "400")), deadline=None)
@given(changed_input(GOOD))
def test_any_record_is_one_that_can_be_read_or_a_line(data: Any):
    """A good one with something wrong in it, wherever that is."""
    try:
        known = Record.of(json.dumps(data))
    except ValueError as error:
        assert str(error)
        return
    every_reader(known)
