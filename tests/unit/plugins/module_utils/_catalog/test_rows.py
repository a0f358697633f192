# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The catalogue forgets nothing: several patches of a minor release are on offer side by side, and what was offered once is found for what runs."""
from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest
import released_rows

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue, features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import Components
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import UNKNOWN, LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.versions import KubernetesVersion
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import version as seed_version

sys.path.insert(0, str(Path(__file__).resolve().parents[5] / "scripts"))
PAGE = importlib.import_module("reference_pages.versions")

RELEASED = released_rows.ROWS
AWS = "aws_cloud_controller_manager"


@pytest.mark.parametrize("version", RELEASED)
def test_a_row_that_was_released_never_changes(version: str):
    """Rows may name more later, such as what another provider brings along."""
    row = catalogue.ever_offered()[KubernetesVersion.of(version)].versions()
    assert {name: row.get(name) for name in RELEASED[version]} == RELEASED[version]
    assert catalogue.running({"kubernetes": version}).versions() == row


def test_what_is_on_offer_will_be_remembered():
    """A new row has its lines there from its first day on."""
    everything = [*catalogue.ROWS, *catalogue.FORMER]
    missing = {row.kubernetes: row.versions() for row in everything if not {*catalogue.COMPONENTS} <= {*RELEASED.get(row.kubernetes, {})}}
    assert not missing, f"add to tests/released_rows.json: {json.dumps(missing)}"
    assert sorted(RELEASED) == sorted(row.kubernetes for row in everything), "a row is gone, or there twice"


@pytest.fixture
def patches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two patches of 1.38, of which the newer one moves components on; one that was on offer once, and one that was withdrawn."""
    monkeypatch.setattr(catalogue, "ROWS", (
        Components("1.38.10", LaunchStage.BETA, containerd="2.4.0", of_providers={AWS: "v1.38.2"}),
        Components("1.38.9", LaunchStage.PUBLIC, etcd="3.7.1-0", containerd="2.3.0", of_providers={AWS: "v1.38.1"}),
        Components("1.37.2", LaunchStage.PUBLIC)))
    monkeypatch.setattr(catalogue, "FORMER", (
        Components("1.37.1", LaunchStage.BETA, runc="1.2.9", flannel="v0.20.0", of_providers={AWS: "v1.37.0"}),
        Components("1.38.11", LaunchStage.BETA, runc="1.9.9"), Components("1.36.3", LaunchStage.PUBLIC)))


@pytest.mark.usefixtures("patches")
@pytest.mark.parametrize(("asked", "version", "containerd", "resolved_from"), [
    ("1.38", "1.38.10", "2.4.0", "1.38"), ("1.38.10", "1.38.10", "2.4.0", ""), ("1.38.9", "1.38.9", "2.3.0", ""), ("1.37", "1.37.2", "2.2.0", "1.37")])
def test_a_minor_release_means_its_newest_patch_and_each_patch_can_be_named(asked: str, version: str, containerd: str, resolved_from: str):
    choice = catalogue.choose(asked)
    assert (str(choice.version), choice.components.containerd, choice.resolved_from) == (version, containerd, resolved_from)
    assert catalogue.lookup(version) == choice.components


@pytest.mark.usefixtures("patches")
@pytest.mark.parametrize("asked", ["1.37.1", "1.38.11", "1.38.8", "1.36"])
def test_what_is_not_on_offer_is_for_what_runs_alone(asked: str):
    with pytest.raises(InvalidInput, match=r"is not known .*Write one of: 1.38.9, 1.37.2, 1.38.10 \(beta\)"):
        catalogue.choose(asked)


@pytest.mark.usefixtures("patches")
def test_what_runs_without_a_word_about_its_components_has_those_of_its_row():
    """Not those of today: a run that was killed, and a node that failed, leave a record that does not name them."""
    offered, former = catalogue.running({"kubernetes": "1.38.9"}), catalogue.running({"kubernetes": "1.37.1"})
    assert (offered.etcd, offered.containerd, offered.runc, offered.of_providers[AWS]) == ("3.7.1-0", "2.3.0", "1.3.3", "v1.38.1")
    assert (former.runc, former.flannel, former.containerd, former.of_providers[AWS]) == ("1.2.9", "v0.20.0", "2.2.0", "v1.37.0")
    assert catalogue.choose("1.37", runs=former).components == catalogue.choose("1.37.1", runs=former).components == former


@pytest.mark.usefixtures("patches")
def test_a_record_counts_more_than_the_catalogue():
    found = catalogue.running({"kubernetes": "1.37.1", "runc": "1.2.8", "etcd": "../3", AWS: "v1.37.9"})
    assert (found.runc, found.etcd, found.of_providers[AWS], found.flannel) == ("1.2.8", "3.6.15-0", "v1.37.9", "v0.20.0")


@pytest.mark.usefixtures("patches")
@pytest.mark.parametrize("version", ["1.38.8", "1.35.9", "1.39.1"])
def test_what_no_row_has_is_as_it_was_before_records_named_it(version: str):
    found = catalogue.running({"kubernetes": version})
    assert (found.kubernetes, found.etcd, found.containerd) == (version, "3.6.15-0", "2.2.0")


@pytest.mark.usefixtures("patches")
@pytest.mark.parametrize(("version", "stage"), [
    ("1.38.10", LaunchStage.BETA), ("1.38.9", LaunchStage.PUBLIC), ("1.38.8", LaunchStage.BETA), ("1.37.1", LaunchStage.PUBLIC),
    ("1.38.11", LaunchStage.DEPRECATED), ("1.36.3", LaunchStage.DEPRECATED), ("1.36.2", LaunchStage.DEPRECATED), ("1.38.12", UNKNOWN), ("1.39.1", UNKNOWN)])
def test_how_far_each_patch_is_trusted(version: str, stage: str):
    """One that was withdrawn is not unknown: nobody gets it any more."""
    assert catalogue.running({"kubernetes": version}).stage == stage


@pytest.mark.usefixtures("patches")
def test_the_newest_patches_are_told():
    assert catalogue.newer_patch("1.38.9") == "1.38.10" and catalogue.newer_patch("1.38.10") == catalogue.newer_patch("1.38.11") == ""
    assert catalogue.newest_public() == "1.38.9"
    assert seed_version.hint("1.38.9") == "The seed runs Kubernetes 1.38.9 and keeps it; new seeds get 1.38.10"
    assert features.former("1.37.1").stage == LaunchStage.PUBLIC


@pytest.mark.usefixtures("patches")
def test_the_page_names_each_patch():
    text = PAGE.page()
    assert "| **1.38.10** | beta |\n| **1.38.9** | public |\n| **1.37.2** | public |\n" in text
    assert "| containerd | 2.4.0 (with 1.38.10), 2.3.0 (with 1.38.9), 2.2.0 (with 1.37.2) |" in text
    assert "| aws-cloud-controller-manager | v1.38.2 (with 1.38.10), v1.38.1 (with 1.38.9), v1.37.1 (with 1.37) |" in text
