# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What users write wrong in an inventory or on a command line: each mistake is one line for its cluster, and nothing is written.

All mistakes of an inventory stand in one, and one run of the playbook tells them all.
"""
from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.endpoint_resource import EndpointResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.lock_resource import ClusterLockResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.options import ROLE as CONTROL_PLANE
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from ansible_collections.kubermatic.caas.plugins.module_utils._node_pool.options import ROLE as NODE_POOLS
from ansible_collections.kubermatic.caas.plugins.module_utils._pki.pki_resource import PkiResource
from api.bare_api import BareApi, free_port
from api.playbook import Ended, Playbooks
from api.resources import Caller

GOOD = {"kubernetes_version": "1.36.3"}
# the cluster -> what is wrong with it -> what the line must name
MISTAKES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "version-missing": ({"kubernetes_version": None}, ("is empty", "1.37.2, 1.36.3")),
    "version-with-v": ({"kubernetes_version": "v1.36.3"}, ("'v1.36.3'", "begins with a 'v'", "1.36.3")),
    "version-latest": ({"kubernetes_version": "latest"}, ("'latest'", "1.37.2, 1.36.3")),
    "version-unknown": ({"kubernetes_version": "1.36.99"}, ("1.36.99", "not known", "1.36.3")),
    "version-minor-unknown": ({"kubernetes_version": "1.20"}, ("'1.20'", "not known")),
    "version-pre-release": ({"kubernetes_version": "1.37.0-rc.1"}, ("1.37.0-rc.1", "Pre-releases")),
    "version-float": ({"kubernetes_version": 1.3}, ("'1.3'", "quotes")),
    "version-list": ({"kubernetes_version": ["1.36.3"]}, ("not a string",)),
    "version-template": ({"kubernetes_version": {"__ansible_unsafe": "{{ 7*7 }}"}}, ("'{{ 7*7 }}'",)),
    "version-terminal": ({"kubernetes_version": "\x1b[2J1.36.3"}, ("1.36.3",)),
    "version-deprecated": ({"kubernetes_version": "1.33.13"}, ("1.33.13 is deprecated", "will be removed on")),
    "feature-alpha": ({"expose": "load_balancer"}, ("load_balancer is alpha", "Write expose: node_port")),
    "pods-and-services": ({"pod_cidr": "10.96.0.0/16"}, ("10.96.0.0/16", "overlap")),
    "pods-and-seed": ({"pod_cidr": "198.51.0.0/16"}, ("198.51.100.10", "pod_cidr")),
    "services-and-seed": ({"service_cidr": "198.51.100.0/24"}, ("198.51.100.10", "service_cidr")),
    "pods-everything": ({"pod_cidr": "0.0.0.0/0"}, ("/0", "/8 to /22")),
    "pods-host-bits": ({"pod_cidr": "10.244.0.1/16"}, ("behind the prefix", "10.244.0.0/16")),
    "services-too-small": ({"service_cidr": "10.96.0.0/30"}, ("/30", "/12 to /24")),
    "pods-ipv6": ({"pod_cidr": "fd00::/48"}, ("Only IPv4",)),
    "pods-number": ({"pod_cidr": 10}, ("'10'",)),
    "planes-none": ({"control_plane_replicas": 0}, ("control_plane_replicas", "from 1 to 7")),
    "planes-negative": ({"control_plane_replicas": -1}, ("control_plane_replicas", "from 1 to 7")),
    "planes-half": ({"control_plane_replicas": 1.5}, ("control_plane_replicas", "1.5")),
    "planes-text": ({"control_plane_replicas": "two"}, ("control_plane_replicas", "two")),
    # taken by later tasks, and told by the first one
    "renew-late": ({"renew_within_days": 400}, ("renew_within_days is 400", "from 1 to 182")),
    "renew-text": ({"renew_within_days": "soon"}, ("renew_within_days", "soon")),
    "ssh-text": ({"ssh_timeout": "soon"}, ("ssh_timeout", "soon")),
    "machine-text": ({"machine_timeout": "soon"}, ("machine_timeout", "soon")),
    "drain-text": ({"drain_timeout": "soon"}, ("drain_timeout", "soon")),
    "labels-text": ({"node_labels": "web"}, ("node_labels",)),
    "etcd-none": ({"etcd_replicas": 0}, ("etcd_replicas", "1, 3, 5")),
    "etcd-even": ({"etcd_replicas": 2}, ("etcd_replicas", "1, 3, 5")),
    "etcd-four": ({"etcd_replicas": 4}, ("etcd_replicas", "1, 3, 5")),
    "etcd-negative": ({"etcd_replicas": -1}, ("etcd_replicas", "1, 3, 5")),
    "etcd-half": ({"etcd_replicas": 1.5}, ("etcd_replicas", "1.5")),
    "etcd-text": ({"etcd_replicas": "three"}, ("etcd_replicas", "three")),
    "etcd-storage": ({"etcd_storage": "1.5Gi"}, ("1.5Gi", "etcd_storage")),
    "seed-missing": ({"seed": None}, ("needs seed: NAME", "not set", "Nothing was changed")),
    "seed-unknown": ({"seed": "moon"}, ("moon", "Nothing was changed")),
    "seed-no-file": ({"seed": "without-file"}, ("/nowhere/kubeconfig", "No such file")),
    "seed-away": ({"seed": "away"}, ("can't be reached", "connection refused")),
    "seed-expired": ({"seed": "expired"}, ("rejected the credentials", "expired", "Get a new kubeconfig")),
    "seed-other-authority": ({"seed": "other-authority"}, ("local issuer certificate", "CA and the address in the kubeconfig belong to this server")),
    "seed-runs-a-program": ({"seed": "runs-a-program"}, ("exec", "must not run programs")),
    "seed-no-kubeconfig": ({"seed": "no-kubeconfig"}, ("not a kubeconfig",)),
    "cloud-unknown": ({"cloud_provider": "azure"}, ("cloud_provider", "none, aws, digitalocean", "azure")),
    "cloud-not-allowed": ({"cloud_provider": "digitalocean"}, ("cloud_provider: digitalocean is alpha", "Write cloud_provider: none")),
    "cloud-no-credentials": ({"cloud_provider": "aws", "allowed_stages": ["alpha", "beta", "public"]},
                             ("No credentials for AWS", "cluster_aws_access_key", "cluster_aws_secret_key", "cloud_credentials: machines")),
    "cloud-half-a-key": ({"cloud_provider": "aws", "allowed_stages": ["alpha", "beta", "public"], "cluster_aws_access_key": "AKIDOFATESTTHATOPENSNOTHING"},
                         ("in part", "cluster_aws_secret_key is missing")),
    "cloud-token-with-new-line": ({"cloud_provider": "digitalocean", "allowed_stages": ["alpha", "beta", "public"],
                                   "cluster_digitalocean_token": "dop_v1_of_a_test\n"},
                                  ("cluster_digitalocean_token is not valid", "line break")),
    "cloud-machines-have-no-role": ({"cloud_provider": "digitalocean", "cloud_credentials": "machines", "allowed_stages": ["alpha", "beta", "public"]},
                                    ("cloud_credentials: machines is not supported", "Write cloud_credentials: secret")),
    "no-rights": ({"seed": "no-rights"}, ("may not create",)),
    "De_mo": ({}, ("'De_mo'", "lower-case letters")),
    "a" * 64: ({}, ("64 characters", "40 is the most")),
    "Demo": ({}, ("'Demo'", "upper-case")),
    "-demo": ({}, ("'-demo'", "begin with a letter")),
    "../x": ({}, ("'../x'",)),
    "$(id)": ({}, ("'$(id)'",)),
    "nodes": ({}, ("'nodes'", "is reserved")),
    # has a record that says otherwise
    "running": ({"kubernetes_version": "1.37.2"}, ("runs Kubernetes 1.36.3", "does not change the version", "kubermatic.caas.upgrade -e cluster=", "'1.36.3'")),
    "running-pods": ({"pod_cidr": "10.200.0.0/16"}, ("pod_cidr can't change from '10.244.0.0/16'",)),
    "running-without-cloud": ({"cloud_provider": "digitalocean", "allowed_stages": ["alpha", "beta", "public"],
                               "digitalocean_token": "dop_v1_of_a_test_that_opens_nothing"}, ("cloud_provider can't change from 'none' to 'digitalocean'",)),
    "running-seed": ({"seed": "second"}, ("Cluster running-seed is in seed good", "Write seed: good")),
    "running-services": ({"service_cidr": "10.97.0.0/16"}, ("service_cidr can't change",)),
}


@pytest.fixture(scope="module")
def playbooks(tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    return Playbooks.at(tmp_path_factory.mktemp("playbooks"))


def changed_kubeconfig(bare_api: BareApi, name: str, change: Any) -> str:
    config = json.loads(Path(bare_api.kubeconfig()).read_text())
    change(config)
    path = bare_api.directory / f"{name}.kubeconfig"
    path.write_text(json.dumps(config))
    return str(path)


@pytest.fixture(scope="module")
def seeds(bare_api: BareApi, second_api: BareApi) -> dict[str, dict[str, Any]]:
    """A good one, and one for each way in which a kubeconfig can be wrong."""
    def away(config: dict[str, Any]) -> None:
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{free_port()}"

    def other_authority(config: dict[str, Any]) -> None:
        config["clusters"][0]["cluster"]["certificate-authority-data"] = config["users"][0]["user"]["client-certificate-data"]

    def program(config: dict[str, Any]) -> None:
        config["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": ["/tmp/was-run"]}}

    files = {"good": bare_api.kubeconfig(), "without-file": "/nowhere/kubeconfig", "away": changed_kubeconfig(bare_api, "away", away),
             "other-authority": changed_kubeconfig(bare_api, "other-authority", other_authority), "expired": bare_api.expired_kubeconfig(),
             "runs-a-program": changed_kubeconfig(bare_api, "runs-a-program", program), "no-rights": bare_api.kubeconfig("nobody", ()),
             "no-kubeconfig": changed_kubeconfig(bare_api, "no-kubeconfig", lambda config: config.update(kind="Pod"))}
    files["second"] = second_api.kubeconfig()
    return {name: {"seed_kubeconfig": path, "seed_address": "198.51.100.10", "ansible_connection": "local"} for name, path in files.items()}


@pytest.fixture(scope="module")
def run(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]) -> Ended:
    """create_cluster of all of them; the audit log is looked at as a whole."""
    for name in ("running", "running-pods", "running-services", "running-seed", "running-without-cloud"):
        one = Caller(bare_api.kubeconfig(), name)
        one.call(NamespaceResource)
        one.call(ClusterRecordResource, phase="Running", spec=one.call(ClusterSpecResource, seed_address="198.51.100.10", **GOOD)["cluster"])
        one.call(ClusterLockResource, state="free")
    clusters = {name: {key: value for key, value in {"ansible_connection": "local", "seed": "good", **GOOD, **change}.items() if value is not None}
                for name, (change, dummy) in MISTAKES.items()}
    inventory = playbooks.inventory("mistakes", {"seeds": seeds, "clusters": clusters})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory)
    assert seen.writes == []
    assert ended.changed() == set()
    assert "dop_v1_of" not in ended.output and "AKIDOFATEST" not in ended.output
    return ended


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line(run: Ended, name: str):
    line = run.the_message(name)
    for part in MISTAKES[name][1]:
        assert part in line


def test_no_program_of_a_kubeconfig_was_run(run: Ended):
    assert run.code != 0
    assert not Path("/tmp/was-run").exists()


NAMES = {"empty": ("", "''"), "long": ("a" * 64, "64 characters"), "spaces": ("my demo", "'my demo'"), "path": ("../x", "'../x'"),
         "shell": ("$(touch /tmp/was-run)", "'$(touch /tmp/was-run)'"),
         "new line": ("demo\nx", "characters other than"), "template": ({"__ansible_unsafe": "{{ 7*7 }}"}, "'{{ 7*7 }}'"), "number": (7, "'7'"),
         "terminal": ("\x1b[2Jdemo", "not valid"), "a node": ("web-1", "web-1 is already a host of the inventory"),
         "a seed": ("good", "good is already a host"), "pattern": ("all", "'all'")}


CALLS = {**{f"create_cluster {name}": ("create_cluster", *values) for name, values in NAMES.items()},
         "kubeconfig path": ("kubeconfig", *NAMES["path"]), "delete_cluster a node": ("delete_cluster", *NAMES["a node"])}


@pytest.fixture(scope="module")
def calls(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]) -> dict[str, Ended]:
    """Some at a time: each is an ansible-playbook of its own. The audit log is looked at as a whole."""
    inventory = playbooks.inventory("names", {"seeds": {"good": seeds["good"]}, "nodes": {"web-1": {}}, "clusters": {"demo": {"seed": "good"}}})

    def call(playbook: str, name: Any) -> Ended:
        return playbooks.run(playbook, inventory, "-e", json.dumps({"cluster": name, "confirm": name, **GOOD}))

    with bare_api.watched() as seen, ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {key: pool.submit(call, playbook, name) for key, (playbook, name, dummy) in CALLS.items()}
        ended = {key: future.result() for key, future in running.items()}
    assert seen.writes == []
    return ended


@pytest.mark.parametrize("key", CALLS)
def test_a_name_of_the_command_line(calls: dict[str, Ended], key: str):
    assert calls[key].code != 0
    assert CALLS[key][2] in calls[key].the_message("localhost")
    assert not Path("/tmp/was-run").exists()


def test_a_minor_release_is_told_to_be_its_newest_patch(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]):
    inventory = playbooks.inventory("minor", {"seeds": {"good": seeds["good"]}, "clusters": {
        "minor": {"ansible_connection": "local", "seed": "good", "kubernetes_version": "1.36"}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory, "--check")
    assert ended.code == 0, ended.output[-3000:]
    assert "minor: Kubernetes 1.36 is 1.36.3, the newest patch that this release knows" in ended.output
    assert seen.writes == []


def test_a_variable_that_is_misspelt_is_named_once(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]):
    said = {"ansible_connection": "local", "seed": "good", **GOOD, "control_plane_sizes": "large", "team": "payments"}
    inventory = playbooks.inventory("misspelt", {"seeds": {"good": seeds["good"]}, "clusters": {"one": said, "two": said}})
    ended = playbooks.run("create_cluster", inventory, "--check")
    assert ended.code == 0, ended.output[-3000:]
    # a warning may go over several lines
    assert " ".join(ended.output.split()).count("Variable control_plane_sizes is unknown and has no effect. Did you mean control_plane_size?") == 1
    assert "is unknown and has no effect" not in " ".join(ended.output.split()).replace("Variable control_plane_sizes is unknown and has no effect", "")


def test_what_is_empty_or_null_is_not_said(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]):
    """Every variable of a cluster, as a survey or an inventory may leave it."""
    names = [one.name for one in (*CONTROL_PLANE, *NODE_POOLS) if one.name not in ("seed_kubeconfig", "kubernetes_version")]
    said = {"ansible_connection": "local", "seed": "good", **GOOD}
    inventory = playbooks.inventory("unsaid", {"seeds": {"good": seeds["good"]}, "clusters": {
        "nothing": said, "empty": {**said, **dict.fromkeys(names, "")}, "null": {**said, **dict.fromkeys(names)}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory, "--check", "-v")
    assert ended.code == 0, ended.output[-3000:]
    assert seen.writes == []
    steps = [ended.output.count(f"  {name}: would: ") for name in ("nothing", "empty", "null")]
    assert steps[0] > 20 and len(set(steps)) == 1


def test_nobody_sees_the_credentials_for_a_cloud(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch,
                                                 tmp_path: Path):
    monkeypatch.setenv("ANSIBLE_LOG_PATH", str(tmp_path / "ansible.log"))
    token = "dop_v1_of_a_test_that_opens_nothing"
    inventory = playbooks.inventory("cloudy", {"seeds": {"good": seeds["good"]}, "clusters": {"cloudy": {
        "ansible_connection": "local", "seed": "good", **GOOD, "cloud_provider": "digitalocean", "allowed_stages": ["alpha", "beta", "public"],
        "cluster_digitalocean_token": token}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory, "--check", "--diff", "-vvvv")
    assert ended.code == 0, ended.output[-3000:]
    assert "would: Create Secret kube-system/digitalocean of cluster cloudy" in ended.output
    assert "would: Create Deployment kube-system/digitalocean-cloud-controller-manager" in ended.output
    assert token not in ended.output + (tmp_path / "ansible.log").read_text() and seen.writes == []


def test_two_hosts_with_one_name_stop_before_anything_is_made(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]):
    twins = {name: {"cluster": "twins", "node_name": "web"} for name in ("web-1", "web-2")}
    inventory = playbooks.inventory("twins", {"seeds": {"good": seeds["good"]}, "nodes": twins, "cluster_twins": {"twins": {}, "web-1": {}, "web-2": {}},
                                              "clusters": {"twins": {"ansible_connection": "local", "seed": "good", **GOOD}}})
    with bare_api.watched() as seen:
        ended = playbooks.run("create_cluster", inventory)
    assert "web-1 and web-2 can't both be the node web of cluster twins" in ended.the_message("twins")
    assert seen.writes == []


def test_names_that_look_alike_are_apart():
    """Whatever is derived from a name tells every two names apart."""
    from ansible_collections.kubermatic.caas.plugins.module_utils._core.cluster import group_of, namespace_of

    names = ["a-b-c", "a-bc", "ab-c", "abc", "a--b", "a-b"]
    for derived in (namespace_of, group_of):
        assert len({derived(name) for name in names}) == len(names)


def test_a_failure_after_the_beginning_is_told_once_and_noted(bare_api: BareApi, playbooks: Playbooks, seeds: dict[str, dict[str, Any]]):
    """The authority of a cluster that is being created was lost."""
    one = Caller(bare_api.kubeconfig(), "late")
    one.call(NamespaceResource)
    one.call(ClusterRecordResource, phase="Creating", spec=one.call(ClusterSpecResource, seed_address="198.51.100.10", **GOOD)["cluster"])
    one.call(EndpointResource, address="198.51.100.10")
    one.call(PkiResource, address="198.51.100.10", service_address="10.96.0.1")
    one.call(ClusterLockResource, state="free")
    bare_api.api().delete("v1", "Secret", "cluster-ca", "cluster-late")
    inventory = playbooks.inventory("late", {"seeds": {"good": seeds["good"]}, "clusters": {"late": {"ansible_connection": "local", "seed": "good", **GOOD}}})
    ended = playbooks.run("create_cluster", inventory)
    line = ended.the_message("late")
    assert "cluster-ca" in line
    record = json.loads(bare_api.api().get("v1", "ConfigMap", "cluster-record", "cluster-late")["data"]["record.json"])
    assert record["last_error"] == line
    assert not bare_api.api().get("coordination.k8s.io/v1", "Lease", "cluster-lock", "cluster-late")["spec"].get("holderIdentity")
