# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._kube import quantity


@pytest.mark.parametrize(("one", "other"), [
    ("1000m", "1"), ("1024Mi", "1Gi"), (1, "1"), (0.5, "500m"), ("1e3", "1k"), ("0.1", "100m"), (2147483648, "2Gi"), ("1.0", "1"), (".5", "500m")])
def test_the_same_amount(one, other):
    assert quantity.same(one, other)


@pytest.mark.parametrize(("one", "other"), [("1G", "1Gi"), ("1", "2"), ("1m", "1M"), ("one", "one"), (True, 1), ("", ""), (None, None), ("1 Gi", "1Gi")])
def test_not_the_same_amount(one, other):
    assert not quantity.same(one, other)


@pytest.mark.parametrize(("path", "is_one"), [
    (("spec", "containers", "resources", "requests", "cpu"), True), (("spec", "volumes", "emptyDir", "sizeLimit"), True),
    (("spec", "hard", "pods"), True), (("data", "requests", "cpu"), False), (("metadata", "annotations", "sizeLimit"), False),
    (("spec", "replicas"), False), ((), False)])
def test_where_quantities_are(path, is_one):
    assert quantity.is_quantity(path) is is_one
