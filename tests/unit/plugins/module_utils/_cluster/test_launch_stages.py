# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a cluster uses, and what of it is not allowed."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import features
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.features import Feature
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster import launch_stages
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput

DEFAULT = ("beta", "public")
ADD_ONS = dict.fromkeys(("kube_proxy", "coredns", "flannel", "konnectivity", "metrics_server"), True)
DEMO: dict[str, Any] = {
    "kubernetes_version": "1.36.3", "expose": "node_port", "control_plane_replicas": 1, "etcd_replicas": 1, "key_type": "ecdsa-p256", "add_ons": ADD_ONS,
    "kube_proxy_config": {}, "cluster_audit_log": False, "pod_cidr": "10.244.0.0/16"}


def demo(**change: Any) -> tuple[Feature, ...]:
    return launch_stages.used({**DEMO, **change})


def line(wanted: tuple[Feature, ...], allowed: tuple[str, ...] = DEFAULT, had: tuple[Feature, ...] = ()) -> str:
    """The refusal, "" if there is none."""
    try:
        launch_stages.check("demo", wanted, had, allowed)
    except InvalidInput as error:
        return error.line()
    return ""


def test_all_that_a_default_cluster_uses():
    assert [feature.name for feature in demo()] == [
        "kubernetes_version: 1.36.3", "expose: node_port", "control_plane_replicas: 1", "etcd_replicas: 1", "key_type: ecdsa-p256",
        "add_ons: {kube_proxy: true}", "add_ons: {coredns: true}", "add_ons: {flannel: true}", "add_ons: {konnectivity: true}",
        "add_ons: {metrics_server: true}", "kube_proxy_config: {mode: nftables}", "cluster_audit_log: false"]
    assert launch_stages.least_trusted(demo()) == "beta" and line(demo()) == ""


def chosen(feature: Feature) -> dict[str, Any]:
    """Variables that choose the feature."""
    option, dummy, field = feature.option.partition(".")
    value = feature.value.start if isinstance(feature.value, range) else feature.value
    return {option: {**DEMO[option], field: value} if field else value}


@pytest.mark.parametrize("feature", (*features.VERSIONS, *features.CHOICES), ids=lambda feature: feature.name)
def test_every_row_is_seen_and_refused_unless_its_stage_is_allowed(feature: Feature):
    used = demo(**chosen(feature))
    assert feature in used
    others = tuple(stage for stage in ("alpha", "beta", "public", "deprecated") if stage != feature.stage)
    assert f"{feature.name} is {feature.stage}" in line(used, others)
    assert (feature.end_of_life in line(used, others)) and line(used, (*others, feature.stage)) == ""
    assert (line(used) == "") == (feature.stage in DEFAULT)


@pytest.mark.parametrize(("change", "allowed", "told"), [
    ({"expose": "load_balancer"}, DEFAULT,
     "Cluster demo uses features that are not allowed: expose: load_balancer is alpha. The allowed stages are beta and public. "
     "Write expose: node_port, or set allowed_stages: [alpha, beta, public]."),
    ({"kubernetes_version": "1.33.13"}, DEFAULT,
     "Cluster demo uses features that are not allowed: kubernetes_version: 1.33.13 is deprecated and will be removed on 2026-12-28. The allowed stages "
     "are beta and public. "
     "Write kubernetes_version: 1.37.2, or set allowed_stages: [beta, public, deprecated]."),
    ({"kubernetes_version": "1.34.4", "add_ons": {**ADD_ONS, "flannel": False}}, DEFAULT,
     "Cluster demo uses features that are not allowed: kubernetes_version: 1.34.4 is deprecated and will be removed on 2027-04-27, add_ons: {flannel: "
     "false} is alpha. "
     "The allowed stages are beta and public. Write kubernetes_version: 1.37.2, add_ons: {flannel: true}, or set allowed_stages: [alpha, beta, public, "
     "deprecated]."),
    ({"kubernetes_version": "1.35.4"}, ("public",), "Cluster demo uses features that are not allowed: kubernetes_version: 1.35.4 is beta, expose: "
                                                    "node_port is beta, "),
    ({}, (), "No stage is allowed. Set allowed_stages: [beta, public]."),
], ids=str)
def test_a_refusal_says_what_why_and_what_to_do(change: dict[str, Any], allowed: tuple[str, ...], told: str):
    assert told in line(demo(**change), allowed)


def test_the_refusal_that_the_role_shows_is_this_one():
    shown = (Path(__file__).resolve().parents[5] / "roles/control_plane/README.md").read_text(encoding="utf-8")
    assert line(demo(kubernetes_version="1.33.13")) in " ".join(shown.split())


def record(versions: dict[str, Any], **spec: Any) -> Record:
    return Record("demo", "Running", "2026-03-01T14:03:10Z", spec, versions)


