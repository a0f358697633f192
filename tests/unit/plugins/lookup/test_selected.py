# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lookup selected: what it says is decided in _cluster/selection.py."""
from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError

from ansible_collections.kubermatic.caas.plugins.lookup.selected import LookupModule

VARIABLES = {"groups": {"clusters": ["demo", "shop"], "nodes": ["web-1"]}, "hostvars": {}}


def test_a_name_counts_if_it_is_given_even_if_it_is_empty():
    assert LookupModule().run(["clusters"], VARIABLES) == ["demo", "shop"]
    assert LookupModule().run(["clusters", "nodes"], VARIABLES) == ["demo", "shop", "web-1"]
    assert LookupModule().run(["clusters"], {**VARIABLES, "cluster": "shop"}) == ["shop"]
    assert LookupModule().run(["clusters"], {**VARIABLES, "cluster": None}) == []


def test_what_can_not_be_selected():
    with pytest.raises(AnsibleLookupError, match="seeds can't be selected, only clusters, "):
        LookupModule().run(["seeds"], VARIABLES)


def test_rings_of_an_upgrade():
    there = {**VARIABLES, "groups": {**VARIABLES["groups"], "cluster_demo": ["demo", "web-1"]}}
    assert LookupModule().run(["upgrade_hosts"], there) == ["demo", "web-1", "shop"]
    assert LookupModule().run(["upgrade_rings"], there) == [2, 1] and LookupModule().run(["upgrade_rings"], there, at_once="2") == [3]
    assert LookupModule().run(["upgrade_hosts"], there, within=["demo"]) == ["demo"]
    for nonsense in (0, -1, "many", "", None, 1.5):
        with pytest.raises(AnsibleLookupError, match="upgrade_serial is"):
            LookupModule().run(["upgrade_rings"], there, at_once=nonsense)
