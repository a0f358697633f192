# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every folder is a provider that is whole: data, code, simulation, tests, documentation, an inventory to copy, and a library to install."""
from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import CLOUD_ADD_ONS
from ansible_collections.kubermatic.caas.plugins.module_utils._core import option_specs
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import NODE_POOL
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.pool import NodePool
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.contract import CREDENTIALS, PoolAtProvider, ResourcesAtProvider
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.providers_client import provider
from worlds.providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[5]
KINDS = (registry.ACCESS, registry.RESOURCES, registry.SPEC, registry.CREDENTIALS)


def test_the_lab_has_a_simulation_of_each():
    assert set(PROVIDERS) == set(registry.DESCRIPTIONS)


@pytest.mark.parametrize("name", registry.DESCRIPTIONS)
def test_a_folder_is_whole(name: str):
    one, code = registry.DESCRIPTIONS[name], provider(name)
    assert one.name == name and re.fullmatch(r"[a-z][a-z0-9]*", name)
    assert one.check_url(one.url) == one.url
    assert issubclass(code.node_pool, PoolAtProvider) and issubclass(code.resources, ResourcesAtProvider)
    assert set(one.pool_options) <= set(NodePool.__dataclass_fields__) and set(one.environment) <= set({one.name for one in NODE_POOL})
    assert any(option.credential for option in one.access)
    assert (ROOT / "tests/api/providers" / f"{name}.py").exists()


@pytest.mark.parametrize("name", registry.INTEGRATIONS)
def test_what_runs_in_a_cluster_for_it_is_described(name: str):
    one = registry.INTEGRATIONS[name]
    assert set(one.keys.values()) == set(one.key_texts) and set(one.credentials) <= set(CREDENTIALS)
    assert one.provider_id.fullmatch(one.sample) and set(one.templates) == set(CLOUD_ADD_ONS)
    templates = ROOT / "roles/control_plane/templates"
    assert all((templates / template).exists() for add_on in one.templates.values() for template in add_on)


@pytest.mark.parametrize("name", registry.DESCRIPTIONS)
def test_users_find_it(name: str):
    inventory = yaml.safe_load((ROOT / f"inventories/{name}/group_vars/cluster_demo.yml").read_text())
    assert {pool["provider"] for pool in inventory["node_pools"]} == {name}
    assert f"provider: {name}" in "".join(path.read_text() for path in (ROOT / "docs").glob("**/node_pools*.md"))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = [line for line in (ROOT / "requirements.txt").read_text().split() if line in extras[name]]
    assert any(line.startswith(f"{registry.DESCRIPTIONS[name].library}>=") for line in lines)


@pytest.mark.parametrize("kind", KINDS)
def test_options_that_providers_bring_along_begin_with_the_name_of_the_provider(kind: str):
    for name in registry.DESCRIPTIONS:
        for option in registry.options(kind, name):
            assert option.name.removeprefix("cluster_").startswith(f"{name}_") and all(option.text), option.name


@pytest.mark.parametrize("kind", KINDS)
def test_an_option_is_described_as_it_is(kind: str):
    spec, pages = (tell(registry.options(kind)) for tell in (option_specs.argument_spec, option_specs.documentation))
    assert set(spec) == set(pages)
    for name, entry in spec.items():
        assert entry.get("default") == pages[name].get("default") and entry.get("aliases") == pages[name].get("aliases")


def test_no_secret_is_shown():
    for kind in KINDS:
        for option in registry.options(kind):
            assert option.secret or not re.search(r"token|secret|password", option.name), option.name


def test_credentials_of_a_customer_come_from_no_environment():
    assert all(not option.environment for option in registry.options(registry.CREDENTIALS))
