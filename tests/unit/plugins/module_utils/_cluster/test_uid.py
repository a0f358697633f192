# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose UID decides about machines: never that of the record alone."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import uid as decide
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

OWN, OTHER = "0b7f7ad0-7d0c-4c3e-9f53-1d5f4a2c9a11", "11111111-2222-3333-4444-555555555555"


def namespace(name: str = "cluster-demo", uid: str = OWN, label: str = "") -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": uid, "labels": {"kubermatic.caas/uid": label} if label else {}}}


@pytest.mark.parametrize(("there", "recorded", "expected"), [
    (namespace(), "", OWN), (namespace(), OWN, OWN), (namespace(label=OTHER), "", OTHER), (namespace(label=OTHER), OTHER, OTHER)])
def test_the_namespace_says_it(there: Any, recorded: str, expected: str):
    assert decide.uid_of("demo", there, recorded, "seed") == expected


@pytest.mark.parametrize(("there", "recorded", "part"), [
    (namespace(), OTHER, "The record of cluster demo has another UID"), (namespace(label=OTHER), OWN, f"the record says {OWN}, the namespace {OTHER}"),
    (namespace(label="../x"), "", "is no UID"), (None, OWN, "can't be read"), ({}, OWN, "can't be read"), ({"metadata": None}, OWN, "can't be read")])
def test_the_record_can_only_agree(there: Any, recorded: str, part: str):
    with pytest.raises(InvalidInput, match=f"(?i){part}"):
        decide.uid_of("demo", there, recorded, "seed")


@pytest.mark.parametrize("other", [namespace("cluster-shop", OTHER), namespace("cluster-shop", "x", OTHER)])
def test_no_two_clusters_have_one(other: dict[str, Any]):
    with pytest.raises(InvalidInput, match="is the UID of namespace cluster-shop"):
        decide.check_unique("demo", OTHER, [namespace(label=OTHER), other], "seed")
    decide.check_unique("demo", OTHER, [namespace(label=OTHER), namespace("cluster-shop", OWN)], "seed")
