# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a role's argument_specs promise is what the role has: documented variables, and a default only in one place."""
from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.doc_fragments.options import MODULES
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import TAKEN_LATER as OF_CLUSTER
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import TAKEN_LATER as OF_NODE_POOLS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import TAKEN_LATER as OF_SEED

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))
REFERENCE = importlib.import_module("reference_pages.role_specs")
# what tasks themselves look at, or hand on from another host
BY_NAME = {"seed": {"seed_storage"}, "control_plane": {"seed_kubeconfig"}, "node_pools": {"seed_kubeconfig"},
           "node": {"cluster", "seed", "seed_kubeconfig", "node_name", "kubernetes_registry"}}
FIRST = {"seed": "seed_node", "control_plane": "cluster_spec", "node": "node", "node_pools": "node_pools"}
ALSO_CHECKED = {"control_plane": OF_CLUSTER, "node_pools": OF_NODE_POOLS, "seed": OF_SEED}
ROLES = sorted((REPOSITORY / "roles").glob("*/meta/argument_specs.yml"))


def role_of(path: Path) -> str:
    return path.parts[-3]


@pytest.mark.parametrize("path", ROLES, ids=role_of)
def test_every_variable_of_defaults_is_documented_with_that_default(path: Path):
    options = yaml.safe_load(path.read_text())["argument_specs"]["main"].get("options", {})
    defaults_file = path.parents[1] / "defaults" / "main.yml"
    defaults = yaml.safe_load(defaults_file.read_text()) or {} if defaults_file.exists() else {}
    undocumented = set(defaults) - set(options)
    assert not undocumented, f"{role_of(path)}: not in argument_specs: {sorted(undocumented)}"
    for name, value in defaults.items():
        assert options[name].get("default", value) == value, f"{role_of(path)}: {name} has two defaults"


@pytest.mark.parametrize("path", ROLES, ids=role_of)
def test_every_variable_says_what_it_is(path: Path):
    for entry, spec in yaml.safe_load(path.read_text())["argument_specs"].items():
        assert spec.get("short_description"), f"{role_of(path)}/{entry}"
        for name, option in spec.get("options", {}).items():
            assert option.get("description"), f"{role_of(path)}/{entry}: {name} has no description"
            assert option.get("type"), f"{role_of(path)}/{entry}: {name} has no type"


def modules(tasks: Any) -> Iterator[str]:
    """Of this collection, in tasks as YAML has them."""
    for one in tasks or ():
        yield from (name.rpartition(".")[2] for name in one if name.startswith("kubermatic.caas."))
        for part in ("block", "rescue", "always"):
            yield from modules(one.get(part))


@pytest.mark.parametrize("role", REFERENCE.ROLES)
def test_every_variable_gets_to_a_module_that_checks_it(role: str):
    """Modules take what tasks leave out from variables, so nothing hands it on. What is left is in the tasks by name."""
    texts = {path.name: path.read_text() for path in (REPOSITORY / "roles" / role / "tasks").glob("*.yml")}
    taken = {one.variable for text in texts.values() for name in modules(yaml.safe_load(text)) for one in MODULES[name]}
    left = {one.name for one in REFERENCE.ROLES[role].options} - taken
    assert left == BY_NAME[role] and all(re.search(rf"\b{name}\b", "".join(texts.values())) for name in left)


def test_a_role_has_every_variable_of_its_modules():
    """But those of providers, which have pages of their own."""
    of_providers = {one.name for kind in (registry.SPEC, registry.ACCESS) for one in registry.options(kind)}
    for module, role in (("cluster_spec", "control_plane"), ("node", "node"), ("node_pools", "node_pools"), ("node_pool_hosts", "node_pools"),
                         ("node_pool", "node_pools"), ("seed_node", "seed"), ("seed_certificates", "seed")):
        variables = {one.variable for one in MODULES[module]} - {""} - of_providers
        assert variables <= {one.name for one in REFERENCE.ROLES[role].options}, module


@pytest.mark.parametrize("role", REFERENCE.ROLES)
def test_a_role_is_told_all_mistakes_by_its_first_task(role: str):
    """Those of options of later modules, too, while nothing has begun."""
    checked = {one.variable for one in (*MODULES[FIRST[role]], *ALSO_CHECKED.get(role, ()))}
    later = {"seed": {"renew_within_days"}}.get(role, set())
    assert {one.name for one in REFERENCE.ROLES[role].options} - BY_NAME[role] - checked == later
