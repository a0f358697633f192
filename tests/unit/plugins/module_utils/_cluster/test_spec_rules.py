# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From variables to a complete cluster, and what a record contradicts."""
from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import ROWS, Components
from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.launch_stage import LaunchStage
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import CLUSTER_SPEC
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record import Record
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec import recorded, variables
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_rules import (
    check_against_record,
    check_version,
    storage_before,
    wanted,
    what_runs,
    with_kept_storage,
)
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._core.options import check_limits

GIVEN: dict[str, Any] = {"seed_kubeconfig": "/seed", "cluster": "demo", "kubernetes_version": "1.36.3", "seed_address": "198.51.100.10"}


def options(**change: Any) -> dict[str, Any]:
    checked = ArgumentSpecValidator(ClusterSpecResource.ARGUMENT_SPEC).validate({**GIVEN, **change})
    assert checked.error_messages == []
    return checked.validated_parameters


DIRECT = {"add_ons": {"konnectivity": False}}


def test_without_konnectivity_the_networks_of_nodes_are_named():
    assert wanted(options(**DIRECT, node_networks=["192.0.2.0/24", "203.0.113.7/32"]))[0].node_networks == ["192.0.2.0/24", "203.0.113.7/32"]
    assert wanted(options())[0].node_networks == []


@pytest.mark.parametrize(("change", "part"), [
    (DIRECT, "It must not reach the seed's network. Name the networks of the nodes"),
    ({**DIRECT, "node_networks": ["198.51.100.0/24"]}, "has the seed's own address 198.51.100.10 in it"),
    ({**DIRECT, "node_networks": ["192.0.2.0/24", "0.0.0.0/0"]}, "Network '0.0.0.0/0' can't be used"),
    ({**DIRECT, "node_networks": ["169.254.169.254/32"]}, "169.254.0.0/16 is reserved"),
    ({**DIRECT, "node_networks": ["192.0.2.1/24"]}, "Write 192.0.2.0/24"),
    ({"node_networks": ["192.0.2.0/24"]}, "is only for a cluster without konnectivity")], ids=str)
def test_where_a_customer_could_reach_the_seed_is_refused(change: dict[str, Any], part: str):
    with pytest.raises(InvalidInput) as refused:
        wanted(options(**change))
    assert part in str(refused.value) and "node_networks" in str(refused.value)


