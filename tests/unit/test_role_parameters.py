# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a role's argument_specs promise is what the role has: documented variables, and a default only in one place."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry
from ansible_collections.kubermatic.caas.plugins.module_utils._providers.credentials_resource import CloudCredentialsResource

REPOSITORY = Path(__file__).resolve().parents[2]
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


def test_a_cluster_can_say_all_that_cluster_spec_knows():
    (checks,) = yaml.safe_load((REPOSITORY / "roles/control_plane/tasks/check.yml").read_text())
    (defaults,), (task, look) = checks["module_defaults"].values(), checks["block"]
    passed = {*defaults, *task["kubermatic.caas.cluster_spec"]}
    options = set(yaml.safe_load((REPOSITORY / "roles/control_plane/meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"])
    asked = {*defaults, *look["kubermatic.caas.cloud_credentials"]} - {"state"}
    # what providers bring along comes from variables of the same name
    credentials, spec = ({one.name for one in registry.options(kind)} for kind in (registry.CREDENTIALS, registry.SPEC))
    assert asked == set(CloudCredentialsResource.ARGUMENT_SPEC) - {"state", "wait_timeout", "others_wait"} - credentials and asked - {"cluster"} <= options
    assert passed == set(ClusterSpecResource.ARGUMENT_SPEC) - spec and passed - {"cluster"} <= options
