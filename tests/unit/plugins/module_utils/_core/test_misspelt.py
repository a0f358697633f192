# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Variables that are nearly one of ours."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._core.misspelt import line, misspelt
from ansible_collections.kubermatic.caas.plugins.module_utils._core.variable_names import NAMES
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

ROOT = Path(__file__).resolve().parents[5]
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
    assert line("node_pols", "node_pools") == "Variable node_pols is unknown and has no effect. Did you mean node_pools?"


def variables(tasks: Any) -> Iterator[str]:
    """Names that plays, blocks and tasks define or register."""
    for item in tasks if isinstance(tasks, list) else []:
        yield from item.get("vars") or {}
        yield from [item["register"]] if "register" in item else []
        for part in ("tasks", "block", "rescue", "always"):
            yield from variables(item.get(part))


def test_what_playbooks_and_roles_define_themselves_is_not_told():
    own: set[str] = set()
    for path in [*ROOT.glob("playbooks/**/*.yml"), *ROOT.glob("roles/*/tasks/*.yml")]:
        own |= set(variables(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in ROOT.glob("roles/*/vars/*.yml"):
        own |= set(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    assert "control_plane_spec" in own and misspelt(own, KNOWN) == {}


def test_what_inventories_and_pages_show_is_not_told():
    shown = {word for path in [*ROOT.glob("inventories/**/*.yml"), *ROOT.glob("docs/**/*.md")]
             for word in re.findall(r"^\s*([a-z][a-z_0-9]+): ", path.read_text(encoding="utf-8"), re.MULTILINE)}
    assert "kubernetes_version" in shown and misspelt(shown, KNOWN) == {}