def test_all_that_follows_from_four_variables():
    spec, choice = wanted(options())
    assert choice.resolved_from == ""
    assert spec.as_dict() == {
        "name": "demo", "namespace": "cluster-demo", "seed_kubeconfig": "/seed", "kubernetes_version": "1.36.3", "kubernetes_minor": "1.36",
        "images": {
            "kube_apiserver": "registry.k8s.io/kube-apiserver:v1.36.3", "kube_scheduler": "registry.k8s.io/kube-scheduler:v1.36.3",
            "kube_controller_manager": "registry.k8s.io/kube-controller-manager:v1.36.3",
            "kube_proxy": "registry.k8s.io/kube-proxy:v1.36.3", "etcd": "registry.k8s.io/etcd:3.6.15-0",
            "coredns": "registry.k8s.io/coredns/coredns:v1.14.6", "pause": "registry.k8s.io/pause:3.10.1",
            "konnectivity_server": "registry.k8s.io/kas-network-proxy/proxy-server:v0.34.0",
            "konnectivity_agent": "registry.k8s.io/kas-network-proxy/proxy-agent:v0.34.0",
            "metrics_server": "registry.k8s.io/metrics-server/metrics-server:v0.9.0",
            "flannel": "ghcr.io/flannel-io/flannel:v0.26.7", "flannel_cni_plugin": "ghcr.io/flannel-io/flannel-cni-plugin:v1.6.2-flannel1",
            "digitalocean_cloud_controller_manager": "docker.io/digitalocean/digitalocean-cloud-controller-manager:v0.1.71",
            "do_csi_plugin": "docker.io/digitalocean/do-csi-plugin:v4.16.0",
            "aws_cloud_controller_manager": "registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.2",
            "aws_ebs_csi_driver": "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.59.0",
            "csi_provisioner": "registry.k8s.io/sig-storage/csi-provisioner:v6.1.0", "csi_attacher": "registry.k8s.io/sig-storage/csi-attacher:v4.10.0",
            "csi_resizer": "registry.k8s.io/sig-storage/csi-resizer:v2.0.0",
            "csi_node_driver_registrar": "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.15.0"},
        "pod_cidr": "10.244.0.0/16", "service_cidr": "10.96.0.0/16", "service_address": "10.96.0.1", "dns_address": "10.96.0.10",
        "dns_domain": "cluster.local", "address": "198.51.100.10", "expose": "node_port", "key_type": "ecdsa-p256",
        "control_plane_replicas": 1, "size": "small", "resources_over": {}, "priority_class": "", "resources": {
            "etcd": {"cpu": "25m", "memory": "128Mi", "memory_limit": "2Gi", "go_memory_limit": "1843MiB"},
            "kube_apiserver": {"cpu": "50m", "memory": "384Mi", "memory_limit": "2Gi", "go_memory_limit": "1843MiB"},
            "konnectivity_server": {"cpu": "5m", "memory": "32Mi", "memory_limit": "256Mi", "go_memory_limit": "230MiB"},
            "kube_controller_manager": {"cpu": "20m", "memory": "96Mi", "memory_limit": "512Mi", "go_memory_limit": "460MiB"},
            "kube_scheduler": {"cpu": "10m", "memory": "64Mi", "memory_limit": "256Mi", "go_memory_limit": "230MiB"},
            "requests": 200, "changes": 100},
        "etcd_replicas": 1, "etcd_storage": "4Gi", "etcd_storage_class": "", "etcd_storage_moves": False,
        "etcd_quota_bytes": 2147483648, "add_ons": {"kube_proxy": True, "coredns": True, "flannel": True, "konnectivity": True, "metrics_server": True},
        "node_networks": [], "audit_log": False, "kube_proxy_config": {}, "kubernetes_registry": "registry.k8s.io", "flannel_registry": "ghcr.io/flannel-io",
        "cloud_provider": "none", "cloud_credentials": "secret", "digitalocean_registry": "docker.io/digitalocean",
        "aws_registry": "public.ecr.aws/ebs-csi-driver",
        "digitalocean_url": "https://api.digitalocean.com/v2/", "aws_url": "",
        "components": {
            "kubernetes": "1.36.3", "stage": "public", "etcd": "3.6.15-0", "coredns": "v1.14.6", "pause": "3.10.1", "konnectivity": "v0.34.0",
            "containerd": "2.2.0", "runc": "1.3.3", "cni_plugins": "1.9.1", "flannel": "v0.26.7", "flannel_cni_plugin": "v1.6.2-flannel1",
            "metrics_server": "v0.9.0", "local_path_provisioner": "v0.0.30", "aws_cloud_controller_manager": "v1.36.2",
            "digitalocean_cloud_controller_manager": "v0.1.71", "do_csi_plugin": "v4.16.0", "aws_ebs_csi_driver": "v1.59.0", "csi_provisioner": "v6.1.0",
            "csi_attacher": "v4.10.0", "csi_resizer": "v2.0.0", "csi_node_driver_registrar": "v2.15.0"}}


@pytest.mark.parametrize(("storage", "quota"), [("512Mi", 2**28), ("1Gi", 2**29), ("8Gi", 2**32), ("16Gi", 2**33), ("1Ti", 2**33)])
def test_the_database_of_etcd_leaves_room_on_its_volume(storage: str, quota: int):
    assert wanted(options(etcd_storage=storage))[0].etcd_quota_bytes == quota


@pytest.mark.parametrize("change", [
    {"kubernetes_registry": "registry.example.org:5000/mirror"}, {"etcd_storage": "512Mi"}, {"etcd_storage_class": "fast.example"},
    {"control_plane_replicas": 7}, {"add_ons": {"metrics_server": False}}, {"expose": "load_balancer", "seed_address": ""},
    {"expose": "load_balancer", "seed_address": None}, {"cluster_dns_domain": "a.b-c.d"},
    {"digitalocean_url": "https://cloud.example.org/v2/", "aws_url": "https://cloud.example.org:8443"}], ids=str)
def test_what_else_can_be_had(change: dict[str, Any]):
    spec, dummy = wanted(options(**change))
    for name, value in change.items():
        if name == "add_ons":
            assert spec.add_ons == {"kube_proxy": True, "coredns": True, "flannel": True, "konnectivity": True, "metrics_server": False}
        elif name not in ("seed_address", "cluster_dns_domain"):
            assert spec.as_dict()[name] == value


