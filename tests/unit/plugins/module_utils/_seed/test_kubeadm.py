# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog import catalogue
from ansible_collections.kubermatic.caas.plugins.module_utils._host.capabilities import Capability
from ansible_collections.kubermatic.caas.plugins.module_utils._seed import kubeadm
from ansible_collections.kubermatic.caas.plugins.module_utils._seed.machine_rules import Seed

SEED = Seed("fra1", "198.51.100.10", catalogue.lookup("1.36.3"), "10.240.0.0/16", "10.241.0.0/16")
PLAIN = Capability(None, (), frozenset())
OLD = Capability((1, 37), ("cgroup v1",), frozenset({"cgroup_v1", "cgroupfs", "iptables"}))


def documents(seed: Seed = SEED, able: Capability = PLAIN):
    return kubeadm.documents(seed, able, machine="fra1-a", address="192.0.2.7")


def test_where_the_seed_is():
    init, cluster, *_rest = documents()
    assert init["localAPIEndpoint"] == {"advertiseAddress": "192.0.2.7", "bindPort": 6443}
    assert init["nodeRegistration"]["name"] == "fra1-a"
    assert cluster["controlPlaneEndpoint"] == "192.0.2.7:6443"
    assert cluster["apiServer"]["certSANs"] == ["192.0.2.7", "198.51.100.10"]
    assert cluster["kubernetesVersion"] == "v1.36.3"
    assert cluster["networking"]["podSubnet"] == "10.240.0.0/16"
    assert cluster["encryptionAlgorithm"] == "ECDSA-P256"


def test_the_token_that_kubeadm_insists_on_is_worth_nothing():
    tokens = documents()[0]["bootstrapTokens"]
    assert [token["groups"] for token in tokens] == [["system:bootstrappers:nobody"]]
    assert "token" not in tokens[0]


@pytest.mark.parametrize(("able", "driver", "mode", "ignored"), [
    (PLAIN, "systemd", "nftables", []), (OLD, "cgroupfs", "iptables", ["SystemVerification"])])
def test_capabilities_become_switches(able, driver, mode, ignored):
    init, dummy, kubelet, proxy = documents(able=able)
    assert kubelet["cgroupDriver"] == driver
    assert kubelet.get("failCgroupV1") is (False if able is OLD else None)
    assert proxy["mode"] == mode
    assert init["nodeRegistration"]["ignorePreflightErrors"] == ignored


def test_what_the_user_says_is_laid_over():
    seed = replace(SEED, kubelet_config={"maxPods": 200, "failSwapOn": False}, kube_proxy_config={"mode": "iptables", "conntrack": {"min": 0}})
    init, dummy, kubelet, proxy = documents(seed)
    assert (kubelet["maxPods"], kubelet["cgroupDriver"]) == (200, "systemd")
    assert (proxy["mode"], proxy["conntrack"]) == ("iptables", {"min": 0})
    assert init["nodeRegistration"]["ignorePreflightErrors"] == ["Swap"]


def test_node_ports_answer_at_a_virtual_address_too():
    """By nftables, kube-proxy takes the first address of a machine alone if nothing else is said."""
    proxy = kubeadm.kube_proxy_configuration(SEED, PLAIN)
    assert (proxy["mode"], proxy["nodePortAddresses"]) == ("nftables", ["0.0.0.0/0"])


def test_merged_goes_into_mappings_and_replaces_the_rest():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    before = copy.deepcopy(base)
    assert kubeadm.merged(base, {"a": {"c": [3]}, "d": {"e": 2}}) == {"a": {"b": 1, "c": [3]}, "d": {"e": 2}}
    assert base == before


def test_taints():
    assert documents()[0]["nodeRegistration"]["taints"] == []
    assert "taints" not in documents(replace(SEED, schedulable=False))[0]["nodeRegistration"]


def test_several_machines_share_one_address_and_certificate_names():
    seed = replace(SEED, endpoint=SEED.address)
    ours, others = (kubeadm.documents(seed, PLAIN, machine=name, address=address)[1] for name, address in (("a", "192.0.2.7"), ("b", "192.0.2.8")))
    assert ours == others
    assert ours["controlPlaneEndpoint"] == "198.51.100.10:6443"
    assert ours["apiServer"]["certSANs"] == ["198.51.100.10"]


def test_joining():
    control_plane, worker = (kubeadm.join_configuration(replace(SEED, schedulable=False), OLD, machine="fra1-b", address="192.0.2.8", role=role)
                             for role in ("control_plane", "worker"))
    assert control_plane["controlPlane"] == {"localAPIEndpoint": {"advertiseAddress": "192.0.2.8", "bindPort": 6443}}
    assert "controlPlane" not in worker
    assert "taints" not in control_plane["nodeRegistration"]
    assert worker["nodeRegistration"]["taints"] == []
    for document in (control_plane, worker):
        assert document["discovery"] == {"file": {"kubeConfigPath": kubeadm.JOIN_KUBECONFIG}}
        assert "oken" not in str(document)


