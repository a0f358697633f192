# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.kubermatic.caas.plugins.module_utils._catalog.catalogue import running
from ansible_collections.kubermatic.caas.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.kubermatic.caas.plugins.module_utils._host import kubelet
from ansible_collections.kubermatic.caas.plugins.module_utils._host.facts import read_host
from ansible_collections.kubermatic.caas.plugins.module_utils._node import join_rules as nodes
from ansible_collections.kubermatic.caas.plugins.module_utils._node.cluster_access import ClusterAccess
from ansible_collections.kubermatic.caas.plugins.module_utils._pki import x509
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.join import Join
from ansible_collections.kubermatic.caas.plugins.plugin_utils.node.wanted_node import NodeWish, WantedNode, upgraded_node, wanted_node

CA, _KEY = x509.self_signed_ca("demo cluster-ca")
OLD = {"kubelet": "1.36.3", "containerd": "2.2.0", "runc": "1.3.3", "cni_plugins": "1.9.1"}
NEW = {"kubelet": "1.37.2", "containerd": "2.3.7", "runc": "1.4.4", "cni_plugins": "1.10.0"}
CLUSTER = ClusterAccess(
    address="198.51.100.1", port=30001, ca_bundle=CA, dns_address="10.96.0.10", dns_domain="cluster.local", kube_proxy_mode="nftables",
    pause_image="registry.example/pause:3.11", networks={}, cloud_provider="none",
    components=running({"kubernetes": NEW["kubelet"], "pause": "3.11", **{name: version for name, version in NEW.items() if name != "kubelet"}}))
HOST = replace(read_host({"architecture": "x86_64", "cgroup_version": "1"}, before=0, after=1), addresses=("198.51.100.7",), source_address="198.51.100.7",
               kernel="6.1.0", oom_score_lowerable=True, cap_sys_resource=True)
NODE = replace(HOST, mark=nodes.mark("demo", CA), client_certificate="some", installed=OLD, sandbox_image="registry.k8s.io/pause:3.10.1")


def wish(**more: Any) -> NodeWish:
    given = ArgumentSpecValidator(Join.ARGUMENT_SPEC).validate({"cluster": "demo", "seed_kubeconfig": "none", "node_name": "web-1", **more})
    assert given.error_messages == []
    return NodeWish.of("demo", given.validated_parameters)


def versions(wanted: WantedNode) -> dict[str, str]:
    return {item.name: item.version for item in wanted.artefacts}


def file(wanted: WantedNode, path: str) -> str:
    return next(item.content for item in wanted.files if item.path == path)


@pytest.mark.parametrize("wrong", [{"kubelet_config": {"maxPods": "many"}}, {"kubernetes_mirror": "mirror"}, {"github_mirror": "ftp://mirror"}])
def test_a_mistake_keeps_a_host_from_joining_and_not_from_getting_certificates(wrong: dict[str, Any]):
    """A renewal reads what is wanted, and installs nothing of this."""
    with pytest.raises(InvalidInput):
        wish(**wrong).check()


def test_a_new_node_gets_what_runs_in_its_cluster():
    wanted, warnings = wanted_node(wish(), HOST, CLUSTER)
    assert (versions(wanted), warnings) == (NEW, [])
    assert 'sandbox = "registry.example/pause:3.11"' in file(wanted, "/etc/containerd/config.toml")


def test_a_node_that_runs_keeps_all_that_is_installed_whatever_the_record_says():
    """A run does all nodes side by side: a new containerd on all of them at once would be an upgrade without a drain."""
    wanted, warnings = wanted_node(wish(), NODE, CLUSTER)
    assert (versions(wanted), wanted.downloads, warnings) == (OLD, (), [])
    assert 'sandbox = "registry.example/pause:3.10.1"' in file(wanted, "/etc/containerd/config.toml")


def test_its_configuration_fits_the_kubelet_that_runs():
    older = replace(NODE, installed={**OLD, "kubelet": "1.30.4"})
    found = {runs: yaml.safe_load(file(wanted_node(wish(), host, CLUSTER)[0], kubelet.CONFIG)) for runs, host in (("1.30", older), ("1.36", NODE))}
    assert "failCgroupV1" not in found["1.30"] and found["1.36"]["failCgroupV1"] is False


@pytest.mark.parametrize("said", ["", "../../evil", "2.2.0\n", "x" * 99])
def test_what_a_host_says_of_its_programs_is_no_path(said: str):
    wanted, _warnings = wanted_node(wish(), replace(NODE, installed={**OLD, "containerd": said}, sandbox_image=f"registry.k8s.io/pause:{said}"), CLUSTER)
    assert versions(wanted)["containerd"] == NEW["containerd"]
    assert 'sandbox = "registry.example/pause:3.11"' in file(wanted, "/etc/containerd/config.toml")


def test_an_upgrade_brings_a_node_to_what_runs_in_its_cluster():
    wanted, warnings = upgraded_node(wish(), NODE, CLUSTER)
    assert (versions(wanted), warnings) == (NEW, [])
    assert [item.name for item in wanted.downloads] == ["containerd", "runc", "cni_plugins", "kubelet"]
    assert 'sandbox = "registry.example/pause:3.11"' in file(wanted, "/etc/containerd/config.toml")


def test_an_upgrade_brings_a_node_to_the_kubelet_that_the_inventory_names():
    wanted, _warnings = upgraded_node(wish(kubernetes_version="1.36.3"), replace(NODE, installed={**OLD, "kubelet": "1.35.4"}), CLUSTER)
    assert versions(wanted) == {**NEW, "kubelet": "1.36.3"}
