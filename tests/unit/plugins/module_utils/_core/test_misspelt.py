# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._core.misspelt import line, misspelt
from ansible_collections.kubermatic.caas.plugins.module_utils._core.variable_names import NAMES
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

KNOWN = NAMES | registry.variables()


@pytest.mark.parametrize(("name", "meant"), [
    ("kubernets_version", "kubernetes_version"), ("kubernetes_versoin", "kubernetes_version"), ("kubernetes_versions", "kubernetes_version"),
    ("kubernetesVersion", "kubernetes_version"), ("Kubernetes_Version", "kubernetes_version"), ("control_plane_sizes", "control_plane_size"),
    ("hetzner_tokem", "hetzner_token"), ("nodepools", "node_pools"), ("etcd_replica", "etcd_replicas")])
def test_a_letter_that_is_wrong(name: str, meant: str):
    assert misspelt([name], KNOWN) == {name: meant}


@pytest.mark.parametrize("name", ["kubernetes_version", "ansible_host", "team", "node", "nodes", "kubernetes_version_of_today", "seeds", "my_etcd_storage"])
def test_a_name_of_its_own(name: str):
    assert misspelt([name], KNOWN) == {}


def test_no_variable_is_taken_for_another():
    assert misspelt(KNOWN, KNOWN) == {}
    # each alone would be, if it did not exist
    assert "etcd_storage" in KNOWN and misspelt(["etcd_storag"], KNOWN) == {"etcd_storag": "etcd_storage"}


def test_the_line():
    assert line("node_pols", "node_pools") == "Variable node_pols means nothing here, and has no effect. Is node_pools meant?"