@pytest.mark.parametrize(("change", "line"), [
    ({"cluster": "Demo"}, "Cluster name 'Demo' is not valid"),
    ({"kubernetes_version": "1.36.99"}, "Kubernetes version '1.36.99' is not known"),
    ({"seed_address": ""}, r"The seed's address is missing \(seed_address\)"),
    ({"pod_cidr": "10.96.0.0/16"}, "overlap"),
    ({"cluster_dns_domain": "Cluster.local"}, r"DNS domain 'Cluster.local' is not valid \(cluster_dns_domain\)"),
    ({"cluster_dns_domain": "a" * 64}, "DNS domain"),
    ({"cluster_dns_domain": "cluster.local."}, "DNS domain"),
    ({"etcd_storage": "1"}, "Storage size '1' is not valid"),
    ({"etcd_storage": "0Gi"}, "Storage size"),
    ({"etcd_storage": "1G"}, "Storage size"),
    ({"etcd_storage_class": "A b"}, "Storage class"),
    ({"kubernetes_registry": "https://registry.k8s.io"}, "without https://"),
    ({"aws_registry": "https://public.ecr.aws"}, r"Registry 'https://public.ecr.aws' is not valid \(aws_registry\)"),
    ({"aws_url": "ec2.example.org"}, r"'ec2.example.org' can't be the address of AWS's APIs \(aws_url\)"),
    ({"digitalocean_url": "http://api.example.org/v2/"}, "would show the token.*Use https"),
    ({"cloud_provider": "digitalocean", "cloud_credentials": "machines"}, "Machines of DigitalOcean have no role.*Write cloud_credentials: secret"),
    ({"flannel_registry": "ghcr.io/"}, "Registry 'ghcr.io/' is not valid"),
], ids=str)
def test_mistakes(change: dict[str, Any], line: str):
    with pytest.raises(InvalidInput, match=line):
        wanted(options(**change))


TEXTS = ("cluster", "kubernetes_version", "seed_address", "pod_cidr", "service_cidr", "cluster_dns_domain", "etcd_storage",
         "etcd_storage_class", "kubernetes_registry", "flannel_registry")


@given(st.dictionaries(st.sampled_from(TEXTS), st.text(max_size=80)))
def test_any_text_gives_a_cluster_or_one_line(change: dict[str, str]):
    try:
        wanted({**options(), **change})
    except InvalidInput as error:
        assert error.line().isprintable()


def record(**change: Any) -> Record:
    spec, dummy = wanted(options())
    versions = change.pop("versions", {"kubernetes": "1.36.3"})
    return Record("demo", "Running", "2026-03-01T14:03:10Z", {**recorded(spec.as_dict()), **change}, versions)


@pytest.mark.parametrize(("stored", "line"), [
    ({"pod_cidr": "10.1.0.0/16"}, r"pod_cidr can't change from '10.1.0.0/16' to '10.244.0.0/16' \(cluster demo\)"),
    ({"service_cidr": "10.1.0.0/16"}, "service_cidr can't change"),
    ({"dns_domain": "example.org"}, "Write cluster_dns_domain: example.org, or create another cluster"),
    ({"key_type": "rsa-2048"}, "key_type can't change"),
    ({"cloud_provider": "digitalocean"}, "cloud_provider can't change from 'digitalocean' to 'none'"),
    ({"etcd_storage_class": "fast"}, "etcd_storage_class can't change"),
    ({"versions": {"kubernetes": "1.35.4"}},
     "runs Kubernetes 1.35.4, and 1.36.3 is wanted .*does not change the version of a cluster that runs. Write kubernetes_version: '1.35.4', or upgrade the"),
    ({"versions": {"kubernetes": "1.37.2"}}, "runs Kubernetes 1.37.2"),
    ({"versions": {}, "kubernetes_version": "1.37.2"}, r"creation of cluster demo began with Kubernetes 1.37.2, and 1.36.3 is older"),
], ids=str)
def test_what_a_record_contradicts(stored: dict[str, Any], line: str):
    with pytest.raises(InvalidInput, match=line):
        check_against_record(wanted(options())[0], record(**stored))


@pytest.mark.parametrize(("runs", "hop", "allowed"), [
    ("1.36.3", "1.37.2", True), ("1.36.1", "1.36.3", True), ("1.36.3", "1.36.3", True), ("1.35.4", "1.37.2", False), ("1.37.2", "1.36.3", False)])
def test_an_upgrade_goes_from_one_version_to_the_next(runs: str, hop: str, allowed: bool):
    spec, known = wanted(options(kubernetes_version=hop))[0], record(versions={"kubernetes": runs})
    if allowed:
        check_against_record(spec, known, upgrade=True)
        return
    with pytest.raises(InvalidInput, match=f"runs Kubernetes {re.escape(runs)}, and {re.escape(hop)} is no next version of it"):
        check_against_record(spec, known, upgrade=True)


