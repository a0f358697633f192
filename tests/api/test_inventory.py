# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The inventory plugin through ansible-inventory, with records in a real API."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.namespace_resource import NamespaceResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.record_resource import ClusterRecordResource
from ansible_collections.kubermatic.caas.plugins.module_utils._cluster.spec_resource import ClusterSpecResource
from api.bare_api import BareApi
from api.resources import Caller
from playbook_runs import checkout


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    return checkout.as_collection(tmp_path / "collections")


def inventory(collections: Path, *sources: Path) -> subprocess.CompletedProcess[str]:
    words = [str(Path(sys.executable).with_name("ansible-inventory")), "--list"]
    for source in sources:
        words += ["-i", str(source)]
    environment = {**os.environ, **checkout.environment(collections), "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
                   "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    return subprocess.run(words, env=environment, check=False, text=True, capture_output=True, timeout=60)


def listed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The inventory as data. What is not to be read as a template carries a mark in this format."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=lambda item: item["__ansible_unsafe"] if set(item) == {"__ansible_unsafe"} else item)


def source(directory: Path, seeds: dict[str, str], **more: Any) -> Path:
    path = directory / "caas.yml"
    path.write_text(json.dumps({"plugin": "kubermatic.caas.clusters", "seeds": seeds, **more}))
    return path


@pytest.fixture
def cluster(bare_api: BareApi, cluster: str) -> Caller:
    """A cluster with a record."""
    one = Caller(bare_api.kubeconfig(), f"inv-{cluster}")
    one.call(NamespaceResource)
    spec = one.call(ClusterSpecResource, kubernetes_version="1.36.3", seed_address="198.51.100.10", cluster_dns_domain="example.org")
    one.call(ClusterRecordResource, phase="Running", spec=spec["cluster"])
    return one


def test_a_record_becomes_a_host_in_groups(bare_api: BareApi, cluster: Caller, collections: Path, tmp_path: Path):
    config = source(tmp_path, {"fra1": os.path.relpath(cluster.seed_kubeconfig, tmp_path)},
                    keyed_groups=[{"prefix": "kubernetes", "key": "kubernetes_version"}], strict=False)
    with bare_api.watched() as seen:
        done = inventory(collections, config)
    assert seen.writes == [] and seen.requests == ["list configmaps /cluster-record"]
    found = listed(done)
    name, group = cluster.cluster, "cluster_" + cluster.cluster.replace("-", "_")
    for one in ("clusters", group, "phase_running", "kubernetes_1_36_3"):
        assert name in found[one]["hosts"]
    variables = found["_meta"]["hostvars"][name]
    assert {"ansible_connection": "local", "cluster": name, "seed": "fra1", "kubernetes_version": "1.36.3",
            "cluster_dns_domain": "example.org", "seed_address": "198.51.100.10", "cluster_phase": "Running"}.items() <= variables.items()
    assert found["_meta"]["hostvars"]["fra1"]["seed_kubeconfig"] == os.path.normpath(cluster.seed_kubeconfig)


@pytest.mark.parametrize("first", [True, False])
def test_the_inventory_wins_over_the_record(cluster: Caller, collections: Path, tmp_path: Path, first: bool):
    config = source(tmp_path, {"fra1": cluster.seed_kubeconfig})
    file = tmp_path / "file" / "hosts.json"
    file.parent.mkdir()
    group = "cluster_" + cluster.cluster.replace("-", "_")
    file.write_text(json.dumps({"all": {"children": {
        group: {"hosts": {cluster.cluster: {}}, "vars": {"control_plane_replicas": 3}},
        "clusters": {"hosts": {cluster.cluster: {"etcd_replicas": 5}}}}}}))
    (file.parent / "group_vars").mkdir()
    (file.parent / "group_vars" / f"{group}.yml").write_text("etcd_storage: 9Gi\n")
    done = inventory(collections, *((file, config) if first else (config, file)))
    variables = listed(done)["_meta"]["hostvars"][cluster.cluster]
    assert (variables["control_plane_replicas"], variables["etcd_replicas"], variables["etcd_storage"]) == (3, 5, "9Gi")
    assert variables["pod_cidr"] == "10.244.0.0/16"


def change_record(bare_api: BareApi, name: str, **change: Any) -> None:
    """As whoever has the Role in the namespace can."""
    api, place = bare_api.api("system:setup"), f"cluster-{name}"
    found = api.get("v1", "ConfigMap", "cluster-record", place)
    record = json.loads(found["data"]["record.json"])
    api.replace({**found, "data": {"record.json": json.dumps({**record, **change, "spec": {**record["spec"], **change.get("spec", {})}})}})


def test_a_record_does_not_say_where_credentials_go_what_runs_and_what_is_bought(bare_api: BareApi, cluster: Caller, collections: Path, tmp_path: Path):
    evil = {"digitalocean_url": "https://evil.example/v2/", "aws_url": "https://evil.example", "kubernetes_registry": "evil.example",
            "flannel_registry": "evil.example", "digitalocean_registry": "evil.example", "aws_registry": "evil.example"}
    pool = {"name": "web", "provider": "digitalocean", "node_count": 1000, "region": "fra1", "size": "gpu", "image": "evil"}
    change_record(bare_api, cluster.cluster, spec=evil, pools={"web": {"provider": "digitalocean", "spec": pool}})
    variables = listed(inventory(collections, source(tmp_path, {"fra1": cluster.seed_kubeconfig})))["_meta"]["hostvars"][cluster.cluster]
    assert not set(evil) & set(variables) and "node_pools" not in variables and variables["kubernetes_version"] == "1.36.3"
    # it is told under a name that no playbook reads
    assert variables["cluster_node_pools"] == [pool]


@pytest.mark.parametrize("change", [{"versions": {"kubernetes": {"a": 1}}}, {"spec": {"pod_cidr": 7}}, {"phase": "{{ x }}"}, {"cluster": "all"}], ids=str)
def test_a_broken_record_leaves_the_others_in_the_inventory(bare_api: BareApi, cluster: Caller, collections: Path, tmp_path: Path, change: dict[str, Any]):
    change_record(bare_api, cluster.cluster, **change)
    other = Caller(bare_api.kubeconfig(), f"{cluster.cluster}-b")
    other.call(NamespaceResource)
    other.call(ClusterRecordResource, phase="Running")
    done = inventory(collections, source(tmp_path, {"fra1": cluster.seed_kubeconfig}, strict=True))
    assert f"cluster-{cluster.cluster}" in done.stderr and "Traceback" not in done.stderr
    hosts = listed(done)["clusters"]["hosts"]
    assert other.cluster in hosts and cluster.cluster not in hosts


def test_a_record_can_not_bring_in_other_variables_or_templates(bare_api: BareApi, cluster: Caller, collections: Path, tmp_path: Path):
    change_record(bare_api, cluster.cluster, spec={"ansible_connection": "ssh", "etcd_storage": "{{ lookup('pipe', 'id') }}"})
    done = inventory(collections, source(tmp_path, {"fra1": cluster.seed_kubeconfig}))
    variables = listed(done)["_meta"]["hostvars"][cluster.cluster]
    assert variables["ansible_connection"] == "local"
    assert variables["etcd_storage"] == "{{ lookup('pipe', 'id') }}" and "__ansible_unsafe" in done.stdout


@pytest.mark.parametrize("strict", [True, False])
def test_a_seed_that_can_not_be_read(bare_api: BareApi, cluster: Caller, collections: Path, tmp_path: Path, strict: bool):
    done = inventory(collections, source(tmp_path, {"fra1": cluster.seed_kubeconfig, "nyc1": "/nowhere/kubeconfig"}, strict=strict))
    assert "/nowhere/kubeconfig" in done.stderr and "Traceback" not in done.stderr
    assert (done.returncode == 0) is not strict
    if not strict:
        assert cluster.cluster in listed(done)["clusters"]["hosts"]


def test_one_name_in_two_seeds(cluster: Caller, collections: Path, tmp_path: Path):
    done = inventory(collections, source(tmp_path, {"fra1": cluster.seed_kubeconfig, "fra2": cluster.seed_kubeconfig}))
    assert "is in two seeds, fra1 and fra2" in " ".join(done.stderr.split())
    assert listed(done)["_meta"]["hostvars"][cluster.cluster]["seed"] == "fra1"
