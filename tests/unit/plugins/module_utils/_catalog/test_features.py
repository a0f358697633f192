# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever a user can choose has a launch stage. A new option or choice fails here until it has a line in the list, or is said to be no feature."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue, features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import ALLOWED_BY_DEFAULT, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import CLUSTER_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import Option
from ansible_collections.kubermatic.caas.plugins.module_utils._node.options import ROLE as NODE_ROLE
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import ROLE as NODE_POOL_ROLE
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.options import ROLE as SEED_ROLE

# of names, addresses, sizes and places another value is no other feature
STAGED = [one for one in CLUSTER_SPEC if one.staged]
# its fields are kube-proxy's own; mode is the one with a stage
OWN_FIELDS = {"kube_proxy_config": [("kube_proxy_config.mode", mode) for mode in ("nftables", "iptables", "ipvs")]}


def values(name: str, option: Option) -> Iterator[tuple[str, Any]]:
    """All that can be written there."""
    if name == "kubernetes_version":
        yield from ((name, row.kubernetes) for row in catalogue.ROWS)
    elif name in OWN_FIELDS:
        yield from OWN_FIELDS[name]
    elif option.keys:
        for inner in option.keys:
            yield from values(f"{name}.{inner.name}", inner)
    elif option.type == "bool":
        yield from ((name, value) for value in (False, True))
    else:
        choices = option.choices or (range(option.least, option.most + 1) if option.least is not None else ())
        assert choices, f"{name} does not say what can be written there"
        yield from ((name, value) for value in choices)


CHOICES = [pair for option in STAGED for pair in values(option.name, option)]
SEED_CHOICES = [pair for option in SEED_ROLE if option.staged for pair in values(option.name, option)]
# what can be chosen and has no stage: sizes, and what the inventory says of stages themselves
UNSTAGED = {"control_plane_size", "allowed_stages", "node_state"}


def test_what_can_be_chosen_has_stages_or_is_said_to_have_none():
    options = (*CLUSTER_SPEC, *SEED_ROLE, *NODE_ROLE, *NODE_POOL_ROLE)
    assert {one.name for one in options if (one.choices or one.keys) and not one.staged} == UNSTAGED


@pytest.mark.parametrize(("option", "value"), CHOICES + SEED_CHOICES)
def test_every_choice_has_a_launch_stage(option: str, value: Any):
    assert features.find(option, value), f"{option}: {value} has no line in _catalog/features.py: what stage is it at, and what is it?"


def test_no_line_is_about_something_that_can_not_be_chosen():
    for feature in (*features.VERSIONS, *features.CHOICES):
        assert any(feature.covers(option, value) for option, value in CHOICES), feature.name
    for feature in features.SEEDS:
        assert feature.option == "seed_from" or any(feature.covers(option, value) for option, value in SEED_CHOICES), feature.name


def test_the_defaults_are_allowed_by_default():
    for option in STAGED:
        fields = {f"{option.name}.{inner.name}": inner for inner in option.keys} or {option.name: option}
        for field, inner in fields.items():
            if inner.default not in (None, "") and any(field == known for known, dummy in CHOICES):
                assert features.find(field, inner.default).stage in ALLOWED_BY_DEFAULT, field
    assert features.find("kubernetes_version", catalogue.newest_public()).stage in ALLOWED_BY_DEFAULT


def test_what_is_deprecated_says_when_it_goes():
    for feature in features.every():
        assert feature.stage in list(LaunchStage), feature.name
        assert (feature.stage == LaunchStage.DEPRECATED) == bool(feature.end_of_life), feature.name
        assert not feature.end_of_life or date.fromisoformat(feature.end_of_life)


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
