# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A seed that exists keeps what it runs, also when later releases of the collection offer something else."""
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import version as seed_version
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Mark

LATER = (Components("1.38.1", LaunchStage.PUBLIC, etcd="3.7.1-0", containerd="2.3.0"), Components("1.37.4", LaunchStage.PUBLIC, etcd="3.7.1-0"))
OF_FIRST_RELEASE = Mark("fra1", "fra1-a", "1.37.2", "complete")
COMPLETE = Mark("fra1", "fra1-a", "1.36.3", "complete", components="etcd:3.6.20-0,containerd:2.2.4")
BEGUN = Mark("fra1", "fra1-a", "1.37.2", "begun")


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "ROWS", LATER)


@pytest.mark.parametrize(("asked", "mark", "seed", "expected"), [
    # a new seed
    (None, None, {}, ("1.38.1", "3.7.1-0", "2.3.0")), ("1.37", None, {}, ("1.37.4", "3.7.1-0", "2.2.0")),
    # one that runs, with and without a word about its components
    (None, OF_FIRST_RELEASE, {}, ("1.37.2", "3.6.15-0", "2.2.0")), ("1.37", OF_FIRST_RELEASE, {}, ("1.37.2", "3.6.15-0", "2.2.0")),
    ("1.37.2", OF_FIRST_RELEASE, {}, ("1.37.2", "3.6.15-0", "2.2.0")), ("1.36.3", COMPLETE, {}, ("1.36.3", "3.6.20-0", "2.2.4")),
    # a creation that was broken off goes on with what it began with, unless something else is asked for
    (None, BEGUN, {}, ("1.37.2", "3.6.15-0", "2.2.0")), ("1.38.1", BEGUN, {}, ("1.38.1", "3.7.1-0", "2.3.0")),
    # a machine that joins
    (None, None, {"kubernetes": "1.37.2", "etcd": "3.6.16-0"}, ("1.37.2", "3.6.16-0", "2.2.0")),
    ("1.37", None, {"kubernetes": "1.37.2"}, ("1.37.2", "3.6.15-0", "2.2.0"))])
def test_which_row(asked: Any, mark: Mark | None, seed: dict[str, str], expected: tuple[str, ...]):
    found = seed_version.components(asked, mark, seed)
    assert (found.kubernetes, found.etcd, found.containerd) == expected


def test_another_version_than_the_one_that_runs_is_left_to_be_refused():
    assert seed_version.components("1.38.1", COMPLETE, {}).kubernetes == "1.38.1" and seed_version.components("1.99.9", COMPLETE, {}).kubernetes == "1.99.9"


@pytest.mark.parametrize("asked", ["1.36.3", "1.99.1", 1.37, "v1.37.2", ""])
def test_a_new_seed_gets_only_what_is_on_offer(asked: Any):
    with pytest.raises(InvalidInput, match="seed_kubernetes_version"):
        seed_version.components(asked, None, {})


def test_before_any_machine_was_looked_at_only_nonsense_is_refused():
    assert seed_version.asked_for("1.36.3").kubernetes == "1.36.3" and seed_version.asked_for(None).kubernetes == "1.38.1"
    with pytest.raises(InvalidInput, match="must stand in quotes"):
        seed_version.asked_for(1.37)


def test_a_newer_patch_is_told():
    assert seed_version.hint("1.37.2") == "The seed runs Kubernetes 1.37.2 and keeps it; new seeds get 1.37.4"
    assert seed_version.hint("1.38.1") == seed_version.hint("1.36.3") == ""