def test_what_a_cluster_has_already_is_not_refused():
    runs = launch_stages.used_by(record({"kubernetes": "1.33.13"}, kubernetes_version="1.33.13", expose="load_balancer"))
    assert [feature.name for feature in runs] == ["kubernetes_version: 1.33.13", "expose: load_balancer"]
    assert line(demo(kubernetes_version="1.33.13", expose="load_balancer"), had=runs) == ""
    grown = demo(kubernetes_version="1.33.13", add_ons={"coredns": False})
    assert "features that are not allowed: add_ons: {coredns: false} is alpha. The allowed stages are" in line(grown, had=runs)
    begun = launch_stages.used_by(record({}, kubernetes_version="1.33.13"))
    assert line(demo(kubernetes_version="1.33.13"), had=begun) == "" and line(demo(kubernetes_version="1.34.4"), had=begun) != ""
    assert launch_stages.used_by(None) == ()


def test_what_is_deprecated_is_told_with_its_end():
    assert launch_stages.leaving(demo(kubernetes_version="1.34.4", expose="load_balancer")) == [
        "kubernetes_version: 1.34.4 is deprecated and will be removed on 2027-04-27. You can still manage what runs with it after that day, but upstream "
        "no longer fixes it. Upgrade to kubernetes_version: 1.37.2 (playbook upgrade)"]
    assert launch_stages.leaving(demo()) == []


def node(**info: Any) -> dict[str, Any]:
    return {"status": {"nodeInfo": info}}


@pytest.mark.parametrize(("image", "name", "stage"), [
    ("Debian GNU/Linux 12 (bookworm)", "Debian 12", "beta"), ("Debian GNU/Linux 13 (trixie)", "Debian 13", "alpha"),
    ("Ubuntu 16.04.7 LTS", "Ubuntu 16.04", "alpha"), ("Ubuntu 26.04 LTS", "Ubuntu 26.04", "alpha"), ("Ubuntu 23.10", "Ubuntu 23.10", "unknown"),
    ("Debian GNU/Linux 122", "Debian 122", "unknown"), ("\x1b[31m{{ 7*7 }}", "another", "unknown"), (["Ubuntu 24.04"], "another", "unknown")])
def test_distributions_of_nodes(image: Any, name: str, stage: str):
    found = launch_stages.used_on([node(osImage=image, architecture="amd64", kubeletVersion="v1.36.3")])
    assert [(one.name, one.stage) for one in found] == [
        ("provider: hosts", "beta"), ("kubernetes_version: 1.36.3", "public"), (f"node_distribution: {name}", stage), ("node_architecture: amd64", "beta")]


def test_each_thing_that_nodes_bring_along_is_told_once():
    old = node(osImage="Debian GNU/Linux 12 (bookworm)", architecture="arm64", kubeletVersion="v1.34.4")
    new = node(osImage="Debian GNU/Linux 12 (bookworm)", architecture="riscv64", kubeletVersion="v1.99.0-rc.1")
    assert [feature.name for feature in launch_stages.used_on([old, new, old])] == [
        "provider: hosts", "kubernetes_version: 1.34.4", "node_distribution: Debian 12", "node_architecture: arm64", "kubernetes_version: another",
        "node_architecture: another"]
    assert launch_stages.used_on([]) == launch_stages.used_on(None) == ()
    silent = [{}, {"status": None}, node(osImage="", architecture="", kubeletVersion="")]
    assert [feature.name for feature in launch_stages.used_on(silent)] == ["provider: hosts"]


ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=2)
                        | st.dictionaries(st.text(max_size=9), inner, max_size=2), max_leaves=4)


@given(st.dictionaries(st.sampled_from([*DEMO]), ANYTHING), st.dictionaries(st.sampled_from(["osImage", "architecture", "kubeletVersion"]), ANYTHING))
def test_whatever_a_record_or_a_node_says_can_be_told(spec: dict[str, Any], info: dict[str, Any]):
    found = (*launch_stages.used_by(record({}, **spec)), *launch_stages.used_on([node(**info)]))
    assert all(name.isprintable() for name in launch_stages.shown(found)) and launch_stages.least_trusted(found)


def test_nodes_of_a_pool_are_of_its_provider():
    record = Record("demo", "Running", "2026-01-01T00:00:00Z", spec=DEMO, pools={"web": {"provider": "digitalocean"}, "gone": {"provider": ""}, "odd": 7})
    assert launch_stages.least_trusted(launch_stages.used_by(record)) == "alpha"
    assert [one.name for one in launch_stages.used_by(record) if one.option == "provider"] == ["provider: digitalocean"]
    pool_node = {"metadata": {"labels": {"kubermatic.caas/node-pool": "web"}}}
    assert launch_stages.used_on([pool_node]) == ()
    assert [one.name for one in launch_stages.used_on([pool_node, {}])] == ["provider: hosts"]


def test_credentials_of_a_cloud_count_only_where_there_is_one():
    without = [feature.name for feature in launch_stages.used({"cloud_provider": "none", "cloud_credentials": "secret"})]
    with_one = [feature.name for feature in launch_stages.used({"cloud_provider": "aws", "cloud_credentials": "machines", "add_ons": {"csi": True}})]
    assert without == ["cloud_provider: none"]
    assert with_one == ["cloud_provider: aws", "cloud_credentials: machines", "add_ons: {csi: true}"]
    assert launch_stages.least_trusted(launch_stages.used({"cloud_provider": "digitalocean"})) == "alpha"