@pytest.mark.parametrize(("several", "schedulable", "endpoint", "stays"), [
    (False, None, "192.0.2.7", True), (True, None, "198.51.100.10", True), (False, False, "192.0.2.7", False)])
def test_what_a_complete_machine_keeps_unless_it_was_asked_for(several, schedulable, endpoint, stays):
    wanted = replace(SEED, endpoint=SEED.address if several else "", schedulable=False)
    found = kubeadm.as_it_is(wanted, documents(), several=several, schedulable=schedulable)
    assert (found.endpoint, found.schedulable) == (endpoint, stays)
    assert kubeadm.advertised_address(documents()) == "192.0.2.7"
    assert kubeadm.advertised_address([]) == ""
    grown = kubeadm.documents(found, PLAIN, machine="fra1-a", address="192.0.2.7")
    assert kubeadm.fixed_differences(documents(), grown, several=several) == []


def test_a_seed_of_several_machines_keeps_its_address_while_all_but_one_are_out_of_the_inventory():
    three = replace(SEED, endpoint=SEED.address)
    now = kubeadm.documents(three, PLAIN, machine="fra1-a", address="192.0.2.7")
    assert kubeadm.as_it_is(SEED, now, several=False, schedulable=None) == three


def test_images_of_a_worker():
    assert set(kubeadm.images(SEED, "worker")) < set(kubeadm.images(SEED))


def flags(document, component="apiServer") -> dict[str, str]:
    return {item["name"]: item["value"] for item in document[component]["extraArgs"]}


def test_secrets_are_encrypted_and_no_service_takes_other_customers_connections():
    found = flags(documents()[1])
    assert found["encryption-provider-config"] == "/etc/kubernetes/pki/encryption-config.yaml"
    assert found["enable-admission-plugins"] == "NodeRestriction,DenyServiceExternalIPs"
    assert flags(documents()[1], "controllerManager")["terminated-pod-gc-threshold"] == "100"


def test_a_kubelet_of_a_seed_evicts_by_sizes_and_not_by_percents():
    """15 % of a disk of 252 GiB are 38 GiB: the default evicted all customers there."""
    kubelet = documents()[2]
    assert kubelet["evictionHard"] == {"memory.available": "200Mi", "nodefs.available": "2Gi", "nodefs.inodesFree": "2%",
                                       "imagefs.available": "2Gi", "imagefs.inodesFree": "2%"}
    assert (kubelet["imageGCHighThresholdPercent"], kubelet["imageGCLowThresholdPercent"]) == (95, 90)
    assert kubelet["systemReserved"]["memory"] == "256Mi"
    assert documents(replace(SEED, kubelet_config={"evictionHard": {"nodefs.available": "9Gi"}}))[2]["evictionHard"]["nodefs.available"] == "9Gi"


def test_audit_log():
    server = documents(replace(SEED, audit_log=True))[1]["apiServer"]
    flags = {item["name"]: item["value"] for item in server["extraArgs"]}
    mounted = {item["mountPath"]: item for item in server["extraVolumes"]}
    assert flags["audit-policy-file"] in mounted
    assert str(Path(flags["audit-log-path"]).parent) in mounted
    assert mounted[flags["audit-policy-file"]]["readOnly"]
    # the file that is written, and those that are kept
    assert int(flags["audit-log-maxsize"]) * (1 + int(flags["audit-log-maxbackup"])) == 1024
    assert [rule["level"] for rule in kubeadm.audit_policy()["rules"]] == ["Metadata"]


def test_images():
    found = kubeadm.images(replace(SEED, registry="mirror.example.org/k8s"))
    assert len(found) == len(set(found)) == 7
    assert all(image.startswith("mirror.example.org/k8s/") for image in found)
    assert f"mirror.example.org/k8s/etcd:{SEED.components.etcd}" in found


@pytest.mark.parametrize(("change", "expected"), [
    ({}, []),
    ({"audit_log": True, "address": "198.51.100.1", "schedulable": False, "kubelet_config": {"maxPods": 9}}, []),
    ({"pod_cidr": "10.1.0.0/16"}, ["networking.podSubnet is 10.240.0.0/16, not 10.1.0.0/16"]),
    ({"name": "ams1"}, ["clusterName is fra1, not ams1"]),
])
def test_what_a_seed_keeps(change, expected):
    assert kubeadm.fixed_differences(documents(), documents(replace(SEED, **change))) == expected