LATER = (
    Components("1.38.1", LaunchStage.PUBLIC, of_providers={"aws_cloud_controller_manager": "v1.38.0"}),
    Components("1.37.4", LaunchStage.PUBLIC, of_providers={"aws_cloud_controller_manager": "v1.37.1"}, containerd="2.3.0", etcd="3.7.1-0", flannel="v0.30.0"),
    Components("1.36.7", LaunchStage.BETA, of_providers={"aws_cloud_controller_manager": "v1.36.3"}, containerd="2.3.0", etcd="3.7.1-0", flannel="v0.30.0"),
    Components("1.35.9", LaunchStage.DEPRECATED, end_of_life="2027-06-28", of_providers={"aws_cloud_controller_manager": "v1.35.3"}))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue of a later release: patches raised, components moved on, the oldest minor releases gone."""
    monkeypatch.setattr(catalogue, "ROWS", LATER)


@pytest.mark.parametrize("version", [row.kubernetes for row in ROWS])
@pytest.mark.parametrize("recorded_row", [True, False], ids=["with its row", "of the first release"])
def test_what_runs_is_what_was_recorded_whatever_is_on_offer(monkeypatch: pytest.MonkeyPatch, version: str, recorded_row: bool):
    before = wanted(options(kubernetes_version=version))[0]
    row = {name: value for name, value in before.components.items() if name != "stage"}
    known = record(versions=row if recorded_row else {"kubernetes": version})
    monkeypatch.setattr(catalogue, "ROWS", LATER)
    for value in (version, version.rpartition(".")[0]):
        spec = wanted(options(kubernetes_version=value), what_runs(known))[0]
        check_against_record(spec, known)
        assert spec.kubernetes_version == version and spec.images == before.images
        assert {name: text for name, text in spec.components.items() if name != "stage"} == row
    with pytest.raises(InvalidInput, match=f"Kubernetes {re.escape(version)}, and 1.38.1 is wanted"):
        check_version("demo", "1.38.1", what_runs(known))


def test_a_new_cluster_gets_what_is_on_offer(later: None):
    assert wanted(options(kubernetes_version="1.36"))[0].kubernetes_version == "1.36.7"
    with pytest.raises(InvalidInput, match=r"'1.36.3' is not known .*Write one of: 1.38.1, 1.37.4, 1.36.7 \(beta\)"):
        wanted(options(kubernetes_version="1.36.3"))


@pytest.mark.parametrize(("versions", "image", "runs"), [
    ({"kubernetes": "1.35.4"}, "", "1.35.4"), ({"kubernetes": "1.35.4"}, "registry.k8s.io/kube-apiserver:v1.36.3", "1.35.4"),
    ({}, "mirror.example.org:5000/kube-apiserver:v1.36.3", "1.36.3"), ({}, "", None), ({}, "kube-apiserver@sha256:00", None), ({"etcd": "3.6.15-0"}, "", None)])
def test_a_control_plane_that_no_record_knows_of_runs_all_the_same(versions: dict[str, str], image: str, runs: str | None):
    found = what_runs(record(versions=versions), image)
    assert (found.kubernetes if found else None) == runs


@pytest.mark.parametrize("bad", ["3.6.15/../evil", "x@sha256:00", "", "../x", "a b", "-x", "é", 7, None, ["3"], "x" * 65])
def test_what_is_no_version_in_a_record_is_as_if_it_was_left_out(bad: Any):
    found = what_runs(record(versions={"kubernetes": "1.36.3", "etcd": bad, "containerd": "2.2.9", "colour": "red"}))
    assert (found.etcd, found.containerd) == ("3.6.15-0", "2.2.9")


def test_the_default_gives_the_database_what_upstream_gives_it():
    assert wanted(options())[0].etcd_quota_bytes == 2 * 2**30


def test_a_cluster_that_was_made_with_smaller_volumes_keeps_them_unless_others_are_asked_for():
    spec = wanted(options())[0]
    kept = with_kept_storage(spec, record(etcd_storage="1Gi"), None)
    assert (kept.etcd_storage, kept.etcd_quota_bytes) == ("1Gi", 2**29)
    check_against_record(kept, record(etcd_storage="1Gi"))
    assert storage_before(kept, record(etcd_storage="1Gi")) == ""
    assert with_kept_storage(spec, None, None) == with_kept_storage(spec, record(etcd_storage="1Gi"), "4Gi") == spec


@pytest.mark.parametrize(("was", "now", "before"), [("1Gi", "4Gi", "1Gi"), ("1Gi", "1024Mi", ""), ("4Gi", "4Gi", "")])
def test_what_grows(was: str, now: str, before: str):
    assert storage_before(wanted(options(etcd_storage=now))[0], record(etcd_storage=was)) == before
    assert storage_before(wanted(options(etcd_storage=now))[0], None) == ""


def test_what_a_record_says_of_sizes_is_no_size_until_it_was_looked_at():
    for stored in ("4Gi; rm", "", 4, None, "-1Gi"):
        odd = record(etcd_storage=stored)
        if stored is None:
            assert storage_before(wanted(options())[0], odd) == ""
            continue
        with pytest.raises(InvalidInput, match="Storage size"):
            with_kept_storage(wanted(options())[0], odd, None)
        with pytest.raises(InvalidInput, match="Storage size"):
            storage_before(wanted(options())[0], odd)


def test_volumes_never_shrink():
    with pytest.raises(InvalidInput, match=r"etcd_storage can't shrink from 8Gi to 4Gi \(cluster demo\)\. Volumes only grow\. Write etcd_storage: 8Gi"):
        storage_before(wanted(options(etcd_storage="4Gi"))[0], record(etcd_storage="8Gi"))


@pytest.mark.parametrize("stored", [
    {}, {"control_plane_replicas": 3}, {"address": "203.0.113.1"}, {"versions": {}, "kubernetes_version": "1.35.4"},
    {"versions": {}, "kubernetes_version": "nonsense"}], ids=str)
def test_what_may_change(stored: dict[str, Any]):
    check_against_record(wanted(options())[0], record(**stored))
    check_against_record(wanted(options())[0], None)


def test_a_cluster_of_a_release_that_knew_no_clouds_has_none():
    old = record()
    del old.spec["cloud_provider"]
    check_against_record(wanted(options())[0], old)
    with pytest.raises(InvalidInput, match="cloud_provider can't change from 'none' to 'aws'"):
        check_against_record(wanted(options(cloud_provider="aws"))[0], old)


@pytest.mark.parametrize(("change", "add_ons"), [
    ({}, []), ({"add_ons": {"csi": True}}, []), ({"cloud_provider": "aws"}, ["cloud_controller_manager", "csi"]),
    ({"cloud_provider": "digitalocean", "add_ons": {"csi": False}}, ["cloud_controller_manager"])], ids=str)
def test_what_a_cloud_brings_along_is_only_there_with_it(change: dict[str, Any], add_ons: list[str]):
    spec = wanted(options(**change))[0]
    assert sorted({name for name, on in spec.add_ons.items() if on} - {"kube_proxy", "coredns", "flannel", "konnectivity", "metrics_server"}) == add_ons


@pytest.mark.parametrize("version", [row.kubernetes for row in ROWS])
def test_every_version_has_images_for_every_cloud(version: str):
    spec = wanted(options(kubernetes_version=version, kubernetes_registry="mirror.example.org/k8s"))[0]
    assert spec.images["aws_cloud_controller_manager"].startswith(f"mirror.example.org/k8s/provider-aws/cloud-controller-manager:v{spec.kubernetes_minor}.")
    assert spec.images["csi_resizer"].endswith("v1.11.2" if spec.kubernetes_minor == "1.33" else "v2.0.0")


def test_a_record_gives_back_the_variables_that_gave_it():
    change = {"pod_cidr": "10.1.0.0/16", "cluster_dns_domain": "example.org", "cluster_audit_log": True, "etcd_storage": "2Gi"}
    spec, dummy = wanted(options(**change))
    found = variables(recorded(spec.as_dict()))
    again, dummy = wanted(options(**found))
    assert again == spec
    assert set(found) <= set(ClusterSpecResource.ARGUMENT_SPEC)
    assert variables({"ansible_connection": "ssh", "images": {}}) == {}


@pytest.mark.parametrize("number", [0, -1, 8])
def test_a_number_of_replicas_is_in_its_limits(number: int):
    check_limits(CLUSTER_SPEC, options(control_plane_replicas=7))
    with pytest.raises(InvalidInput, match=f"control_plane_replicas is {number} .* Write a number from 1 to 7"):
        check_limits(CLUSTER_SPEC, options(control_plane_replicas=number))
