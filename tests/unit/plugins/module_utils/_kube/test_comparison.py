# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._kube import comparison


@pytest.mark.parametrize(("live", "wanted"), [
    ({"a": 1, "b": 2}, {"a": 1}),
    ({"spec": {"podSelector": {}}}, {"spec": {"podSelector": {}}}),
    ({"spec": {}}, {"spec": {"args": [], "hostNetwork": False, "replicas": 0, "name": "", "other": None}}),
    ({"spec": {"containers": [{"name": "a", "image": "x", "imagePullPolicy": "Always"}]}}, {"spec": {"containers": [{"name": "a", "image": "x"}]}}),
    ({"resources": {"requests": {"cpu": "1"}}}, {"resources": {"requests": {"cpu": "1000m"}}}),
    ({"resources": {"limits": {"memory": "2Gi"}}}, {"resources": {"limits": {"memory": 2147483648}}}),
], ids=str)
def test_live_has_all_that_is_wanted(live, wanted):
    assert comparison.covers(live, wanted)


@pytest.mark.parametrize(("live", "wanted"), [
    ({"a": 1}, {"a": 2}),
    ({"a": 1}, {"b": 1}),
    ({"spec": {"args": ["--debug"]}}, {"spec": {"args": []}}),
    ({"spec": {"hostNetwork": True}}, {"spec": {"hostNetwork": False}}),
    ({"ports": [1, 2]}, {"ports": [1]}),
    ({"ports": [2, 1]}, {"ports": [1, 2]}),
    ({"data": {"requests": {"cpu": "1"}}}, {"data": {"requests": {"cpu": "1000m"}}}),
    ({"port": "443"}, {"port": 443}),
    ({"flag": 1}, {"flag": True}),
    ({}, {"a": {"b": 1}}),
    ({"a": "text"}, {"a": {"b": 1}}),
    (None, {"a": 1}),
], ids=str)
def test_something_wanted_is_not_there(live, wanted):
    assert not comparison.covers(live, wanted)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(st.dictionaries(st.text(), JSON, min_size=1), st.dictionaries(st.text(), JSON))
def test_what_others_add_beside_it_makes_no_difference(wanted, others):
    assert comparison.covers({**others, **copy.deepcopy(wanted)}, wanted)


LIVE = {"metadata": {"name": "a", "uid": "1", "resourceVersion": "7", "generation": 2, "managedFields": [{}], "labels": {"b": "c"},
                     "creationTimestamp": "2026-01-01T00:00:00Z"}, "kind": "Secret", "apiVersion": "v1", "status": {"phase": "x"},
        "data": {"key": "c2VjcmV0"}}


def test_cleaned_is_what_people_write():
    clean = comparison.cleaned(LIVE)
    assert clean == {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "labels": {"b": "c"}}, "data": {"key": "c2VjcmV0"}}
    assert list(clean) == ["apiVersion", "kind", "metadata", "data"]


def test_only_what_people_write_makes_a_difference():
    later = copy.deepcopy(LIVE)
    later["metadata"].update(resourceVersion="8", generation=3, managedFields=[])
    later["status"] = {}
    assert not comparison.differs(LIVE, later)
    later["data"]["key"] = "b3RoZXI="
    assert comparison.differs(LIVE, later)


def test_secrets_are_masked_and_still_tell_a_change():
    secret = {**LIVE, "metadata": {**LIVE["metadata"], "annotations": {
        "kubectl.kubernetes.io/last-applied-configuration": '{"data": {"key": "c2VjcmV0"}}'}}}
    shown = comparison.masked(secret)
    assert "c2VjcmV0" not in repr(shown) and "c2VjcmV0" in repr(secret)
    assert shown["data"]["key"].startswith("(secret, sha256 ")
    assert shown["data"] != comparison.masked({**LIVE, "data": {"key": "b3RoZXI="}})["data"]
    config_map = {**LIVE, "kind": "ConfigMap"}
    assert comparison.masked(config_map) is config_map
