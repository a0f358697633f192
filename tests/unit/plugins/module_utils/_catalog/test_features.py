# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a user can choose has a launch stage. A new option or choice fails here until it has a line in the list, or is said to be no feature."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue, features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import ALLOWED_BY_DEFAULT, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import MOST_REPLICAS
from ansible_collections.kubermatic.caas.plugins.module_utils._providers import registry

ROLES = Path(__file__).resolve().parents[5] / "roles"
# names, addresses, sizes and places: another value is no other feature
NO_FEATURES = {"seed_kubeconfig", "cluster", "seed_address", "pod_cidr", "service_cidr", "cluster_dns_domain", "etcd_storage", "etcd_storage_class",
               "etcd_storage_moves",
               "kubernetes_registry", "flannel_registry", "other_seeds", *(one.name for one in registry.options(registry.SPEC)),
               "allowed_stages", "control_plane_size", "control_plane_resources", "control_plane_priority_class", "node_networks"}
# its fields are kube-proxy's own; mode is the one with a stage
OWN_FIELDS = {"kube_proxy_config": [("kube_proxy_config.mode", mode) for mode in ("nftables", "iptables", "ipvs")]}
NUMBERS = {"control_plane_replicas": range(1, MOST_REPLICAS + 1)}
VERBS = {"node_state"}


def values(name: str, option: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """All that can be written there."""
    if name == "kubernetes_version":
        yield from ((name, row.kubernetes) for row in catalogue.ROWS)
    elif name in OWN_FIELDS:
        yield from OWN_FIELDS[name]
    elif option.get("options"):
        for field, inner in option["options"].items():
            yield from values(f"{name}.{field}", inner)
    elif option["type"] == "bool":
        yield from ((name, value) for value in (False, True))
    else:
        choices = option.get("choices") or NUMBERS.get(name)
        assert choices, f"{name} is neither in NO_FEATURES nor does it say what can be written there"
        yield from ((name, value) for value in choices)


CHOICES = [pair for name, option in ClusterSpecResource.ARGUMENT_SPEC.items() if name not in NO_FEATURES for pair in values(name, option)]
ROLE_CHOICES = [(name, value) for path in sorted(ROLES.glob("*/meta/argument_specs.yml"))
                for name, option in yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"].items()
                if name not in NO_FEATURES | VERBS for value in option.get("choices", [])]


@pytest.mark.parametrize(("option", "value"), CHOICES + ROLE_CHOICES)
def test_every_choice_has_a_launch_stage(option: str, value: Any):
    assert features.find(option, value), f"{option}: {value} has no line in _catalog/features.py: what stage is it at, and what is it?"


def test_no_line_is_about_something_that_can_not_be_chosen():
    for feature in (*features.VERSIONS, *features.CHOICES):
        assert any(feature.covers(option, value) for option, value in CHOICES), feature.name
    for feature in features.SEEDS:
        assert feature.option == "seed_from" or any(feature.covers(option, value) for option, value in ROLE_CHOICES), feature.name


def test_the_defaults_are_allowed_by_default():
    for name, option in ClusterSpecResource.ARGUMENT_SPEC.items():
        fields = {f"{name}.{field}": inner for field, inner in option.get("options", {}).items()} or {name: option}
        for field, inner in fields.items():
            if "default" in inner and any(field == known for known, dummy in CHOICES):
                assert features.find(field, inner["default"]).stage in ALLOWED_BY_DEFAULT, field
    assert features.find("kubernetes_version", catalogue.newest_public()).stage in ALLOWED_BY_DEFAULT


def test_what_is_deprecated_says_when_it_goes():
    for feature in features.every():
        assert feature.stage in list(LaunchStage), feature.name
        assert (feature.stage == LaunchStage.DEPRECATED) == bool(feature.goes), feature.name
        assert not feature.goes or date.fromisoformat(feature.goes)


def test_lines_are_single_and_for_people():
    names = [feature.name for feature in features.every()]
    assert len(set(names)) == len(names)
    for feature in features.every():
        assert feature.what and feature.what[0].isalpha() and not feature.what.endswith(".") and feature.name.isprintable()


@pytest.mark.parametrize(("option", "value", "name"), [
    ("expose", "node_port", "expose: node_port"), ("add_ons.flannel", False, "add_ons: {flannel: false}"),
    ("control_plane_replicas", 4, "control_plane_replicas: 2 to 7"),
    ("kube_proxy_config.mode", "ipvs", "kube_proxy_config: {mode: ipvs}"), ("kubernetes_version", "1.36.3", "kubernetes_version: 1.36.3")])
def test_names_are_what_users_write(option: str, value: Any, name: str):
    assert features.find(option, value).name == name


def test_what_is_not_in_the_list():
    assert features.find("expose", "ingress") is None and features.find("colour", "red") is None
    assert features.find("control_plane_replicas", 8) is None and features.find("control_plane_replicas", {}) is None
